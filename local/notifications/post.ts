import { type IncomingHttpHeaders, request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { decoded } from "../emulator/wire.ts";

export interface Post {
  body: string;
  headers: Record<string, string>;
  /** For connecting and for reading, each. */
  timeoutMs: number;
  signal: AbortSignal;
}

/** Status of the answer, or why there was none. */
export type Posted = { status: number } | { error: string };

/**
 * POST as Notifications does it: no redirects, credentials of the URL only once the receiver has asked for Basic.
 * @see https://docs.oracle.com/en-us/iaas/Content/Notification/Tasks/create-subscription-https.htm
 */
export async function post(endpoint: string, message: Post): Promise<Posted> {
  const url = new URL(endpoint);
  const { username, password } = url;
  url.username = "";
  url.password = "";
  const first = await send(url, message);
  if ("error" in first || first.status !== 401 || username === "") return first;
  if (!/^\s*Basic\b/i.test(first.headers["www-authenticate"] ?? "")) return first;
  const credentials = [username, password].map((part) => decoded(part) ?? part).join(":");
  const Authorization = `Basic ${Buffer.from(credentials).toString("base64")}`;
  return send(url, { ...message, headers: { ...message.headers, Authorization } });
}

function send(
  url: URL,
  { body, headers, timeoutMs, signal }: Post,
): Promise<{ status: number; headers: IncomingHttpHeaders } | { error: string }> {
  return new Promise((resolve) => {
    const open = url.protocol === "https:" ? requestHttps : requestHttp;
    // The time-out of a socket is one of silence; whoever drips bytes is cut off after both times together.
    const ends = AbortSignal.any([signal, AbortSignal.timeout(2 * timeoutMs)]);
    const length = Buffer.byteLength(body);
    const request = open(url, {
      method: "POST",
      agent: false,
      timeout: timeoutMs,
      signal: ends,
      headers: { ...headers, "Content-Length": length },
    });
    request.once("timeout", () => request.destroy(new Error(`no answer within ${timeoutMs} ms`)));
    request.on("error", (error) => resolve({ error: error.message || error.name }));
    request.once("response", (response) => {
      resolve({ status: response.statusCode ?? 0, headers: response.headers });
      // The status is the acknowledgement; nobody reads what else is said.
      response.on("error", () => {});
      response.resume();
    });
    request.end(body);
  });
}
