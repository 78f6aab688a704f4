import * as http from "node:http";

export interface PostRequest {
  url: URL;
  headers: Record<string, string>;
  body: string;
}

export type PostResult =
  /** `body` is empty for a success: nobody reads it. */
  { ok: true; status: number; headers: http.IncomingHttpHeaders; body: string } | { ok: false; code: string };

/** Of a response body, what may be of use in an error; the rest is not read. */
const MAX_RESPONSE_BYTES = 16 * 1024;

/** An error's body that dawdles is not waited for. */
const BODY_TIMEOUT_MS = 2_000;

/**
 * One POST over node:http(s): no redirects, no retries, a connection of its own (a kept one may be dead after the platform
 * has frozen the container). Global fetch would cost 30 ms of cold start more.
 * @param signal aborts the request, which then ends with the code ABORT_ERR
 */
export async function post({ url, headers, body }: PostRequest, signal: AbortSignal): Promise<PostResult> {
  // TLS is loaded only where a URL needs it.
  const { request } = url.protocol === "https:" ? await import("node:https") : http;
  return new Promise((resolve) => {
    const payload = Buffer.from(body);
    const failed = (error: NodeJS.ErrnoException) => resolve({ ok: false, code: error.code ?? error.name });
    try {
      const outgoing = request(url, {
        method: "POST",
        agent: false,
        signal,
        headers: { ...encoded(headers), "Content-Length": payload.byteLength, Connection: "close" },
      });
      outgoing.on("error", failed);
      // 101: Node hands over the socket and says nothing more.
      outgoing.on("upgrade", (response, socket) => {
        socket.destroy();
        resolve(answerOf(response, ""));
      });
      outgoing.on("response", (response) => {
        if (!isSuccess(response.statusCode)) {
          readBounded(response).then((text) => resolve(answerOf(response, text)));
          return;
        }
        // It has arrived, whatever becomes of the body.
        response.destroy();
        resolve(answerOf(response, ""));
      });
      outgoing.end(payload);
    } catch (error) {
      // Header values with characters that HTTP has no room for are refused by a throw.
      failed(error as NodeJS.ErrnoException);
    }
  });
}

function answerOf({ statusCode = 0, headers }: http.IncomingMessage, body: string): PostResult {
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
function readBounded(response: http.IncomingMessage): Promise<string> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const finish = () => {
      clearTimeout(timer);
      response.destroy();
      resolve(Buffer.concat(chunks).subarray(0, MAX_RESPONSE_BYTES).toString());
    };
    const timer = setTimeout(finish, BODY_TIMEOUT_MS);
    response.on("data", (chunk: Buffer) => {
      chunks.push(chunk);
      bytes += chunk.byteLength;
      if (bytes >= MAX_RESPONSE_BYTES) finish();
    });
    response.on("end", finish);
    response.on("error", finish);
    response.on("close", finish);
  });
}
