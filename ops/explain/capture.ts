import * as http from "node:http";
import { Duplex } from "node:stream";
import type { Connections } from "../../src/http/connections.ts";

/** A request as it would have gone over the wire. */
export interface CapturedRequest {
  method: string;
  url: string;
  /** In their order, names as they are written. */
  headers: readonly (readonly [name: string, value: string])[];
  body: Buffer;
}

export interface Capture {
  connections: Connections;
  requests: CapturedRequest[];
}

/**
 * Connections that lead nowhere: requests are written by the same code and to the last byte, but into memory. No socket is opened
 * and no name looked up.
 * @param answer the body that a request is answered with, in place of its receiver
 */
export function createCapture(answer: (request: CapturedRequest) => string): Capture {
  const requests: CapturedRequest[] = [];
  const underWay = new Set<http.ClientRequest>();
  const agents: http.Agent[] = [];
  const agent = async (protocol: string): Promise<http.Agent> => {
    const made = agentFor(protocol, (request) => {
      requests.push(request);
      return answer(request);
    });
    agents.push(made);
    return made;
  };
  return {
    requests,
    connections: {
      agent,
      freshAgent: agent,
      requests: underWay,
      close() {
        for (const each of agents) each.destroy();
      },
    },
  };
}

const HTTPS = { protocol: "https:", defaultPort: 443 };

/** As that of src/http/connections.ts, so that the headers come out the same. */
function agentFor(protocol: string, received: (request: CapturedRequest) => string): http.Agent {
  const agent = new http.Agent({ keepAlive: true });
  const nowhere = { createConnection: () => nowhereStream(protocol, received) };
  return Object.assign(agent, nowhere, protocol === "https:" && HTTPS);
}

function nowhereStream(protocol: string, received: (request: CapturedRequest) => string): Duplex {
  let written = Buffer.alloc(0);
  const stream = new Duplex({
    read() {},
    write(chunk: Buffer, _encoding, done) {
      written = Buffer.concat([written, chunk]);
      const request = wholeRequest(written, protocol);
      if (request !== undefined) {
        written = Buffer.alloc(0);
        const body = received(request);
        stream.push(`HTTP/1.1 200 OK\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
      }
      done();
    },
  });
  const nothing = () => stream;
  return Object.assign(stream, {
    setKeepAlive: nothing,
    setNoDelay: nothing,
    setTimeout: nothing,
    ref: nothing,
    unref: nothing,
  });
}

const HEAD_END = "\r\n\r\n";

/** Undefined while a part of it is still to come. */
function wholeRequest(bytes: Buffer, protocol: string): CapturedRequest | undefined {
  const end = bytes.indexOf(HEAD_END);
  if (end === -1) return undefined;
  const [first = "", ...lines] = bytes.subarray(0, end).toString("latin1").split("\r\n");
  const [method = "", path = ""] = first.split(" ");
  // Values go out in UTF-8, one byte a character.
  const headers = lines.map((line): [string, string] => {
    const colon = line.indexOf(":");
    return [line.slice(0, colon), Buffer.from(line.slice(colon + 1).trim(), "latin1").toString()];
  });
  const headerOf = (wanted: string) => headers.find(([name]) => name.toLowerCase() === wanted)?.[1];
  const body = bytes.subarray(end + HEAD_END.length);
  if (body.byteLength < Number(headerOf("content-length") ?? 0)) return undefined;
  return { method, url: `${protocol}//${headerOf("host")}${path}`, headers, body: Buffer.from(body) };
}
