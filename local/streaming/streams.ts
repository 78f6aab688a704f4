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
  refuse,
} from "../emulator/api.ts";
import type { Cloud } from "../emulator/cloud.ts";
import { compartmentIdSchema, isForeign } from "../emulator/compartment-id.ts";
import { denial } from "../emulator/denial.ts";
import { ocid } from "../emulator/ocid.ts";
import { rememberMade, retried } from "../emulator/retried.ts";
import { tagsSchema } from "../emulator/tags.ts";
import type { HttpAnswer } from "../loopback.ts";
import type { Stream, StreamPool } from "./stream.ts";
import { createStreamGroups } from "./stream-groups.ts";
import { listStreams } from "./stream-list.ts";
import { createStreamLog } from "./stream-log.ts";
import { streamMessageOperations } from "./stream-messages.ts";
import { defaultPool, streamPoolOperations, workRequest } from "./stream-pools.ts";

export interface Streams {
  operations: Operation[];
  /** Fits Cloud.putOnStream: key and value are text. */
  putOnStream: Cloud["putOnStream"];
}

/** Of a tenancy that pays; the service limit can be raised. */
const MAX_PARTITIONS = 200;

const createDetails = z
  .object({
    name: z.string().min(1).max(255),
    partitions: z.int().min(1),
    compartmentId: compartmentIdSchema.nullish(),
    streamPoolId: ocid("streampool").nullish(),
    retentionInHours: z.int().min(24).max(168).nullish(),
    ...tagsSchema,
  })
  .refine(({ compartmentId, streamPoolId }) => !compartmentId !== !streamPoolId, {
    error: "either compartmentId or streamPoolId is needed, and not both",
  });
const updateDetails = z.object({ streamPoolId: ocid("streampool").nullish(), ...tagsSchema });
const moveDetails = z.object({ compartmentId: compartmentIdSchema });

