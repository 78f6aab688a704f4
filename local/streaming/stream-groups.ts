import { randomUUID } from "node:crypto";
import * as z from "zod";
import { bodyOf, type Call, json, missingQuery, notFound, type Operation, refuse } from "../emulator/api.ts";
import type { Store } from "../emulator/store.ts";
import type { HttpAnswer } from "../loopback.ts";
import type { Stream } from "./stream.ts";
import type { LoggedMessage, StreamLog } from "./stream-log.ts";

/** A group of consumers as it is kept. */
interface Group {
  streamId: string;
  groupName: string;
  /** By partition: the offset that is read next by whoever begins anew. */
  committed: number[];
  /** Milliseconds since 1970 until which an instance counts as alive. */
  instances: Record<string, number>;
}

/** What OCI allows at most is not documented; a date can still be made of this. */
const MAX_TIMEOUT_MS = 24 * 3_600_000;
const start = { type: z.enum(["TRIM_HORIZON", "LATEST", "AT_TIME"]), time: z.iso.datetime({ offset: true }).nullish() };
const createDetails = z.object({
  ...start,
  groupName: z.string().min(1).max(255),
  instanceName: z.string().min(1).max(255).nullish(),
  timeoutInMs: z.int().min(1).max(MAX_TIMEOUT_MS).nullish(),
  commitOnGet: z.boolean().nullish(),
});
const updateDetails = z.object({ type: start.type.nullish(), time: start.time });

/** What a client has of it is this in base64. `offsets`: of the partitions that were read with it. */
const cursorSchema = z.object({
  streamId: z.string(),
  group: z.string(),
  instance: z.string(),
  timeoutMs: z.int(),
  commitOnGet: z.boolean(),
  offsets: z.record(z.string(), z.int().min(0)),
});
type Cursor = z.output<typeof cursorSchema>;

const TIMEOUT_MS = 30_000;

interface StreamAccess {
  store: Store;
  log: StreamLog;
  withStream: (call: Call, permission: string, answer: (stream: Stream) => HttpAnswer) => HttpAnswer;
}

export interface StreamGroups {
  operations: Operation[];
  /** Reads on with the cursor of a group; undefined: it is none. */
  read: (stream: Stream, text: string, limit: number) => { messages: Found[]; next: string } | undefined;
  remove: (stream: Stream) => void;
}

type Found = { partition: number; message: LoggedMessage };

