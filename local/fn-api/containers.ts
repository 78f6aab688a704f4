import type { CallHeaders } from "../call.ts";
import type { FnIdentity } from "../container.ts";
import { createFnHost, type FnHost, type FnResponse } from "../fn-host.ts";
import type { Entry } from "./image-entry.ts";

/** What a function's container is made from. With another one of these, there is another container. */
export interface ContainerSpec {
  image: string;
  /** What runs in its place. */
  entry: Entry;
  config: Readonly<Record<string, string>>;
  identity: FnIdentity;
  idleTimeoutMs: number;
}

export interface ContainerCall {
  body: Buffer;
  headers: CallHeaders;
  timeoutMs: number;
  /** Aborted once the caller has gone away: the container in which the call runs is then thrown away. */
  signal: AbortSignal;
  /** A line that the container logs, during this call or later. */
  onLog: (line: string) => void;
}

/** The containers of all functions. */
export interface Containers {
  /** "busy" if no container could be had within the time that the call has, or at all any more. */
  invoke: (spec: ContainerSpec, call: ContainerCall) => Promise<FnResponse | "busy">;
  /** Ends those of a function that is gone, once their calls are done. */
  retire: (fnId: string) => void;
  close: () => Promise<void>;
}

interface Slot {
  host: FnHost;
  fnId: string;
  key: string;
  isBusy: boolean;
  isRetired: boolean;
  idle?: NodeJS.Timeout;
}

/** What Go's HTTP client says of itself where the caller says nothing. */
const CALLER_HEADERS = { "User-Agent": "Go-http-client/1.1" };

/** One call at a time in a container; a second one at the same time gets a second container. */
export function createContainers({ maxContainers = 16 }: { maxContainers?: number } = {}): Containers {
  const slots = new Set<Slot>();
  const stopping = new Set<Promise<void>>();
  let waiting: (() => void)[] = [];
  let isClosed = false;

  function stop(slot: Slot): void {
    clearTimeout(slot.idle);
    slots.delete(slot);
    const stopped = slot.host.stop().finally(() => stopping.delete(stopped));
    stopping.add(stopped);
  }

  function retireOthers(fnId: string, key?: string): void {
    for (const slot of slots) {
      if (slot.fnId !== fnId || slot.key === key) continue;
      if (slot.isBusy) slot.isRetired = true;
      else stop(slot);
    }
  }

  function slotFor(spec: ContainerSpec, onLog: (line: string) => void): Slot | undefined {
    const { entry, config, identity } = spec;
    const key = JSON.stringify(spec);
    retireOthers(identity.fnId, key);
    const idle = [...slots].filter(({ isBusy }) => !isBusy);
    const warm = idle.findLast((slot) => slot.key === key);
    if (warm !== undefined) return warm;
    if (slots.size >= maxContainers) {
      const [oldest] = idle;
      if (oldest === undefined) return undefined;
      stop(oldest);
    }
    const host = createFnHost({ entry: entry.path, config, identity, onLog, callerHeaders: CALLER_HEADERS });
    const slot = { host, fnId: identity.fnId, key, isBusy: false, isRetired: false };
    slots.add(slot);
    return slot;
  }

  async function acquire(spec: ContainerSpec, call: ContainerCall): Promise<Slot | undefined> {
    const endMs = performance.now() + call.timeoutMs;
    while (!isClosed && !call.signal.aborted && performance.now() < endMs) {
      const slot = slotFor(spec, call.onLog);
      if (slot !== undefined) {
        slot.isBusy = true;
        clearTimeout(slot.idle);
        return slot;
      }
      await untilReleased(endMs - performance.now(), call.signal);
    }
    return undefined;
  }

  function untilReleased(timeoutMs: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        signal.removeEventListener("abort", wake);
        waiting = waiting.filter((each) => each !== wake);
        resolve();
      };
      const timer = setTimeout(wake, timeoutMs);
      signal.addEventListener("abort", wake, { once: true });
      waiting.push(wake);
    });
  }

  function release(slot: Slot, idleTimeoutMs: number): void {
    slot.isBusy = false;
    if (slot.isRetired || isClosed) stop(slot);
    // The most recently used one goes to the end: the oldest is the first to give way.
    else if (slots.delete(slot)) {
      slots.add(slot);
      slot.idle = setTimeout(() => stop(slot), idleTimeoutMs).unref();
    }
    for (const wake of waiting) wake();
  }

  return {
    async invoke(spec, call) {
      const slot = await acquire(spec, call);
      if (slot === undefined) return "busy";
      const discard = () => {
        slot.host.kill();
      };
      call.signal.addEventListener("abort", discard, { once: true });
      try {
        return await slot.host.invoke(call.body, call.headers, { timeoutMs: call.timeoutMs });
      } finally {
        call.signal.removeEventListener("abort", discard);
        release(slot, spec.idleTimeoutMs);
      }
    },
    retire: (fnId) => retireOthers(fnId),
    async close() {
      isClosed = true;
      for (const wake of waiting) wake();
      for (const slot of [...slots]) {
        // In the middle of a call too: nobody will be there for the answer.
        slot.host.kill();
        stop(slot);
      }
      await Promise.all(stopping);
    },
  };
}
