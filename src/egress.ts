import { type Result, shown } from "./problem.ts";

const LOOPBACK_HOST = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

const HOST = /^(?:http:\/\/)?(?:[a-z0-9]([a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\])(?::\d{1,5})?$/i;
const CIDR = /^[0-9a-f:.]+\/\d{1,3}$/i;

/** An entry of EGRESS_ALLOW: a host, `http://host` for plain http, or a network as CIDR. */
export function isEgressEntry(entry: string): boolean {
  return HOST.test(entry) || CIDR.test(entry);
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
    return refuse("holds a user name or password before the host; put credentials into WEBHOOK_HEADERS");
  }
  if (
    url.protocol === "http:" &&
    !isLoopback(url) &&
    !allow.includes(`http://${url.host}`) &&
    !allow.includes(`http://${url.hostname}`)
  ) {
    return refuse(`is plain http to ${url.host}; use https, or add http://${url.host} to EGRESS_ALLOW`);
  }
  return { ok: true, value: url };
}

export function isLoopback(url: URL): boolean {
  return LOOPBACK_HOST.test(url.hostname);
}
