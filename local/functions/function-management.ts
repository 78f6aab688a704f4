import { createHash } from "node:crypto";
import * as z from "zod";
import {
  bodyOf,
  type Call,
  change,
  json,
  matchProblem,
  missingQuery,
  newThing,
  notFound,
  type Operation,
  refuse,
  type Thing,
} from "../emulator/api.ts";
import type { Cloud } from "../emulator/cloud.ts";
import { denial } from "../emulator/denial.ts";
import { given } from "../emulator/given.ts";
import { ocid } from "../emulator/ocid.ts";
import { rememberMade, retried } from "../emulator/retried.ts";
import { tagsSchema } from "../emulator/tags.ts";
import { emitServiceEvent } from "../events/bus-event.ts";
import type { HttpAnswer } from "../loopback.ts";
import { type Application, displayName } from "./applications.ts";
import { functionConfig } from "./function-config.ts";
import { functionsListing } from "./functions-listing.ts";
import { type InvocationDestination, invocationDestination } from "./invocation-destinations.ts";

/** As it is kept; the API shows all of it but the etag, and the endpoint to invoke it at. */
export interface ManagedFunction extends Thing {
  displayName: string;
  lifecycleState: "ACTIVE";
  applicationId: string;
  image: string;
  imageDigest: string;
  shape: string;
  memoryInMBs: number;
  config: Record<string, string>;
  timeoutInSeconds: number;
  detachedModeTimeoutInSeconds?: number;
  successDestination: InvocationDestination;
  failureDestination: InvocationDestination;
  timeUpdated: string;
  [optional: string]: unknown;
}

const IMAGE = /^[\w.-]+(?::\d+)?(?:\/[\w.-]+)*(?::[\w.-]+)?(?:@sha256:[0-9a-f]{64})?$/;
const MEMORY_MB = [128, 256, 512, 1024, 2048, 3072];

const image = z.string().max(1024).regex(IMAGE, "such as phx.ocir.io/tenancy/repository:0.0.1");
const memoryInMBs = z.int().refine((memory) => MEMORY_MB.includes(memory), `one of ${MEMORY_MB.join(", ")}`);
const changeable = {
  imageDigest: z
    .string()
    .regex(/^sha256:[0-9a-f]{64}$/, "sha256: and 64 hex digits")
    .nullish(),
  config: functionConfig.nullish(),
  timeoutInSeconds: z.int().min(5).max(300).nullish(),
  detachedModeTimeoutInSeconds: z.int().min(5).max(3600).nullish(),
  provisionedConcurrencyConfig: z
    .discriminatedUnion("strategy", [
      z.object({ strategy: z.literal("NONE") }),
      z.object({ strategy: z.literal("CONSTANT"), count: z.int().min(1) }),
    ])
    .nullish(),
  successDestination: invocationDestination.nullish(),
  failureDestination: invocationDestination.nullish(),
  traceConfig: z.object({ isEnabled: z.boolean().nullish() }).nullish(),
  ...tagsSchema,
};
// Pre-built functions have no image and are not emulated.
const createDetails = z.object({ displayName, applicationId: ocid("fnapp"), image, memoryInMBs, ...changeable });
const updateDetails = z.object({ image: image.nullish(), memoryInMBs: memoryInMBs.nullish(), ...changeable });

/**
 * Functions of OCI Functions: create, list, get, update, delete.
 * @param onDelete told the id of every one that is deleted
 */
