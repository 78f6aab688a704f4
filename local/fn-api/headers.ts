import type { IncomingHttpHeaders } from "node:http";

export type Headers = Record<string, string | string[]>;

/** Of one connection only. The length is told anew with what is sent on; `expect` is between the caller and us. */
const HOP_HEADERS = new Set([
  "connection",
  "content-length",
  "expect",
  "host",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/** Headers that go on to the other side, in Go's spelling: `X-B3-Traceid`. */
export function passedOn(headers: IncomingHttpHeaders): Headers {
  const passed = Object.entries(headers).flatMap(([name, value]) =>
    value === undefined || HOP_HEADERS.has(name) ? [] : [[canonical(name), value] as const],
  );
  return Object.fromEntries(passed);
}

/** `x-b3-traceid` -> `X-B3-Traceid` */
function canonical(name: string): string {
  return name.toLowerCase().replace(/(?<=^|-)[a-z]/g, (letter) => letter.toUpperCase());
}
