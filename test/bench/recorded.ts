import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** One request as the relay sent it, less the headers that node:http adds to any. */
export interface RecordedRequest {
  headers: Record<string, string>;
  body: string;
}

const ADDED_BY_NODE = /^(host|connection)$/i;

/** The requests that somebody sends to a server which accepts all. */
export async function recorded(sending: (url: string) => Promise<unknown>): Promise<RecordedRequest[]> {
  const requests: RecordedRequest[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    requests.push({ headers: headersOf(request.rawHeaders), body: Buffer.concat(chunks).toString() });
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    await sending(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.close();
    server.closeAllConnections();
  }
  return requests;
}

/** Not `request.headers`: those are in lower case, and what Node receives twice it puts together. */
function headersOf(raw: readonly string[]): Record<string, string> {
  const headers: Record<string, string> = {};
  for (let at = 0; at < raw.length; at += 2) {
    const name = raw[at] ?? "";
    if (!ADDED_BY_NODE.test(name)) headers[name] = raw[at + 1] ?? "";
  }
  return headers;
}
