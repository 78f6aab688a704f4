import { type Call, json, notFound, type Operation, refuse } from "../emulator/api.ts";
import type { Cloud } from "../emulator/cloud.ts";
import { denial } from "../emulator/denial.ts";
import { requestId } from "../emulator/wire.ts";
import type { HttpAnswer } from "../loopback.ts";
import type { Application } from "./applications.ts";
import type { ManagedFunction } from "./function-management.ts";
import { type FunctionRunner, type Invocation, type RunnerCall, refusal } from "./function-runner.ts";
import { deliverRecord } from "./invocation-destinations.ts";
import { passedHeaders } from "./passed-headers.ts";

export interface InvocationOptions {
  runner: FunctionRunner;
  /** Of all functions together; above that a call is answered with 429. Default: no limit. */
  maxConcurrentCalls?: number | undefined;
  /** What became of the record of a detached call that did not get to its destination. */
  onLog?: ((functionId: string, line: string) => void) | undefined;
}

export interface Invocations {
  operations: Operation[];
  /** In sync, for the platform itself: no permission is asked for. */
  invoke: Cloud["invoke"];
  /** Ends all containers and with them the calls under way; no records of these are sent. */
  close: () => Promise<void>;
}

const MAX_BODY_BYTES = 6 * 1024 * 1024;
const INVOKE_TYPES = ["sync", "detached"];
const INTENTS = ["httprequest", "cloudevent"];

/** InvokeFunction, in sync and detached, and what Monitoring gets to know of it. */
export function createInvocations(cloud: Cloud, options: InvocationOptions): Invocations {
  const { runner, maxConcurrentCalls = Number.POSITIVE_INFINITY } = options;
  const applications = cloud.store.collection<Application>("applications");
  const functions = cloud.store.collection<ManagedFunction>("functions");
  const detached = new Set<Promise<void>>();
  let calls = 0;
  let isClosed = false;
  return {
    operations: [{ method: "POST", path: "/20181201/functions/{functionId}/actions/invoke", answer }],
    async invoke(functionId, body, headers) {
      const fn = functions.get(functionId);
      if (fn === undefined) return refusal(404, "NotAuthorizedOrNotFound", `there is no function ${functionId}`);
      if (Buffer.byteLength(body) > MAX_BODY_BYTES) return refusal(413, "RequestEntityTooLarge", TOO_LARGE);
      return run(fn, { body, headers, timeoutMs: fn.timeoutInSeconds * 1_000 });
    },
    async close() {
      isClosed = true;
      await runner.close();
      await Promise.all(detached);
    },
  };

  async function answer(call: Call): Promise<HttpAnswer> {
    const fn = functions.get(call.parameters.functionId ?? "");
    if (fn === undefined) return notFound(call);
    const { id, applicationId, compartmentId } = fn;
    const variables = { "target.function.id": id, "target.app.id": applicationId };
    const denied = denial(cloud, call, { permission: "FN_INVOCATION", compartmentId, variables });
    if (denied !== undefined) return denied;
    const { headers, body } = call.request;
    const type = String(headers["fn-invoke-type"] ?? "sync");
    if (!INVOKE_TYPES.includes(type)) return refuse(call, 400, "InvalidParameter", "fn-invoke-type: sync or detached");
    const intent = headers["fn-intent"];
    if (intent !== undefined && !INTENTS.includes(String(intent))) {
      return refuse(call, 400, "InvalidParameter", "fn-intent: httprequest or cloudevent");
    }
    if (body.byteLength > MAX_BODY_BYTES) return refuse(call, 413, "RequestEntityTooLarge", TOO_LARGE);
    if (headers["is-dry-run"] === "true") return json(call, 200, undefined);
    // The signature is between the caller and OCI: no function gets to see it.
    const { authorization: _, ...passed } = passedHeaders(headers);
    if (type === "sync") {
      return answerOf(call, await run(fn, { body, headers: passed, timeoutMs: fn.timeoutInSeconds * 1_000 }));
    }
    if (calls >= maxConcurrentCalls) return answerOf(call, throttled(fn));
    detach(fn, { body, headers: passed });
    return json(call, 202, undefined);
  }

  /** Begins, and is not waited for. */
  function detach(fn: ManagedFunction, { body, headers }: { body: Buffer; headers: Record<string, string> }): void {
    const timeoutMs = (fn.detachedModeTimeoutInSeconds ?? fn.timeoutInSeconds) * 1_000;
    const done = run(fn, { body, headers, timeoutMs }).then(async (invocation) => {
      const record = { payload: body.toString(), invocation };
      const problem = isClosed ? undefined : await deliverRecord(cloud, fn, record);
      if (problem !== undefined) options.onLog?.(fn.id, `the record of a detached call is lost: ${problem}`);
      detached.delete(done);
    });
    detached.add(done);
  }

  async function run(fn: ManagedFunction, call: RunnerCall): Promise<Invocation> {
    const application = applications.get(fn.applicationId);
    if (application === undefined) throw new Error(`the application of ${fn.id} is gone before its function`);
    if (calls >= maxConcurrentCalls) return throttled(fn);
    calls += 1;
    try {
      const invocation = await runner.run(fn, application, call);
      count(fn, "FunctionInvocationCount");
      count(fn, "FunctionResponseCount", { responseType: invocation.code === undefined ? "Success" : "Error" });
      count(fn, "FunctionExecutionDuration", { value: invocation.ms });
      return invocation;
    } finally {
      calls -= 1;
    }
  }

  function throttled(fn: ManagedFunction): Invocation {
    count(fn, "FunctionInvocationCount");
    count(fn, "FunctionResponseCount", { responseType: "Throttled" });
    return refusal(429, "TooManyRequests", `${calls} calls are under way, as many as may be: try again later`);
  }

  function count(
    { id, applicationId, compartmentId }: ManagedFunction,
    name: string,
    { responseType, value }: { responseType?: "Success" | "Error" | "Throttled"; value?: number } = {},
  ): void {
    cloud.count({
      namespace: "oci_faas",
      name,
      compartmentId,
      dimensions: { resourceId: id, applicationId, ...(responseType !== undefined && { responseType }) },
      ...(value !== undefined && { value }),
    });
  }
}

const TOO_LARGE = `the body has more than ${MAX_BODY_BYTES} bytes: send less, or a reference to it`;

function answerOf(call: Call, { status, headers = {}, body, bytes }: Invocation): HttpAnswer {
  return {
    status,
    headers: { ...passedHeaders(headers), "opc-request-id": requestId(call.request) },
    body: bytes ?? body,
  };
}
