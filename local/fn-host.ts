import { randomBytes } from "node:crypto";
import { request as httpRequest, type IncomingHttpHeaders } from "node:http";
import { type Container, type ContainerOptions, startContainer } from "./container.ts";

export interface FnHostOptions extends ContainerOptions {
  /** Milliseconds a call may take; Fn's default is 30 s. */
  timeoutMs?: number;
}

/** What the caller of the Fn server sees. */
export interface FnResponse {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
  callId: string;
  /** From the call to the end of the reply, the start of a container included. */
  ms: number;
  isCold: boolean;
}

export interface FnHost {
  /** One call at a time, in order, as one container is given them. */
  invoke: (body: Uint8Array | string, headers?: Record<string, string>) => Promise<FnResponse>;
  /** The container's pid; undefined while there is none. */
  pid: () => number | undefined;
  /** SIGKILL, as the platform does: there is no graceful end. */
  stop: () => Promise<void>;
}

const DEFAULT_TIMEOUT_MS = 30_000;

/** Odd, so that chunk edges fall inside of multi-byte characters, as they do with the Fn server. */
const CHUNK_BYTES = 4093;

const MAX_RESPONSE_BYTES = 6 * 1024 * 1024;

/** Runs a function as the Fn agent does (facts: the function contract), with neither Docker nor an Fn server. */
export function createFnHost(options: FnHostOptions): FnHost {
  const timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  let container: Container | undefined;
  let queue: Promise<unknown> = Promise.resolve();

  async function invoke(body: Uint8Array | string, headers: Record<string, string>): Promise<FnResponse> {
    const startedMs = performance.now();
    const callId = createCallId();
    if (container?.hasExited) container = undefined;
    const isCold = container === undefined;
    const respond = (status: number, message: string): FnResponse => ({
      status,
      headers: { "content-type": "application/json; charset=utf-8", "fn-call-id": callId },
      body: JSON.stringify({ message }),
      callId,
      ms: performance.now() - startedMs,
      isCold,
    });
    if (container === undefined) {
      const started = await startContainer(options);
      if ("refusal" in started) return respond(started.status, started.refusal);
      container = started;
    }
    const used = container;
    const discard = async () => {
      container = undefined;
      await used.kill();
    };

    used.thaw();
    const answer = await call(used.socketPath, { body, headers, callId, timeoutMs });
    if (answer === "timed out") {
      await discard();
      return respond(504, "Timed out");
    }
    if (answer === "broken") {
      await discard();
      return respond(502, "error receiving function response");
    }
    if (answer === "too large") {
      await discard();
      return respond(502, "function response body too large");
    }
    used.freezeSoon();
    if (answer.status === 502) return respond(502, "function failed");
    if (answer.status === 504) return respond(504, "Timed out");
    if (answer.status !== 200) {
      await discard();
      return respond(502, "invalid function response");
    }
    return { ...answer, callId, ms: performance.now() - startedMs, isCold };
  }

  return {
    invoke(body, headers = {}) {
      const called = queue.then(() => invoke(body, headers));
      queue = called.catch(() => undefined);
      return called;
    },
    pid: () => (container?.hasExited ? undefined : container?.pid),
    async stop() {
      await queue;
      await container?.kill();
      container = undefined;
    },
  };
}

type Answer = { status: number; headers: IncomingHttpHeaders; body: string } | "timed out" | "broken" | "too large";

function call(
  socketPath: string,
  {
    body,
    headers,
    callId,
    timeoutMs,
  }: { body: Uint8Array | string; headers: Record<string, string>; callId: string; timeoutMs: number },
): Promise<Answer> {
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
      headers: {
        "User-Agent": "curl/8",
        Accept: "*/*",
        "Content-Type": "application/json",
        "Accept-Encoding": "gzip",
        ...headers,
        Host: "localhost",
        "Fn-Call-Id": callId,
        "Fn-Deadline": `${new Date(Date.now() + timeoutMs).toISOString().slice(0, 19)}Z`,
      },
    });
    outgoing.on("error", () => end("broken"));
    outgoing.on("response", (response) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      response.on("data", (chunk: Buffer) => {
        chunks.push(chunk);
        bytes += chunk.byteLength;
        if (bytes > MAX_RESPONSE_BYTES) end("too large");
      });
      response.on("end", () =>
        end({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks).toString() }),
      );
      response.on("aborted", () => end("broken"));
    });
    const bytes = Buffer.from(body);
    for (let at = 0; at < bytes.byteLength; at += CHUNK_BYTES) outgoing.write(bytes.subarray(at, at + CHUNK_BYTES));
    outgoing.end();
  });
}

/** 26 characters, as Fn's ids look. */
function createCallId(): string {
  const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  return `01${[...randomBytes(24)].map((byte) => alphabet[byte % 32]).join("")}`;
}
