import { statSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { createCallId } from "../call.ts";
import { ENTRY } from "../container.ts";
import type { Cloud } from "../emulator/cloud.ts";
import { createFnHost, type FnHost, type FnResponse } from "../fn-host.ts";
import type { Application } from "./applications.ts";
import type { ManagedFunction } from "./function-management.ts";
import type { InvokeReply } from "./functions.ts";

export interface RunnerOptions {
  /** What this project's own image runs; default: dist/func.cjs. */
  entry?: string;
  /** The entry that an image stands for; undefined: there is no such image. Default: `entry` for this project's own. */
  entryOf?: (image: string) => string | undefined;
  /** At once and of one function, default 3; more calls wait their turn. */
  maxContainers?: number;
  /** A line of a function's stdout or stderr. */
  onLog?: (functionId: string, line: string) => void;
}

/** What became of one call. */
export interface Invocation extends InvokeReply {
  callId: string;
  /** The body as it came: `body` is its text. Undefined if the function did not answer. */
  bytes?: Buffer;
  /** What OCI calls the failure; undefined if the function answered. */
  code?: string;
  /** Without the start of a container. */
  ms: number;
}

export interface RunnerCall {
  body: Uint8Array | string;
  headers: Record<string, string>;
  timeoutMs: number;
}

export interface FunctionRunner {
  run: (fn: ManagedFunction, application: Application, call: RunnerCall) => Promise<Invocation>;
  /** Ends the containers of a function that is no more. */
  forget: (functionId: string) => void;
  /** Ends all containers, also in the middle of a call. */
  close: () => Promise<void>;
}

/** The containers of one function as it is configured now. */
interface Fleet {
  /** What the containers were made of; with another one they are replaced. */
  made: string;
  renewAtMs: number;
  start: () => FnHost;
  containers: { host: FnHost; calls: number }[];
  removePrincipal: () => void;
}

const PRINCIPAL_LIFETIME_MS = 24 * 3_600_000;
const MAX_CONTAINERS = 3;

/** There is no Docker here: an image is not pulled, it stands for an entry on this machine. */
export function createFunctionRunner(cloud: Cloud, options: RunnerOptions = {}): FunctionRunner {
  const { entry: own = ENTRY, maxContainers = MAX_CONTAINERS } = options;
  const { entryOf = (image) => (repositoryOf(image) === OWN_REPOSITORY ? own : undefined) } = options;
  const fleets = new Map<string, Fleet>();
  const retiring = new Set<Promise<void>>();
  return {
    async run(fn, application, call) {
      const entry = entryOf(fn.image);
      if (entry === undefined) {
        const message = `no image ${fn.image}: there is no Docker here, only images of the repository ${OWN_REPOSITORY} run`;
        return refusal(502, "FunctionInvokeImageNotAvailable", message);
      }
      const container = containerOf(fleetOf(fn, application, entry));
      container.calls += 1;
      try {
        return invocationOf(await container.host.invoke(call.body, call.headers, { timeoutMs: call.timeoutMs }));
      } finally {
        container.calls -= 1;
      }
    },
    forget(functionId) {
      const fleet = fleets.get(functionId);
      fleets.delete(functionId);
      if (fleet !== undefined) retire(fleet, { isAtOnce: false });
    },
    async close() {
      for (const fleet of fleets.values()) retire(fleet, { isAtOnce: true });
      fleets.clear();
      await Promise.all(retiring);
    },
  };

  function fleetOf(fn: ManagedFunction, application: Application, entry: string): Fleet {
    const config = environmentOf(fn, application, cloud.url());
    // One that was built anew since is another one.
    const builtAtMs = statSync(entry, { throwIfNoEntry: false })?.mtimeMs;
    const made = JSON.stringify([entry, builtAtMs, fn.image, fn.imageDigest, fn.compartmentId, fn.memoryInMBs, config]);
    const known = fleets.get(fn.id);
    if (known?.made === made && Date.now() < known.renewAtMs) return known;
    if (known !== undefined) retire(known, { isAtOnce: false });
    const { variables, remove } = cloud.issuer.principal({
      functionId: fn.id,
      compartmentId: fn.compartmentId,
      region: cloud.region,
      lifetimeMs: PRINCIPAL_LIFETIME_MS,
    });
    const identity = { appId: fn.applicationId, fnId: fn.id, memory: fn.memoryInMBs };
    const onLog = (line: string) => options.onLog?.(fn.id, line);
    const fleet: Fleet = {
      made,
      renewAtMs: Date.now() + PRINCIPAL_LIFETIME_MS / 2,
      start: () => createFnHost({ entry, config: { ...config, ...variables }, identity, onLog }),
      containers: [],
      removePrincipal: remove,
    };
    fleets.set(fn.id, fleet);
    return fleet;
  }

  /** An idle one, a new one while there may be more, or the one with the fewest calls before ours. */
  function containerOf(fleet: Fleet): Fleet["containers"][number] {
    const [idlest] = fleet.containers.toSorted((one, other) => one.calls - other.calls);
    if (idlest !== undefined && (idlest.calls === 0 || fleet.containers.length >= maxContainers)) return idlest;
    const container = { host: fleet.start(), calls: 0 };
    fleet.containers.push(container);
    return container;
  }

  function retire({ containers, removePrincipal }: Fleet, { isAtOnce }: { isAtOnce: boolean }): void {
    const ended = Promise.all(containers.map(({ host }) => (isAtOnce ? kill(host) : host.stop()))).then(() => {
      removePrincipal();
      retiring.delete(ended);
    });
    retiring.add(ended);
  }
}

/** What is killed once may come back for the next call that waits. */
async function kill(host: FnHost): Promise<void> {
  let isStopped = false;
  const stopped = host.stop().then(() => {
    isStopped = true;
  });
  while (!isStopped) {
    await host.kill();
    await Promise.race([stopped, pause(10)]);
  }
}

/** The function's own configuration wins over the application's, the platform's variables over both. */
function environmentOf(fn: ManagedFunction, application: Application, url: string): Record<string, string> {
  return {
    OCI_ENDPOINT_URL: url,
    ...application.config,
    ...fn.config,
    FN_APP_NAME: application.displayName,
    FN_FN_NAME: fn.displayName,
  };
}

const OWN_REPOSITORY = "oci-event-relay";

/** The last part of its name: oci-event-relay of phx.ocir.io/tenancy/oci-event-relay:0.1.0. */
function repositoryOf(image: string): string | undefined {
  return image.split("/").at(-1)?.split(/[:@]/)[0];
}

const CODES = new Map([
  ["Timed out", "FunctionInvokeTimeout"],
  ["function response body too large", "FunctionInvokeResponseBodyTooLarge"],
  ["function response header too large", "FunctionInvokeHeaderTooLarge"],
]);

/** The Fn host tells its failures by message, OCI by code. */
function invocationOf({ status, headers, body, bytes, callId, callMs }: FnResponse): Invocation {
  if (status === 200) return { status, headers, body, bytes, callId, ms: callMs };
  const { message } = JSON.parse(body) as { message: string };
  const code = message.startsWith("Container ") ? "FunctionInvokeContainerInitFail" : CODES.get(message);
  return { ...refusal(status, code ?? "FunctionInvokeExecutionFailed", message), callId, ms: callMs };
}

/** For want of an answer of the function. */
export function refusal(status: number, code: string, message: string): Invocation & { code: string } {
  return { status, code, headers: {}, body: JSON.stringify({ code, message }), callId: createCallId(), ms: 0 };
}
