import type { IncomingHttpHeaders } from "node:http";
import { type Answer, type CallHeaders, callFunction, createCallId } from "./call.ts";
import { type Container, type ContainerOptions, startContainer } from "./container.ts";

export interface FnHostOptions extends ContainerOptions {
  /** Milliseconds a call may take; Fn's default is 30 s. */
  timeoutMs?: number;
  /** What goes with every call that names nothing else; default: what curl sends with a JSON body. */
  callerHeaders?: CallHeaders;
}

/** What the caller of the Fn server sees. */
export interface FnResponse {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
  /** The body as it came: `body` is its text. */
  bytes: Buffer;
  callId: string;
  /** From the call to the end of the reply, the start of a container included. */
  ms: number;
  /** Without the start of a container: what the deadline counts. */
  callMs: number;
  isCold: boolean;
}

/** What one call may have of its own. */
export interface CallOptions {
  /** Default: the host's. */
  timeoutMs?: number;
}

export interface FnHost {
  /** One call at a time, in order, as one container is given them. */
  invoke: (body: Uint8Array | string, headers?: CallHeaders, options?: CallOptions) => Promise<FnResponse>;
  /** The container's pid; undefined while there is none. */
  pid: () => number | undefined;
  /**
   * SIGKILL to the container at once, also in the middle of a call; the next call gets another container. One that is
   * still starting is left alone.
   */
  kill: () => Promise<void>;
  /** SIGSTOP to the container at once, also in the middle of a call. The time of the call runs on. */
  freeze: () => void;
  /** SIGCONT after a freeze; the next call does so too. */
  thaw: () => void;
  /** Lets the calls end, then SIGKILL, as the platform does: there is no graceful end. */
  stop: () => Promise<void>;
}

const DEFAULT_TIMEOUT_MS = 30_000;

/** Status and message where the function gave no whole answer; its container is thrown away. */
const NO_ANSWER: Record<Extract<Answer, string>, [number, string]> = {
  "timed out": [504, "Timed out"],
  broken: [502, "error receiving function response"],
  "too large": [502, "function response body too large"],
  "header too large": [502, "function response header too large"],
};

/** Runs a function as the Fn agent does (facts: the function contract), with neither Docker nor an Fn server. */
export function createFnHost(options: FnHostOptions): FnHost {
  let container: Container | undefined;
  let queue: Promise<unknown> = Promise.resolve();

  async function invoke(body: Uint8Array | string, headers: CallHeaders, timeoutMs: number): Promise<FnResponse> {
    const startedMs = performance.now();
    let calledMs = startedMs;
    const callId = createCallId();
    if (container?.hasExited) container = undefined;
    const isCold = container === undefined;
    const spent = () => ({ ms: performance.now() - startedMs, callMs: performance.now() - calledMs });
    const respond = (status: number, message: string): FnResponse => {
      const body = JSON.stringify({ message });
      return {
        status,
        headers: { "content-type": "application/json; charset=utf-8", "fn-call-id": callId },
        body,
        bytes: Buffer.from(body),
        callId,
        ...spent(),
        isCold,
      };
    };
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
    calledMs = performance.now();
    const { callerHeaders } = options;
    const call = { body, headers, callId, timeoutMs, ...(callerHeaders && { callerHeaders }) };
    const answer = await callFunction(used.socketPath, call);
    if (typeof answer === "string") {
      await discard();
      return respond(...NO_ANSWER[answer]);
    }
    used.freezeSoon();
    if (answer.status === 502) return respond(502, "function failed");
    if (answer.status === 504) return respond(504, "Timed out");
    if (answer.status !== 200) {
      await discard();
      return respond(502, "invalid function response");
    }
    return { ...answer, callId, ...spent(), isCold };
  }

  return {
    invoke(body, headers = {}, { timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS } = {}) {
      const called = queue.then(() => invoke(body, headers, timeoutMs));
      queue = called.catch(() => undefined);
      return called;
    },
    pid: () => (container?.hasExited ? undefined : container?.pid),
    async kill() {
      await container?.kill();
    },
    freeze: () => container?.freeze(),
    thaw: () => container?.thaw(),
    async stop() {
      await queue;
      await container?.kill();
      container = undefined;
    },
  };
}
