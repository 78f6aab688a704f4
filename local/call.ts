import { randomBytes } from "node:crypto";
import { request as httpRequest, type IncomingHttpHeaders } from "node:http";
import { transcribe } from "./transcript.ts";

export interface FunctionCall {
  body: Uint8Array | string;
  headers?: CallHeaders;
  /** What goes with it where `headers` name nothing else; default: what curl sends with a JSON body. */
  callerHeaders?: CallHeaders;
  callId: string;
  timeoutMs: number;
}

export type CallHeaders = Readonly<Record<string, string | string[]>>;

const CURL_HEADERS = { "User-Agent": "curl/8", Accept: "*/*", "Content-Type": "application/json" };

/** Odd, so that chunk edges fall inside of multi-byte characters, as they do with the Fn server. */
const CHUNK_BYTES = 4093;

const MAX_RESPONSE_BYTES = 6 * 1024 * 1024;
const MAX_HEADER_BYTES = 1024 * 1024;

/** What came of one call over the socket. */
export type Answer =
  | { status: number; headers: IncomingHttpHeaders; body: string; bytes: Buffer }
  | "timed out"
  | "broken"
  | "too large"
  | "header too large";

/** One POST /call, as the Fn agent makes it: in chunks, with a call id and a deadline in whole seconds. */
export function callFunction(socketPath: string, call: FunctionCall): Promise<Answer> {
  const { body, headers, callerHeaders = CURL_HEADERS, callId, timeoutMs } = call;
  return new Promise((resolve) => {
    const end = (answer: Answer) => {
      clearTimeout(timer);
      outgoing.destroy();
      resolve(answer);
    };
    const timer = setTimeout(() => end("timed out"), timeoutMs);
    const outgoing = httpRequest({
      socketPath,
      method: "POST",
      path: "/call",
      maxHeaderSize: MAX_HEADER_BYTES,
      headers: {
        ...callerHeaders,
        "Accept-Encoding": "gzip",
        ...headers,
        Host: "localhost",
        "Fn-Call-Id": callId,
        "Fn-Deadline": `${new Date(Date.now() + timeoutMs).toISOString().slice(0, 19)}Z`,
      },
    });
    outgoing.on("error", (error: NodeJS.ErrnoException) => {
      end(error.code === "HPE_HEADER_OVERFLOW" ? "header too large" : "broken");
    });
    outgoing.on("response", (response) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      response.on("data", (chunk: Buffer) => {
        chunks.push(chunk);
        bytes += chunk.byteLength;
        if (bytes > MAX_RESPONSE_BYTES) end("too large");
      });
      response.on("end", () => {
        const bytes = Buffer.concat(chunks);
        const body = bytes.toString();
        transcribe(body);
        end({ status: response.statusCode ?? 0, headers: response.headers, body, bytes });
      });
      response.on("aborted", () => end("broken"));
    });
    const bytes = Buffer.from(body);
    for (let at = 0; at < bytes.byteLength; at += CHUNK_BYTES) outgoing.write(bytes.subarray(at, at + CHUNK_BYTES));
    outgoing.end();
  });
}

/** 26 characters, as Fn's ids look. */
export function createCallId(): string {
  const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  return `01${[...randomBytes(24)].map((byte) => alphabet[byte % 32]).join("")}`;
}