export function functionOperations(cloud: Cloud, onDelete: (functionId: string) => void): Operation[] {
  const applications = cloud.store.collection<Application>("applications");
  const functions = cloud.store.collection<ManagedFunction>("functions");
  const path = "/20181201/functions/{functionId}";
  return [
    { method: "POST", path: "/20181201/functions", answer: create },
    { method: "GET", path: "/20181201/functions", answer: list },
    { method: "GET", path, answer: (call) => withFunction(call, "FN_FUNCTION_READ", (fn) => shown(call, fn)) },
    { method: "PUT", path, answer: (call) => withFunction(call, "FN_FUNCTION_UPDATE", (fn) => update(call, fn)) },
    { method: "DELETE", path, answer: (call) => withFunction(call, "FN_FUNCTION_DELETE", (fn) => remove(call, fn)) },
  ];

  function withFunction(call: Call, permission: string, answer: (fn: ManagedFunction) => HttpAnswer): HttpAnswer {
    const fn = functions.get(call.parameters.functionId ?? "");
    if (fn === undefined) return notFound(call);
    const { id, applicationId, compartmentId } = fn;
    const variables = { "target.function.id": id, "target.app.id": applicationId };
    return denial(cloud, call, { permission, compartmentId, variables }) ?? matchProblem(call, fn) ?? answer(fn);
  }

  function create(call: Call): HttpAnswer {
    const details = bodyOf(call, createDetails);
    if (!details.ok) return details.answer;
    const application = applications.get(details.value.applicationId);
    if (application === undefined) return notFound(call);
    const { id: applicationId, compartmentId, shape } = application;
    const variables = { "target.app.id": applicationId };
    const denied = denial(cloud, call, { permission: "FN_FUNCTION_CREATE", compartmentId, variables });
    if (denied !== undefined) return denied;
    const again = retried(call, { store: cloud.store, things: functions, shown });
    if (again !== undefined) return again;
    const named = details.value.displayName;
    const isTaken = [...functions.values()].some(
      (fn) => fn.applicationId === applicationId && fn.displayName === named,
    );
    if (isTaken) {
      return refuse(call, 409, "Conflict", `the application has a function named ${JSON.stringify(named)} already`);
    }
    const thing = newThing({ kind: "fnfunc", region: cloud.region }, { ...details.value, compartmentId });
    const fn: ManagedFunction = {
      config: {},
      timeoutInSeconds: 30,
      imageDigest: digestOf(details.value.image),
      provisionedConcurrencyConfig: { strategy: "NONE" },
      successDestination: { kind: "NONE" },
      failureDestination: { kind: "NONE" },
      traceConfig: { isEnabled: false },
      ...given(details.value),
      ...thing,
      shape,
      lifecycleState: "ACTIVE",
      timeUpdated: thing.timeCreated,
    };
    functions.set(fn.id, fn);
    rememberMade(call, cloud.store, fn.id);
    emit("createfunction", fn);
    return shown(call, fn);
  }

  function list(call: Call): HttpAnswer {
    const missing = missingQuery(call, "applicationId");
    if (missing !== undefined) return missing;
    const application = applications.get(call.query.get("applicationId") ?? "");
    if (application === undefined) return notFound(call);
    const { id, compartmentId } = application;
    const denied = denial(cloud, call, { permission: "FN_FUNCTION_LIST", compartmentId });
    if (denied !== undefined) return denied;
    const found = [...functions.values()].filter(({ applicationId }) => applicationId === id);
    return functionsListing(call, found, (fn) => {
      const { config: _, ...summary } = bodyFor(fn);
      return summary;
    });
  }

  function update(call: Call, fn: ManagedFunction): HttpAnswer {
    const details = bodyOf(call, updateDetails);
    if (!details.ok) return details.answer;
    const { image } = details.value;
    const imageDigest = details.value.imageDigest ?? (image ? digestOf(image) : undefined);
    change(fn, { ...details.value, imageDigest, timeUpdated: new Date().toISOString() });
    emit("updatefunction", fn);
    return shown(call, fn);
  }

  function remove(call: Call, fn: ManagedFunction): HttpAnswer {
    functions.delete(fn.id);
    onDelete(fn.id);
    emit("deletefunction", fn);
    return json(call, 204, undefined);
  }

  /** The emulator's port may be another one tomorrow: the endpoint is never kept. */
  function bodyFor({ etag: _, ...fn }: ManagedFunction) {
    return { ...fn, invokeEndpoint: cloud.url() };
  }

  function shown(call: Call, fn: ManagedFunction): HttpAnswer {
    return json(call, 200, bodyFor(fn), { etag: fn.etag });
  }

  function emit(operation: string, { id, compartmentId, displayName: resourceName }: ManagedFunction): void {
    const eventType = `com.oraclecloud.functions.${operation}`;
    emitServiceEvent(cloud, { eventType, source: "functions", compartmentId, data: { resourceName, resourceId: id } });
  }
}

/** There is no registry to ask: another image or tag has another digest, and that is all. */
function digestOf(image: string): string {
  const digest = /@(sha256:[0-9a-f]{64})$/.exec(image)?.[1];
  return digest ?? `sha256:${createHash("sha256").update(image).digest("hex")}`;
}
