import { readFileSync } from "node:fs";
import * as http from "node:http";
import * as https from "node:https";
import { CA_FILE } from "./tls.ts";

export interface ClientOptions {
  id?: string;
  body?: string;
  /** A connection of its own and `Connection: close`, unless told. */
  agent?: http.Agent;
  signal?: AbortSignal;
  /** Has seen enough of a body after so many bytes. */
  enoughBytes?: number;
  /** The CA of the tests, unless told. */
  ca?: string;
}

/**
 * What node:http(s) sees of one POST, as a line: "200 done", "ECONNRESET", "200 then ECONNRESET" where the body breaks off,
 * "200 going on" where it has seen enough of it.
 */
export function seenOfPost(url: string, options: ClientOptions = {}): Promise<string> {
  const { id = "evt-1", body = "{}", agent, signal, enoughBytes = Number.POSITIVE_INFINITY } = options;
  const { request } = url.startsWith("https:") ? https : http;
  const ca = options.ca ?? readFileSync(CA_FILE, "utf8");
  return new Promise((resolve) => {
    const outgoing = request(url, {
      method: "POST",
      agent: agent ?? false,
      ...(url.startsWith("https:") && { ca }),
      ...(signal && { signal }),
      headers: { "webhook-id": id, "Content-Length": Buffer.byteLength(body), ...(!agent && { Connection: "close" }) },
    });
    outgoing.on("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.name));
    outgoing.on("response", (response) => {
      const { statusCode } = response;
      let bytes = 0;
      response.on("data", (chunk: Buffer) => {
        bytes += chunk.byteLength;
        if (bytes < enoughBytes) return;
        resolve(`${statusCode} going on`);
        response.destroy();
      });
      response.on("error", (error: NodeJS.ErrnoException) => resolve(`${statusCode} then ${error.code ?? error.name}`));
      response.on("end", () => resolve(`${statusCode} done`));
    });
    outgoing.end(body);
  });
}
