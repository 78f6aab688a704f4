import { type Result, shown } from "../problem.ts";
import { canonicalAddress, isMetadata, type Network, readNetwork, specialUse } from "./special.ts";

/** Where the relay may connect to: public addresses over https, and what EGRESS_ALLOW names. */
export interface Egress {
  /**
   * The URL of a webhook or a token endpoint, if requests may go there as far as its text says. The problem never shows more of
   * it than its origin.
   */
  url(text: string): Result<URL>;
  /**
   * Undefined if a connection for this URL, which `url` let through, may be made to this address; else one line that says why
   * not and what to do. To be asked of the very address that is connected to: a name may resolve to another one the next time.
   */
  refusal(url: URL, address: string): string | undefined;
}

/** An entry of EGRESS_ALLOW. One with an address or a CIDR counts for addresses, however the host is spelt. */
interface Entry {
  host: string | undefined;
  network: Network | undefined;
  port: number | undefined;
  isPlain: boolean;
}

// Google's names and AWS's; other clouds have only addresses.
const METADATA_HOST =
  /^(metadata|metadata\.google\.internal|metadata\.goog|instance-data|instance-data\.ec2\.internal)$/;

const LOOPBACK_HOST = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;
const LOOPBACK_TEXT = /^https?:\/\/(localhost|127(\.(0|[1-9]\d{0,2})){3}|\[::1\])(:\d*)?([/?#]|$)/i;

const ENTRY = /^(http:\/\/)?([a-z0-9_](?:[a-z0-9._-]*[a-z0-9_])?\.?|\[[0-9a-f:.]+\])(?::(\d{1,5}))?$/;
const MAX_PORT = 65_535;

const WHERE = "(EGRESS_ALLOW, egressAllow in code)";
const NEVER = "a metadata address, which is never a receiver";

/** The guard that lets through what these entries of EGRESS_ALLOW permit; see `isEgressEntry`. */
export function createEgress(allow: readonly string[]): Egress {
  const entries = allow.flatMap((entry) => readEntry(entry) ?? []);
  const entriesFor = (url: URL): Entry[] => entries.filter(({ port }) => port === undefined || port === portOf(url));
  const isPlainPermitted = (url: URL): boolean =>
    entriesFor(url).some(({ isPlain, host }) => isPlain && host === hostOf(url));
  const isPermitted = (url: URL, address: string): boolean =>
    entriesFor(url).some(({ host, network }) => (network === undefined ? host === hostOf(url) : network(address)));

  return {
    url: (text) => {
      const refuse = (problem: string): Result<URL> => ({ ok: false, problem });
      const url = readUrl(text);
      if (url === undefined) return refuse("is not a URL; expected https://host/path");
      if (url.protocol !== "https:" && url.protocol !== "http:") {
        // Not shown: what stands where a URL should may be a secret.
        return refuse("is neither https nor http; expected https://host/path");
      }
      if (url.username !== "" || url.password !== "") {
        return refuse("holds a user name or password before the host; take it out and send credentials in a header");
      }
      const address = url.hostname === "localhost" ? "127.0.0.1" : literalOf(url);
      if (isMetadataHost(url) || (address !== undefined && isMetadata(address))) return refuse(`is ${NEVER}`);
      // It is the owner's own URL and nothing listens there in a function's container, so that whoever writes loopback out
      // plainly, to develop, needs no permission. Any other spelling is somebody hiding it.
      if (LOOPBACK_TEXT.test(text.trim())) return { ok: true, value: url };
      if (url.protocol === "http:" && !isPlainPermitted(url)) {
        return refuse(`is plain http to ${url.host}; use https, or allow http://${url.host} ${WHERE}`);
      }
      const use = address === undefined ? undefined : specialUse(address);
      if (address === undefined || use === undefined || isPermitted(url, address)) return { ok: true, value: url };
      return refuse(`is the ${use} address ${address}; allow ${address} or its network ${WHERE} if it is meant`);
    },

    refusal: (url, address) => {
      const host = hostOf(url);
      const canonical = canonicalAddress(address);
      if (canonical === undefined) return `${host} resolves to ${shown(address)}, which is no IP address`;
      const found = isMetadataHost(url) || literalOf(url) === canonical ? "the host is" : `${host} resolves to`;
      if (isMetadataHost(url) || isMetadata(canonical)) return `${found} ${NEVER}`;
      const use = specialUse(canonical);
      // Plain http was let through for loopback, and is for nothing else.
      if (isLoopback(url) && use === undefined) return `${found} ${canonical}, which is not on this machine`;
      if (use === undefined || (use === "loopback" && isLoopback(url)) || isPermitted(url, canonical)) return undefined;
      const names = literalOf(url) === undefined ? `${host}, ${canonical}` : canonical;
      return `${found} the ${use} address ${canonical}; allow ${names} or its network ${WHERE} if it is meant`;
    },
  };
}

/** Whether a text is an entry of EGRESS_ALLOW: `host`, `host:port`, `http://` before either for plain http, an address, a CIDR. */
export function isEgressEntry(entry: string): boolean {
  return readEntry(entry) !== undefined;
}

/** Whether a URL's host is loopback by its name. `Egress.url` also asks how the text spells it. */
export function isLoopback(url: URL): boolean {
  return LOOPBACK_HOST.test(url.hostname);
}

function readEntry(text: string): Entry | undefined {
  const network = readNetwork(text);
  if (network !== undefined) return { host: undefined, network, port: undefined, isPlain: false };
  const [, scheme, name = "", digits] = ENTRY.exec(text.toLowerCase()) ?? [];
  const port = digits === undefined ? undefined : Number(digits);
  const url = readUrl(`http://${name}`);
  if (url === undefined || port === 0 || (port ?? 0) > MAX_PORT) return undefined;
  const address = literalOf(url);
  // 010.0.0.1 is 8.0.0.1 to a URL: whoever writes that should say which is meant.
  if (!name.startsWith("[") && address !== undefined && address !== name) return undefined;
  return {
    host: hostOf(url),
    network: address === undefined ? undefined : readNetwork(address),
    port,
    isPlain: scheme !== undefined,
  };
}

/** Node 20 and 22 have a `URL.canParse` that, once optimised, says no to every URL with a letter such as é in it. */
function readUrl(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}

/** The address that stands in place of the URL's host name, as `canonicalAddress` writes it. */
function literalOf(url: URL): string | undefined {
  return canonicalAddress(url.hostname.replace(/^\[|\]$/g, ""));
}

function isMetadataHost(url: URL): boolean {
  return METADATA_HOST.test(hostOf(url));
}

/** The host without the dot of the DNS root, with which it is the same name. */
function hostOf(url: URL): string {
  return url.hostname.replace(/\.+$/, "");
}

function portOf(url: URL): number {
  return Number(url.port) || (url.protocol === "https:" ? 443 : 80);
}
