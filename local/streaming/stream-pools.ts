import { randomUUID } from "node:crypto";
import * as z from "zod";
import {
  bodyOf,
  type Call,
  change,
  json,
  matchProblem,
  newThing,
  notFound,
  type Operation,
  page,
  refuse,
} from "../emulator/api.ts";
import type { Cloud } from "../emulator/cloud.ts";
import { compartmentIdSchema, isForeign, queriedCompartment } from "../emulator/compartment-id.ts";
import { denial } from "../emulator/denial.ts";
import { given } from "../emulator/given.ts";
import { rememberMade, retried } from "../emulator/retried.ts";
import { sorted } from "../emulator/sorted.ts";
import { stateProblem } from "../emulator/state-problem.ts";
import { tagsSchema } from "../emulator/tags.ts";
import type { HttpAnswer } from "../loopback.ts";
import type { Stream, StreamPool } from "./stream.ts";

const KAFKA = { autoCreateTopicsEnable: false, logRetentionHours: 24, numPartitions: 1 };
const kafkaSettings = z
  .object({
    autoCreateTopicsEnable: z.boolean().nullish(),
    logRetentionHours: z.int().min(24).max(168).nullish(),
    numPartitions: z.int().min(1).nullish(),
  })
  .nullish();
const name = z.string().min(1).max(255);
const createDetails = z.object({ name, compartmentId: compartmentIdSchema, kafkaSettings, ...tagsSchema });
const updateDetails = z.object({ name: name.nullish(), kafkaSettings, ...tagsSchema });

const DEFAULT_POOL = "DefaultPool";

/** Stream pools: create, list, get, update, delete, their streams with them. All are public, with a key of Oracle's. */
export function streamPoolOperations(cloud: Cloud, destroy: (stream: Stream) => void): Operation[] {
  const pools = cloud.store.collection<StreamPool>("stream-pools");
  const streams = cloud.store.collection<Stream>("streams");
  const path = "/20180418/streampools/{streamPoolId}";
  const by = (permission: string, answer: (call: Call, pool: StreamPool) => HttpAnswer) => (call: Call) => {
    const pool = pools.get(call.parameters.streamPoolId ?? "");
    if (pool === undefined) return notFound(call);
    const { compartmentId } = pool;
    return denial(cloud, call, { permission, compartmentId }) ?? matchProblem(call, pool) ?? answer(call, pool);
  };
  return [
    { method: "POST", path: "/20180418/streampools", answer: create },
    { method: "GET", path: "/20180418/streampools", answer: list },
    { method: "GET", path, answer: by("STREAM_POOL_READ", shown) },
    { method: "PUT", path, answer: by("STREAM_POOL_UPDATE", update) },
    { method: "DELETE", path, answer: by("STREAM_POOL_DELETE", remove) },
  ];

  function create(call: Call): HttpAnswer {
    const details = bodyOf(call, createDetails);
    if (!details.ok) return details.answer;
    const { compartmentId, name } = details.value;
    if (isForeign(compartmentId, cloud)) return notFound(call);
    const denied = denial(cloud, call, { permission: "STREAM_POOL_CREATE", compartmentId });
    if (denied !== undefined) return denied;
    const again = retried(call, { store: cloud.store, things: pools, shown });
    if (again !== undefined) return again;
    const pool = newPool(cloud, { ...details.value, name, compartmentId });
    pools.set(pool.id, pool);
    rememberMade(call, cloud.store, pool.id);
    return json(call, 200, bodyFor(pool, "CREATING"), { etag: pool.etag, ...workRequest() });
  }

  function list(call: Call): HttpAnswer {
    const queried = queriedCompartment(call, cloud);
    if ("answer" in queried) return queried.answer;
    const wrongState = stateProblem(call);
    if (wrongState !== undefined) return wrongState;
    const denied = denial(cloud, call, { permission: "STREAM_POOL_INSPECT", compartmentId: queried.id });
    if (denied !== undefined) return denied;
    const found = [...pools.values()].filter((pool) => pool.compartmentId === queried.id && isAskedFor(call, pool));
    const ordered = sorted(call, found, STREAM_KEYS);
    if ("answer" in ordered) return ordered.answer;
    const summaries = ordered.items.map(({ etag: _, kafkaSettings: __, ...pool }) => ({ ...pool, isPrivate: false }));
    return page(call, summaries, { maxLimit: 50, defaultLimit: 10 });
  }

  function update(call: Call, pool: StreamPool): HttpAnswer {
    const details = bodyOf(call, updateDetails);
    if (!details.ok) return details.answer;
    if (pool.lifecycleState !== "ACTIVE") return notFound(call);
    const { kafkaSettings, ...rest } = details.value;
    change(pool, { ...rest, kafkaSettings: { ...pool.kafkaSettings, ...given(kafkaSettings ?? {}) } });
    return json(call, 200, bodyFor(pool), { etag: pool.etag, ...workRequest() });
  }

  function remove(call: Call, pool: StreamPool): HttpAnswer {
    if (pool.lifecycleState !== "ACTIVE") return notFound(call);
    if (pool.name === DEFAULT_POOL) {
      return refuse(call, 400, "InvalidParameter", "the default stream pool of a compartment cannot be deleted");
    }
    for (const stream of streams.values()) {
      if (stream.streamPoolId === pool.id && stream.lifecycleState === "ACTIVE") destroy(stream);
    }
    change(pool, { lifecycleState: "DELETED" });
    return json(call, 202, undefined, workRequest());
  }

  function bodyFor({ etag: _, ...pool }: StreamPool, lifecycleState: string = pool.lifecycleState) {
    const endpointFqdn = new URL(cloud.url()).host;
    return { ...pool, lifecycleState, customEncryptionKey: { keyState: "NONE" }, isPrivate: false, endpointFqdn };
  }

  function shown(call: Call, pool: StreamPool): HttpAnswer {
    return json(call, 200, bodyFor(pool), { etag: pool.etag });
  }
}

