import { isIP } from "node:net";
import { type Result, shown } from "./problem.ts";

// Where clouds keep the credentials of their machines: never a receiver.
const METADATA_HOST = /^(169\.254\.\d{1,3}\.\d{1,3}|\[::ffff:a9fe:[0-9a-f]{1,4}\]|\[fd00:c1::a9fe:a9fe\])$/;

const LOOPBACK_HOST = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

const HOST = /^(?:http:\/\/)?(?:[a-z0-9]([a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\])(?::\d{1,5})?$/i;
const CIDR = /^([0-9a-f:.]+)\/(\d{1,3})$/i;

/** An entry of EGRESS_ALLOW: a host, `http://host` for plain http, or a network as CIDR. */
export function isEgressEntry(entry: string): boolean {
  const [, address = "", bits] = CIDR.exec(entry) ?? [];
  const version = isIP(address);
  return HOST.test(entry) || (version !== 0 && Number(bits) <= (version === 4 ? 32 : 128));
}

/** The URL of a webhook, if events may be sent there; the problem never shows more of it than its origin. */
export function egressUrl(text: string, allow: readonly string[]): Result<URL> {
  const refuse = (problem: string): Result<URL> => ({ ok: false, problem });
  if (!URL.canParse(text)) return refuse("is not a URL; expected https://host/path");
  const url = new URL(text);
  if (url.protocol !== "https:" && url.protocol !== "http:") {
    return refuse(`has the protocol ${shown(url.protocol)}; expected https://host/path`);
  }
  if (url.username !== "" || url.password !== "") {
    return refuse("holds a user name or password before the host; take it out and send credentials in a header");
  }
  if (METADATA_HOST.test(url.hostname)) return refuse("is a metadata address, which is never a receiver");
  if (
    url.protocol === "http:" &&
    !isLoopback(url) &&
    !allow.includes(`http://${url.host}`) &&
    !allow.includes(`http://${url.hostname}`)
  ) {
    return refuse(
      `is plain http to ${url.host}; use https, or allow http://${url.host} (EGRESS_ALLOW, egressAllow in code)`,
    );
  }
  return { ok: true, value: url };
}

export function isLoopback(url: URL): boolean {
  return LOOPBACK_HOST.test(url.hostname);
}
