import * as z from "zod";
import { createCallId } from "../call.ts";
import { annotationsProblem, changedAnnotations } from "./annotations.ts";
import type { Refused } from "./answer.ts";
import { APP_NOT_FOUND, type App } from "./apps.ts";
import { annotations, isTimeGiven, text } from "./body.ts";
import type { Collection } from "./collection.ts";
import { FN_NOT_FOUND, type Fn } from "./fns.ts";
import { born, type Resource } from "./resource.ts";

export interface Trigger extends Resource {
  appId: string;
  fnId: string;
  /** Only `http` is there. */
  type: string;
  /** A path: what follows /t/<app> in the address. */
  source: string;
}

const body = z.object({
  id: text,
  name: text,
  app_id: text,
  fn_id: text,
  type: text,
  source: text,
  annotations,
  created_at: isTimeGiven,
  updated_at: isTimeGiven,
});

export const TRIGGER_NOT_FOUND: Refused = { status: 404, refusal: "Trigger not found" };

const MAX_NAME_BYTES = 255;
const EXISTS: Refused = { status: 409, refusal: "Trigger already exists" };
const SOURCE_EXISTS: Refused = { status: 409, refusal: "Trigger with the same type and source exists on this app" };

interface Owners {
  apps: ReadonlyMap<string, App>;
  fns: ReadonlyMap<string, Fn>;
}

export function createTriggers({ apps, fns }: Owners): Collection<Trigger, typeof body> {
  const things = new Map<string, Trigger>();
  /** Why a trigger cannot stand beside the others. */
  function conflictOf({ id, name, appId, fnId, type, source }: Trigger): Refused | undefined {
    const others = [...things.values()].filter((other) => other.id !== id && other.appId === appId);
    if (others.some((other) => other.type === type && other.source === source)) return SOURCE_EXISTS;
    return others.some((other) => other.fnId === fnId && other.name === name) ? EXISTS : undefined;
  }
  function ownerProblem({ appId, fnId }: Trigger): Refused | undefined {
    if (!apps.has(appId)) return APP_NOT_FOUND;
    const fn = fns.get(fnId);
    if (fn === undefined) return FN_NOT_FOUND;
    return fn.appId === appId ? undefined : { status: 400, refusal: "Invalid Fn ID - not owned by specified app" };
  }
  return {
    things,
    schema: body,
    notFound: TRIGGER_NOT_FOUND,
    idMismatch: { status: 400, refusal: "ID in path does not match ID in body" },
    filter(query) {
      const appId = query.get("app_id") ?? "";
      const fnId = query.get("fn_id") ?? "";
      const name = query.get("name") ?? "";
      if (appId === "") return { status: 400, refusal: "Missing App ID on Trigger" };
      return (trigger) =>
        trigger.appId === appId && (fnId === "" || trigger.fnId === fnId) && (name === "" || trigger.name === name);
    },
    create({ id, name, app_id, fn_id, type, source, annotations, created_at, updated_at }) {
      if (id !== "") return { status: 400, refusal: "ID cannot be provided for Trigger creation" };
      if (created_at) return { status: 400, refusal: "Trigger Created At Provided for Create" };
      if (updated_at) return { status: 400, refusal: "Trigger ID Provided for Create" };
      const trigger: Trigger = { ...born(createCallId()), name, appId: app_id, fnId: fn_id, type, source, annotations };
      return problemOf(trigger) ?? ownerProblem(trigger) ?? conflictOf(trigger) ?? trigger;
    },
    change(trigger, { name, fn_id, source, annotations }) {
      const changed: Trigger = {
        ...trigger,
        name: name || trigger.name,
        fnId: fn_id || trigger.fnId,
        source: source || trigger.source,
        annotations: changedAnnotations(trigger.annotations, annotations),
      };
      return problemOf(changed) ?? ownerProblem(changed) ?? conflictOf(changed) ?? changed;
    },
    remove: () => undefined,
    shown: ({ id, name, appId, fnId, type, source, annotations, createdAt, updatedAt }) => ({
      ...{ id, name, app_id: appId, fn_id: fnId, created_at: createdAt, updated_at: updatedAt, type, source },
      ...(annotations.size > 0 && { annotations: Object.fromEntries(annotations) }),
    }),
    address: ({ appId, source }, base) => [
      "fnproject.io/trigger/httpEndpoint",
      `${base}/t/${apps.get(appId)?.name}/${source.replace(/^\//, "")}`,
    ],
  };
}

function problemOf({ name, appId, fnId, type, source, annotations }: Trigger): Refused | undefined {
  const refusal =
    (appId === "" && "Missing App ID on Trigger") ||
    nameProblem(name) ||
    (fnId === "" && "Missing Fn ID on Trigger") ||
    (type !== "http" && "Trigger Type Not Supported") ||
    (source === "" && "Missing Trigger Source") ||
    (!source.startsWith("/") && "Missing Trigger Source Prefix '/'");
  return refusal ? { status: 400, refusal } : annotationsProblem(annotations);
}

function nameProblem(name: string): string | undefined {
  if (name === "") return "Missing name on Trigger";
  if (Buffer.byteLength(name) > MAX_NAME_BYTES) return `Trigger name must be ${MAX_NAME_BYTES} characters or less`;
  return /^[\p{L}\p{N}_-]+$/u.test(name) ? undefined : "Invalid name for Trigger";
}
