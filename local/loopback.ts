import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface LoopbackServer {
  /** http://127.0.0.1:<port> */
  url: string;
  close: () => Promise<void>;
}

export interface LoopbackRequest {
  method: string;
  path: string;
  headers: IncomingMessage["headers"];
  body: Buffer;
}

/** What to answer; `hang` accepts and never answers, `reset` breaks the connection. */
export type LoopbackAnswer = HttpAnswer | "hang" | "reset";

export interface HttpAnswer {
  status: number;
  headers?: Record<string, string | string[]>;
  body?: string | Buffer;
}

export interface LoopbackOptions {
  /** Default: any that is free. */
  port?: number;
  /** What to answer a request with that is foreign; default: 403 and a message. */
  refuseForeign?: (request: LoopbackRequest) => HttpAnswer;
}

const KEEP_ALIVE_MS = 60_000;
const FOREIGN: HttpAnswer = { status: 403, body: '{"message":"only local programs may call this server"}' };

/**
 * An HTTP server on 127.0.0.1 that no web page can talk to: requests with an Origin or a foreign Host are refused. Rejects
 * with the code of listen(), such as EADDRINUSE, if the port cannot be had.
 *
 * @param answer gets a signal too: aborted once the caller has gone away before the answer
 */
export async function serveLoopback(
  answer: (request: LoopbackRequest, signal: AbortSignal) => LoopbackAnswer | Promise<LoopbackAnswer>,
  { port = 0, refuseForeign = () => FOREIGN }: LoopbackOptions = {},
): Promise<LoopbackServer> {
  const server = createServer((request, response) => {
    // Who breaks off in the middle of a request must not end the server.
    respond(request, response).catch(() => request.socket.destroy());
  });

  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { method = "", url = "", headers } = request;
    const asked = { method, path: url, headers, body: Buffer.concat(chunks) };
    if (isForeign(request, (server.address() as AddressInfo).port)) {
      send(response, refuseForeign(asked));
      return;
    }
    const gone = new AbortController();
    response.once("close", () => {
      if (!response.writableFinished) gone.abort();
    });
    const answered = await answer(asked, gone.signal);
    if (answered === "reset") request.socket.resetAndDestroy();
    else if (answered !== "hang") send(response, answered);
  }

  // A client that signs a large body in between finds its connection open still.
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function isForeign(request: IncomingMessage, port: number): boolean {
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`];
  return request.headers.origin !== undefined || !hosts.includes(request.headers.host ?? "");
}

function send(response: ServerResponse, answer: HttpAnswer): void {
  response.statusCode = answer.status;
  // One by one: a type of the answer's own, in whatever case, takes the place of ours.
  for (const [name, value] of Object.entries({ "Content-Type": "application/json", ...answer.headers })) {
    response.setHeader(name, value);
  }
  response.end(answer.body ?? "");
}
