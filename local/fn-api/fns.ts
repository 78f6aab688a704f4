import * as z from "zod";
import { annotationsProblem, changedAnnotations } from "./annotations.ts";
import type { Refused } from "./answer.ts";
import { APP_NOT_FOUND, type App } from "./apps.ts";
import { annotations, config, text, wholeNumber } from "./body.ts";
import type { Collection } from "./collection.ts";
import { idOf } from "./id-of.ts";
import { born, changedConfig, type Resource } from "./resource.ts";

export interface Fn extends Resource {
  appId: string;
  image: string;
  /** In MB. */
  memory: number;
  timeoutSeconds: number;
  idleTimeoutSeconds: number;
  config: ReadonlyMap<string, string>;
  /** That of the app. */
  shape: string;
}

const body = z.object({
  id: text,
  name: text,
  app_id: text,
  image: text,
  memory: wholeNumber.refine((megabytes) => megabytes >= 0),
  timeout: wholeNumber,
  idle_timeout: wholeNumber,
  config,
  annotations,
});

export const FN_NOT_FOUND: Refused = { status: 404, refusal: "Fn not found" };

const MAX_NAME_BYTES = 255;
const DEFAULT_MEMORY = 128;
const MAX_MEMORY = 8192;
const DEFAULT_TIMEOUT_SECONDS = 30;
const MAX_TIMEOUT_SECONDS = 300;
const DEFAULT_IDLE_TIMEOUT_SECONDS = 30;
const MAX_IDLE_TIMEOUT_SECONDS = 3600;

/** @param onRemove called with the id of a function that was deleted, to delete what belongs to it */
export function createFns(
  apps: ReadonlyMap<string, App>,
  onRemove: (fnId: string) => void,
): Collection<Fn, typeof body> {
  const things = new Map<string, Fn>();
  return {
    things,
    schema: body,
    notFound: FN_NOT_FOUND,
    idMismatch: { status: 400, refusal: "Fn ID in path does not match that in body" },
    filter(query) {
      const appId = query.get("app_id") ?? "";
      const name = query.get("name") ?? "";
      if (appId === "") return { status: 400, refusal: "Missing AppID on Fn" };
      return (fn) => fn.appId === appId && (name === "" || fn.name === name);
    },
    create({ id, name, app_id: appId, image, memory, timeout, idle_timeout, config, annotations }) {
      if (id !== "") return { status: 400, refusal: "ID cannot be provided for Fn creation" };
      if (appId === "") return { status: 400, refusal: "Missing AppID on Fn" };
      const fn: Fn = {
        ...{ ...born(idOf("fn", appId, name)), name, appId, image, config, annotations },
        memory: memory || DEFAULT_MEMORY,
        timeoutSeconds: timeout || DEFAULT_TIMEOUT_SECONDS,
        idleTimeoutSeconds: idle_timeout || DEFAULT_IDLE_TIMEOUT_SECONDS,
        shape: apps.get(appId)?.shape ?? "",
      };
      const problem = problemOf(fn);
      if (problem !== undefined) return problem;
      if (!apps.has(appId)) return APP_NOT_FOUND;
      if ([...things.values()].some((other) => other.appId === appId && other.name === name)) {
        return { status: 409, refusal: "Fn with specified name already exists" };
      }
      return fn;
    },
    change(fn, { image, memory, timeout, idle_timeout, config, annotations }) {
      const changed: Fn = {
        ...fn,
        image: image || fn.image,
        memory: memory || fn.memory,
        timeoutSeconds: timeout || fn.timeoutSeconds,
        idleTimeoutSeconds: idle_timeout || fn.idleTimeoutSeconds,
        config: changedConfig(fn.config, config),
        annotations: changedAnnotations(fn.annotations, annotations),
      };
      return problemOf(changed) ?? changed;
    },
    remove: ({ id }) => onRemove(id),
    shown: (fn) => ({
      id: fn.id,
      name: fn.name,
      app_id: fn.appId,
      image: fn.image,
      memory: fn.memory,
      timeout: fn.timeoutSeconds,
      idle_timeout: fn.idleTimeoutSeconds,
      config: Object.fromEntries(fn.config),
      ...(fn.annotations.size > 0 && { annotations: Object.fromEntries(fn.annotations) }),
      created_at: fn.createdAt,
      ...(fn.shape !== "" && { shape: fn.shape }),
      updated_at: fn.updatedAt,
    }),
    address: ({ id }, base) => ["fnproject.io/fn/invokeEndpoint", `${base}/invoke/${id}`],
  };
}

function problemOf(fn: Fn): Refused | undefined {
  const refusal = nameProblem(fn.name) ?? settingsProblem(fn);
  return refusal === undefined ? annotationsProblem(fn.annotations) : { status: 400, refusal };
}

function nameProblem(name: string): string | undefined {
  if (name === "") return "Missing Fn name";
  if (Buffer.byteLength(name) > MAX_NAME_BYTES) return `Fn name must be ${MAX_NAME_BYTES} characters or less`;
  // What may stand in a path as it is.
  return /^[\w\-.~$&+:=@]+$/.test(name) ? undefined : "name must be a valid string";
}

function settingsProblem({ image, memory, timeoutSeconds, idleTimeoutSeconds }: Fn): string | undefined {
  if (image === "") return "Missing image on Fn";
  if (timeoutSeconds <= 0 || timeoutSeconds > MAX_TIMEOUT_SECONDS) {
    return `timeout value is out of range, must be between 0 and ${MAX_TIMEOUT_SECONDS}`;
  }
  if (idleTimeoutSeconds <= 0 || idleTimeoutSeconds > MAX_IDLE_TIMEOUT_SECONDS) {
    return `idle_timeout value is out of range, must be between 0 and ${MAX_IDLE_TIMEOUT_SECONDS}`;
  }
  return memory <= MAX_MEMORY ? undefined : `memory value is out of range. It should be between 0 and ${MAX_MEMORY}`;
}
