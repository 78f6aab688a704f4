import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { SecureVersion, TLSSocket } from "node:tls";
import type { LoopbackAnswer, LoopbackRequest } from "../../local/loopback.ts";
import { type Certificate, pemOf } from "../faults/tls.ts";

export interface TlsRequest extends LoopbackRequest {
  /** The subject of the client's certificate, as { O, CN }; undefined if it showed none. */
  subject: Record<string, string | string[] | undefined> | undefined;
  /** TLSv1.2 or TLSv1.3. */
  version: string | null;
  answered: number | Exclude<LoopbackAnswer, object> | undefined;
}

export interface TlsReceiver {
  /** https://localhost:<port>/hook; other paths are taken as well. */
  url: string;
  port: number;
  /** In order of arrival. */
  requests: TlsRequest[];
  /** Why each handshake failed, by the code of OpenSSL or Node. */
  refused: string[];
  /** What to answer from now on. */
  answer: (request: TlsRequest) => LoopbackAnswer | Promise<LoopbackAnswer>;
  close: () => Promise<void>;
}

export interface TlsReceiverOptions {
  certificate: Certificate;
  /** `required`: a client has to show a certificate that the CA of the tests has signed. */
  clientAuth: "required" | "none";
  /** Speaks no other. */
  version?: SecureVersion;
}

/** A receiver on 127.0.0.1 that speaks HTTPS as node:https does, and can ask who calls. Any Host is good: it has many names. */
export async function startTlsReceiver(options: TlsReceiverOptions): Promise<TlsReceiver> {
  const { certificate, clientAuth, version } = options;
  const isRequired = clientAuth === "required";
  const server = createServer({
    cert: pemOf(certificate),
    key: pemOf("key"),
    ca: pemOf("ca"),
    requestCert: isRequired,
    rejectUnauthorized: isRequired,
    ...(version && { minVersion: version, maxVersion: version }),
  });
  server.on("request", (request, response) => {
    // Who breaks off in the middle of a request must not end the server.
    respond(request, response).catch(() => request.destroy());
  });
  server.on("tlsClientError", (error: NodeJS.ErrnoException, socket: TLSSocket) => {
    // Node ends the connection of a certificate that it does not like, and tells why only here.
    receiver.refused.push(String(socket.authorizationError ?? error.code ?? error.message));
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  const receiver: TlsReceiver = {
    url: `https://localhost:${port}/hook`,
    port,
    requests: [],
    refused: [],
    answer: () => ({ status: 200, body: '{"result":"ok"}' }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return receiver;

  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { method = "", url = "", headers } = request;
    const socket = request.socket as TLSSocket;
    const entry: TlsRequest = {
      method,
      path: url,
      headers,
      body: Buffer.concat(chunks),
      subject: socket.getPeerX509Certificate() && { ...socket.getPeerCertificate().subject },
      version: socket.getProtocol(),
      answered: undefined,
    };
    receiver.requests.push(entry);
    const answer = await receiver.answer(entry);
    entry.answered = typeof answer === "string" ? answer : answer.status;
    if (answer === "reset") socket.destroy();
    else if (answer !== "hang") {
      response.writeHead(answer.status, { "Content-Type": "application/json", ...answer.headers });
      response.end(answer.body ?? "");
    }
  }
}