/** Groups of consumers: the instances that are alive share the partitions, in turn by name. */
export function createStreamGroups({ store, log, withStream }: StreamAccess): StreamGroups {
  const groups = store.collection<Group>("stream-groups");
  const keyOf = (streamId: string, name: string) => `${streamId} ${name}`;
  const path = "/20180418/streams/{streamId}";
  const by = (answer: (call: Call, stream: Stream) => HttpAnswer) => (call: Call) =>
    withStream(call, "STREAM_CONSUME", (stream) => answer(call, stream));
  return {
    operations: [
      { method: "POST", path: `${path}/groupCursors`, answer: by(create) },
      { method: "POST", path: `${path}/commit`, answer: by((call, stream) => goOn(call, stream, commit)) },
      { method: "POST", path: `${path}/heartbeat`, answer: by((call, stream) => goOn(call, stream, () => {})) },
      { method: "GET", path: `${path}/groups/{groupName}`, answer: by(get) },
      { method: "PUT", path: `${path}/groups/{groupName}`, answer: by(update) },
    ],
    read(stream, text, limit) {
      const known = groupOf(stream, text);
      if (known === undefined) return undefined;
      const { group, cursor } = known;
      keepAlive(group, cursor);
      if (cursor.commitOnGet) commit(group, cursor);
      const own = partitionsOf(group, cursor.instance, stream.partitions);
      const offsets = Object.fromEntries(own.map((at) => [at, cursor.offsets[at] ?? group.committed[at] ?? 0]));
      const messages = own
        .flatMap((partition) => log.read(stream, partition).map((message) => ({ partition, message })))
        .filter(({ partition, message }) => message.offset >= (offsets[partition] ?? 0))
        .slice(0, limit);
      for (const { partition, message } of messages) offsets[partition] = message.offset + 1;
      return { messages, next: textOf({ ...cursor, offsets }) };
    },
    remove({ id }) {
      for (const [key, { streamId }] of groups) if (streamId === id) groups.delete(key);
    },
  };

  function create(call: Call, stream: Stream): HttpAnswer {
    const body = bodyOf(call, createDetails);
    if (!body.ok) return body.answer;
    const { groupName, instanceName, timeoutInMs, commitOnGet, ...from } = body.value;
    if (from.type === "AT_TIME" && !from.time) return refuse(call, 400, "MissingParameter", "time: is required");
    const key = keyOf(stream.id, groupName);
    // A group that is there goes on where it was, whatever a new cursor says.
    const committed = () => startOf(stream, from);
    const group = groups.get(key) ?? { streamId: stream.id, groupName, committed: committed(), instances: {} };
    groups.set(key, group);
    const cursor: Cursor = {
      streamId: stream.id,
      group: groupName,
      instance: instanceName ?? randomUUID(),
      timeoutMs: timeoutInMs ?? TIMEOUT_MS,
      commitOnGet: commitOnGet ?? true,
      offsets: {},
    };
    keepAlive(group, cursor);
    return json(call, 200, { value: textOf(cursor) });
  }

  function startOf(stream: Stream, { type, time }: Pick<z.output<typeof createDetails>, "type" | "time">): number[] {
    const since = time ? Date.parse(time) : 0;
    return Array.from({ length: stream.partitions }, (_, partition) => {
      if (type === "TRIM_HORIZON") return 0;
      const end = log.end(stream, partition);
      if (type === "LATEST") return end;
      return log.read(stream, partition).find(({ timestamp }) => Date.parse(timestamp) >= since)?.offset ?? end;
    });
  }

  function goOn(call: Call, stream: Stream, change: (group: Group, cursor: Cursor) => void): HttpAnswer {
    const missing = missingQuery(call, "cursor");
    if (missing !== undefined) return missing;
    const text = call.query.get("cursor") ?? "";
    const known = groupOf(stream, text);
    if (known === undefined) return refuse(call, 400, "InvalidParameter", "cursor: not one of a group of this stream");
    keepAlive(known.group, known.cursor);
    change(known.group, known.cursor);
    return json(call, 200, { value: text });
  }

  function get(call: Call, stream: Stream): HttpAnswer {
    const group = groups.get(keyOf(stream.id, call.parameters.groupName ?? ""));
    if (group === undefined) return notFound(call);
    const { streamId, groupName, instances } = group;
    const reservations = group.committed.map((next, partition) => {
      const holder = holderOf(group, partition);
      return {
        partition: String(partition),
        committedOffset: next - 1,
        reservedInstance: holder ?? null,
        timeReservedUntil: holder === undefined ? null : new Date(instances[holder] ?? 0).toISOString(),
      };
    });
    return json(call, 200, { streamId, groupName, reservations });
  }

  function update(call: Call, stream: Stream): HttpAnswer {
    const body = bodyOf(call, updateDetails);
    if (!body.ok) return body.answer;
    const group = groups.get(keyOf(stream.id, call.parameters.groupName ?? ""));
    if (group === undefined) return notFound(call);
    const { type, time } = body.value;
    if (type) group.committed = startOf(stream, { type, time });
    return json(call, 200, undefined);
  }

  function groupOf({ id }: Stream, text: string): { group: Group; cursor: Cursor } | undefined {
    const cursor = cursorOf(text);
    const group = cursor && groups.get(keyOf(cursor.streamId, cursor.group));
    return cursor !== undefined && group !== undefined && cursor.streamId === id ? { group, cursor } : undefined;
  }
}

function keepAlive(group: Group, { instance, timeoutMs }: Cursor): void {
  group.instances[instance] = Date.now() + timeoutMs;
}

function commit(group: Group, { offsets }: Cursor): void {
  for (const [partition, offset] of Object.entries(offsets)) group.committed[Number(partition)] = offset;
}

function holderOf({ instances }: Group, partition: number): string | undefined {
  const alive = Object.keys(instances).filter((name) => (instances[name] ?? 0) > Date.now());
  return alive.length === 0 ? undefined : alive.toSorted()[partition % alive.length];
}

function partitionsOf(group: Group, instance: string, partitions: number): number[] {
  return Array.from({ length: partitions }, (_, partition) => partition).filter(
    (partition) => holderOf(group, partition) === instance,
  );
}

function textOf(cursor: Cursor): string {
  return Buffer.from(JSON.stringify(cursor)).toString("base64url");
}

function cursorOf(text: string): Cursor | undefined {
  try {
    return cursorSchema.safeParse(JSON.parse(Buffer.from(text, "base64url").toString())).data;
  } catch {
    return undefined;
  }
}