/** OCI Streaming: pools, streams, messages. */
export function createStreams(cloud: Cloud): Streams {
  const streams = cloud.store.collection<Stream>("streams");
  const pools = cloud.store.collection<StreamPool>("stream-pools");
  const log = createStreamLog(cloud.store);
  const path = "/20180418/streams/{streamId}";
  const by = (permission: string, answer: (call: Call, stream: Stream) => HttpAnswer) => (call: Call) => {
    const stream = streams.get(call.parameters.streamId ?? "");
    if (stream === undefined) return notFound(call);
    const { id, compartmentId } = stream;
    const denied = denial(cloud, call, { permission, compartmentId, variables: { "target.stream.id": id } });
    return denied ?? matchProblem(call, stream) ?? answer(call, stream);
  };
  const byActive = (permission: string, answer: (call: Call, stream: Stream) => HttpAnswer) =>
    by(permission, (call, stream) => (stream.lifecycleState === "ACTIVE" ? answer(call, stream) : notFound(call)));
  const withStream = (call: Call, permission: string, answer: (stream: Stream) => HttpAnswer) => {
    const isThere = streams.get(call.parameters.streamId ?? "")?.lifecycleState === "ACTIVE";
    return isThere ? by(permission, (_, stream) => answer(stream))(call) : notFound(call);
  };
  const groups = createStreamGroups({ store: cloud.store, log, withStream });
  return {
    operations: [
      { method: "POST", path: "/20180418/streams", answer: create },
      { method: "GET", path: "/20180418/streams", answer: (call) => listStreams(call, cloud, bodyFor) },
      { method: "GET", path, answer: by("STREAM_READ", shown) },
      { method: "PUT", path, answer: byActive("STREAM_UPDATE", update) },
      { method: "DELETE", path, answer: byActive("STREAM_DELETE", remove) },
      { method: "POST", path: `${path}/actions/changeCompartment`, answer: byActive("STREAM_MOVE", move) },
      ...streamMessageOperations({ log, groups, withStream }),
      ...groups.operations,
      ...streamPoolOperations(cloud, destroy),
    ],
    putOnStream(streamId, { key, value }) {
      const stream = streams.get(streamId);
      if (stream?.lifecycleState !== "ACTIVE") return false;
      log.append(stream, { key: key === undefined ? null : base64(key), value: base64(value) });
      return true;
    },
  };

  function create(call: Call): HttpAnswer {
    const details = bodyOf(call, createDetails);
    if (!details.ok) return details.answer;
    const { name, partitions, streamPoolId } = details.value;
    const named = streamPoolId ? activePool(streamPoolId) : undefined;
    const compartmentId = details.value.compartmentId ?? named?.compartmentId;
    if (compartmentId === undefined || isForeign(compartmentId, cloud)) return notFound(call);
    const denied = denial(cloud, call, { permission: "STREAM_CREATE", compartmentId });
    if (denied !== undefined) return denied;
    const again = retried(call, { store: cloud.store, things: streams, shown });
    if (again !== undefined) return again;
    const pool = named ?? defaultPool(cloud, compartmentId);
    if (isTaken(pool.id, name)) return taken(call, name);
    if (partitionsInUse() + partitions > MAX_PARTITIONS) {
      return refuse(call, 400, "LimitExceeded", `The tenancy may have ${MAX_PARTITIONS} partitions in this region.`);
    }
    const stream: Stream = {
      ...newThing({ kind: "stream", region: cloud.region }, { ...details.value, compartmentId }),
      name,
      partitions,
      retentionInHours: details.value.retentionInHours ?? 24,
      streamPoolId: pool.id,
      lifecycleState: "ACTIVE",
    };
    streams.set(stream.id, stream);
    rememberMade(call, cloud.store, stream.id);
    const body = { ...bodyFor(stream), lifecycleState: "CREATING" };
    return json(call, 200, body, { etag: stream.etag, ...workRequest() });
  }

  function update(call: Call, stream: Stream): HttpAnswer {
    const details = bodyOf(call, updateDetails);
    if (!details.ok) return details.answer;
    const { streamPoolId } = details.value;
    if (streamPoolId && activePool(streamPoolId) === undefined) return notFound(call);
    if (streamPoolId && streamPoolId !== stream.streamPoolId && isTaken(streamPoolId, stream.name)) {
      return taken(call, stream.name);
    }
    change(stream, details.value);
    return json(call, 200, bodyFor(stream), { etag: stream.etag, ...workRequest() });
  }

  function remove(call: Call, stream: Stream): HttpAnswer {
    destroy(stream);
    return json(call, 202, undefined, workRequest());
  }

  function destroy(stream: Stream): void {
    log.remove(stream);
    groups.remove(stream);
    change(stream, { lifecycleState: "DELETED" });
  }

  function move(call: Call, stream: Stream): HttpAnswer {
    const details = bodyOf(call, moveDetails);
    if (!details.ok) return details.answer;
    const { compartmentId } = details.value;
    if (isForeign(compartmentId, cloud)) return notFound(call);
    const denied = denial(cloud, call, { permission: "STREAM_MOVE", compartmentId });
    if (denied !== undefined) return denied;
    // A pool's streams are in its compartment.
    const { id: streamPoolId } = defaultPool(cloud, compartmentId);
    if (streamPoolId !== stream.streamPoolId && isTaken(streamPoolId, stream.name)) return taken(call, stream.name);
    change(stream, { compartmentId, streamPoolId });
    return json(call, 202, undefined, workRequest());
  }

  function partitionsInUse(): number {
    const active = [...streams.values()].filter(({ lifecycleState }) => lifecycleState === "ACTIVE");
    return active.reduce((sum, stream) => sum + stream.partitions, 0);
  }

  function activePool(id: string): StreamPool | undefined {
    const pool = pools.get(id);
    return pool?.lifecycleState === "ACTIVE" ? pool : undefined;
  }

  function isTaken(poolId: string, name: string): boolean {
    return [...streams.values()].some(
      (other) => other.streamPoolId === poolId && other.name === name && other.lifecycleState === "ACTIVE",
    );
  }

  /** The emulator's port may be another one tomorrow: the endpoint is never kept. */
  function bodyFor({ etag: _, ...stream }: Stream) {
    return { ...stream, messagesEndpoint: cloud.url() };
  }

  function shown(call: Call, stream: Stream): HttpAnswer {
    return json(call, 200, bodyFor(stream), { etag: stream.etag });
  }
}

function taken(call: Call, name: string): HttpAnswer {
  return refuse(call, 409, "Conflict", `the stream pool has a stream named ${JSON.stringify(name)} already`);
}

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}
