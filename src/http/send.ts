import * as http from "node:http";
import type { Connections } from "./connections.ts";

export interface HttpRequest {
  method: "POST" | "PUT" | "GET" | "HEAD" | "DELETE";
  url: URL;
  headers: Record<string, string>;
  body: string | Uint8Array;
}

export type HttpResult =
  /** `body` is empty for a success, unless the request is a GET: nobody reads it. */
  | { ok: true; status: number; headers: http.IncomingHttpHeaders; body: string }
  /** Node's code, or one of ours: CONNECT_TIMEOUT, HEADERS_TIMEOUT, ABORT_ERR. */
  | { ok: false; code: string };

export interface SendContext {
  connections: Connections;
  /** Ends the request, which then has the code ABORT_ERR. */
  signal: AbortSignal;
}

/** Name resolution, TCP and TLS. */
const CONNECT_TIMEOUT_MS = 5_000;
/** From there to the response's headers. */
const HEADERS_TIMEOUT_MS = 10_000;
/** The body of an error, or of a GET. */
const BODY_TIMEOUT_MS = 2_000;
/** The body of a success that nobody reads: worth a moment, for the connection can then serve again. */
const DRAIN_TIMEOUT_MS = 50;
/** Of a body; the rest is not read. */
const MAX_BODY_BYTES = 64 * 1024;

/**
 * One request over node:http(s), with no redirects and no retries; global fetch would cost 30 ms of cold start more. A kept
 * connection that turns out dead (the receiver has closed it, or the container was frozen) is replaced by a fresh one: it
 * costs no attempt.
 */
export async function send(request: HttpRequest, context: SendContext): Promise<HttpResult> {
  const { url } = request;
  const agent = await context.connections.agent(url.protocol);
  const result = await exchange(request, agent, context.signal);
  return result === STALE ? ((await exchange(request, false, context.signal)) as HttpResult) : result;
}

const STALE = Symbol("stale connection");

async function exchange(
  { method, url, headers, body }: HttpRequest,
  agent: http.Agent | false,
  signal: AbortSignal,
): Promise<HttpResult | typeof STALE> {
  const { request } = url.protocol === "https:" ? await import("node:https") : http;
  return new Promise((resolve) => {
    const payload = typeof body === "string" ? Buffer.from(body) : body;
    const end = (result: HttpResult | typeof STALE) => {
      clearTimeout(timer);
      resolve(result);
    };
    let timer = setTimeout(() => outgoing?.destroy(errorOf("CONNECT_TIMEOUT")), CONNECT_TIMEOUT_MS);
    const connected = () => {
      clearTimeout(timer);
      timer = setTimeout(() => outgoing?.destroy(errorOf("HEADERS_TIMEOUT")), HEADERS_TIMEOUT_MS);
    };
    let outgoing: http.ClientRequest | undefined;
    try {
      outgoing = request(url, {
        method,
        agent,
        signal,
        headers: { ...encoded(headers), ...(hasBody(method) && { "Content-Length": payload.byteLength }) },
      });
    } catch (error) {
      // Header values with characters that HTTP has no room for are refused by a throw.
      end(failureOf(error as NodeJS.ErrnoException));
      return;
    }
    const sent = outgoing;
    sent.on("socket", (socket) => {
      if (sent.reusedSocket || !socket.connecting) connected();
      else socket.once(url.protocol === "https:" ? "secureConnect" : "connect", connected);
    });
    sent.on("error", (error: NodeJS.ErrnoException) =>
      end(sent.reusedSocket && isReset(error) ? STALE : failureOf(error)),
    );
    // 101: Node hands over the socket and says nothing more.
    sent.on("upgrade", (response, socket) => {
      socket.destroy();
      end(answerOf(response, ""));
    });
    sent.on("response", (response) => {
      clearTimeout(timer);
      const isRead = method === "GET" || !isSuccess(response.statusCode);
      readBounded(response, isRead ? BODY_TIMEOUT_MS : DRAIN_TIMEOUT_MS).then((text) =>
        end(answerOf(response, isRead ? text : "")),
      );
    });
    sent.end(hasBody(method) ? payload : undefined);
  });
}

function hasBody(method: HttpRequest["method"]): boolean {
  return method === "POST" || method === "PUT";
}

function errorOf(code: string): Error {
  return Object.assign(new Error(code), { code });
}

function failureOf(error: NodeJS.ErrnoException): HttpResult {
  return { ok: false, code: error.code ?? error.name };
}

function isReset({ code }: NodeJS.ErrnoException): boolean {
  return code === "ECONNRESET" || code === "EPIPE";
}

function answerOf({ statusCode = 0, headers }: http.IncomingMessage, body: string): HttpResult {
  return { ok: true, status: statusCode, headers, body };
}

function isSuccess(status = 0): boolean {
  return status >= 200 && status < 300;
}

/** Header values in UTF-8, as Go sends them: Node writes one byte a character. */
function encoded(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Buffer.from(value).toString("latin1")]),
  );
}

/** The first bytes of a body as text. Ends with whatever came when the connection breaks, dawdles or says too much. */
function readBounded(response: http.IncomingMessage, timeoutMs: number): Promise<string> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const finish = () => {
      clearTimeout(timer);
      // A body that has ended leaves the connection to the next request.
      if (!response.complete) response.destroy();
      resolve(Buffer.concat(chunks).subarray(0, MAX_BODY_BYTES).toString());
    };
    const timer = setTimeout(finish, timeoutMs);
    response.on("data", (chunk: Buffer) => {
      chunks.push(chunk);
      bytes += chunk.byteLength;
      if (bytes >= MAX_BODY_BYTES) finish();
    });
    response.on("end", finish);
    response.on("error", finish);
    response.on("close", finish);
  });
}