/** The pool that a stream with no pool of its own goes into; made when it is first needed. */
export function defaultPool(cloud: Cloud, compartmentId: string): StreamPool {
  const pools = cloud.store.collection<StreamPool>("stream-pools");
  const known = [...pools.values()].find(
    (pool) => pool.compartmentId === compartmentId && pool.name === DEFAULT_POOL && pool.lifecycleState === "ACTIVE",
  );
  const pool = known ?? newPool(cloud, { name: DEFAULT_POOL, compartmentId });
  pools.set(pool.id, pool);
  return pool;
}

function newPool(cloud: Cloud, details: z.output<typeof createDetails>): StreamPool {
  return {
    ...newThing({ kind: "streampool", region: cloud.region }, details),
    name: details.name,
    lifecycleState: "ACTIVE",
    kafkaSettings: { ...KAFKA, ...given(details.kafkaSettings ?? {}) },
  };
}

/** What sortBy of streams and stream pools takes. */
export const STREAM_KEYS: Record<string, (thing: { name: string; timeCreated: string }) => string> = {
  NAME: ({ name }) => name,
  TIMECREATED: ({ timeCreated }) => timeCreated,
};

/** Whether the filters of a list of streams or stream pools let it through. */
export function isAskedFor({ query }: Call, thing: { id: string; name: string; lifecycleState: string }): boolean {
  const state = query.get("lifecycleState")?.toUpperCase() ?? thing.lifecycleState;
  return (
    state === thing.lifecycleState &&
    (query.get("name") ?? thing.name) === thing.name &&
    (query.get("id") ?? thing.id) === thing.id
  );
}

/** Every change is a work request that is done at once. */
export function workRequest(): Record<string, string> {
  return { "opc-work-request-id": `ocid1.streamworkrequest.oc1..${randomUUID().replaceAll("-", "")}` };
}
