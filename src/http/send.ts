import * as http from "node:http";
import { urlToHttpOptions } from "node:url";
import { type Channel, EGRESS_REFUSED } from "./channel.ts";
import type { Connections } from "./connections.ts";
import { readBounded } from "./read-bounded.ts";

export interface HttpRequest {
  method: "POST" | "PUT" | "GET" | "HEAD" | "DELETE";
  url: URL;
  headers: Record<string, string>;
  body: string | Uint8Array;
  /** Absent: any address and the certificates that Node trusts, as for OCI itself. */
  channel?: Channel;
  /** Is the body of a success wanted? Default: of a GET. */
  wantsBody?: boolean;
}

export type HttpResult =
  /** `body` is empty for a success, unless it is wanted: nobody reads it. `isWhole`: all of it came. */
  | { ok: true; status: number; headers: http.IncomingHttpHeaders; body: string; isWhole: boolean }
  /** Node's code, or one of ours: CONNECT_TIMEOUT, HEADERS_TIMEOUT, NO_TIME_LEFT, EGRESS_REFUSED (then with the reason). */
  | { ok: false; code: string; reason?: string };

export interface SendContext {
  connections: Connections;
  /** Milliseconds that are left for all that is done in this context; a request then ends with the code NO_TIME_LEFT. */
  leftMs: () => number;
}

/** Name resolution, TCP and TLS. */
const CONNECT_TIMEOUT_MS = 5_000;
/** From there to the response's headers. */
const HEADERS_TIMEOUT_MS = 10_000;
/** The body of an error, or of a GET. */
const BODY_TIMEOUT_MS = 2_000;
/** The body of a success that nobody reads: worth a moment, for the connection can then serve again. */
const DRAIN_TIMEOUT_MS = 50;
/** Of a body that nobody asked for; the rest is not read. */
const MAX_BODY_BYTES = 64 * 1024;
/** Of the body of a GET. */
const MAX_OBJECT_BYTES = 1024 * 1024;

/**
 * One request over node:http(s), with no redirects and no retries; global fetch would cost 30 ms of cold start more, and an
 * AbortSignal a tenth of a batch's CPU. A kept connection that turns out dead (the receiver has closed it, or the container was
 * frozen) is replaced by a fresh one: it costs no attempt.
 */
export async function send(request: HttpRequest, context: SendContext): Promise<HttpResult> {
  const { connections } = context;
  const { url, channel } = request;
  const agent = await connections.agent(url.protocol, channel);
  if (agent === undefined) return NO_TIME_LEFT;
  const result = await exchange(request, agent, context);
  if (result !== STALE) return result;
  const fresh = await connections.freshAgent(url.protocol, channel);
  return fresh === undefined ? NO_TIME_LEFT : ((await exchange(request, fresh, context)) as HttpResult);
}

const NO_TIME_LEFT: HttpResult = { ok: false, code: "NO_TIME_LEFT" };

const STALE = Symbol("stale connection");

async function exchange(
  { method, url, headers, body, wantsBody = method === "GET" }: HttpRequest,
  agent: http.Agent,
  { connections, leftMs }: SendContext,
): Promise<HttpResult | typeof STALE> {
  const { request } = url.protocol === "https:" ? await import("node:https") : http;
  return new Promise((resolve) => {
    const payload = typeof body === "string" ? Buffer.from(body) : body;
    let outgoing: http.ClientRequest;
    try {
      outgoing = request({
        ...addressOf(url),
        method,
        agent,
        headers: { ...encoded(headers), ...(hasBody(method) && { "Content-Length": payload.byteLength }) },
      });
    } catch (error) {
      // Header values with characters that HTTP has no room for are refused by a throw.
      resolve(failureOf(error as NodeJS.ErrnoException));
      return;
    }
    connections.requests.add(outgoing);
    const endIn = (ms: number, code: string) => setTimeout(() => outgoing.destroy(errorOf(code)), ms);
    const whole = endIn(leftMs(), "NO_TIME_LEFT");
    let phase: NodeJS.Timeout | undefined;
    let isAnswered = false;
    const end = (result: HttpResult | typeof STALE) => {
      clearTimeout(whole);
      clearTimeout(phase);
      connections.requests.delete(outgoing);
      resolve(result);
    };
    const connected = () => {
      clearTimeout(phase);
      phase = endIn(HEADERS_TIMEOUT_MS, "HEADERS_TIMEOUT");
    };
    outgoing.on("socket", (socket) => {
      if (outgoing.reusedSocket || !socket.connecting) return connected();
      phase = endIn(CONNECT_TIMEOUT_MS, "CONNECT_TIMEOUT");
      socket.once(url.protocol === "https:" ? "secureConnect" : "connect", connected);
    });
    outgoing.on("error", (error: NodeJS.ErrnoException) => {
      // What breaks off after the status has come is the body: reading it ends by itself.
      if (!isAnswered) end(outgoing.reusedSocket && isReset(error) ? STALE : failureOf(error));
    });
    // 101: Node hands over the socket and says nothing more.
    outgoing.on("upgrade", (response, socket) => {
      socket.destroy();
      end(answerOf(response, "", true));
    });
    outgoing.on("response", (response) => {
      // The status is there, and with it the answer, whatever becomes of its body.
      isAnswered = true;
      clearTimeout(whole);
      clearTimeout(phase);
      const isRead = wantsBody || !isSuccess(response.statusCode);
      const bounds = {
        maxMs: Math.min(isRead ? BODY_TIMEOUT_MS : DRAIN_TIMEOUT_MS, Math.max(0, leftMs())),
        maxBytes: method === "GET" ? MAX_OBJECT_BYTES : MAX_BODY_BYTES,
      };
      readBounded(response, bounds, (text, isWhole) => end(answerOf(response, isRead ? text : "", isWhole)));
    });
    outgoing.end(hasBody(method) ? payload : undefined);
  });
}

const addresses = new WeakMap<URL, http.RequestOptions>();

/** A URL's parts as node:http wants them; taking one apart costs as much as signing a message. */
function addressOf(url: URL): http.RequestOptions {
  const known = addresses.get(url);
  if (known !== undefined) return known;
  const { protocol, hostname, port, path } = urlToHttpOptions(url) as http.RequestOptions;
  const address = { protocol, hostname, port, path };
  addresses.set(url, address);
  return address;
}

function hasBody(method: HttpRequest["method"]): boolean {
  return method === "POST" || method === "PUT";
}

function errorOf(code: string): Error {
  return Object.assign(new Error(code), { code });
}

function failureOf(error: NodeJS.ErrnoException): HttpResult {
  const { code = error.name, message } = error;
  return { ok: false, code, ...(code === EGRESS_REFUSED && { reason: message }) };
}

function isReset({ code }: NodeJS.ErrnoException): boolean {
  return code === "ECONNRESET" || code === "EPIPE";
}

function answerOf({ statusCode = 0, headers }: http.IncomingMessage, body: string, isWhole: boolean): HttpResult {
  return { ok: true, status: statusCode, headers, body, isWhole };
}

function isSuccess(status = 0): boolean {
  return status >= 200 && status < 300;
}

/** Header values in UTF-8, as Go sends them: Node writes one byte a character. */
function encoded(headers: Record<string, string>): Record<string, string> {
  const text = Object.values(headers).join("");
  // biome-ignore lint/suspicious/noControlCharactersInRegex: all of ASCII is what is looked for
  if (/^[\u0000-\u007f]*$/.test(text)) return headers;
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Buffer.from(value).toString("latin1")]),
  );
}
