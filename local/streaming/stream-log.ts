import { createHash, randomBytes } from "node:crypto";
import type { Store } from "../emulator/store.ts";
import type { Stream } from "./stream.ts";

/** One message as it is kept; key and value in base64. */
export interface LoggedMessage {
  key: string | null;
  value: string;
  offset: number;
  timestamp: string;
}

/** One partition: the messages still there, and the offset of the next. */
interface Partition {
  next: number;
  messages: LoggedMessage[];
}

/** The messages of all streams. */
export interface StreamLog {
  /** @returns where it went */
  append: (stream: Stream, message: { key: string | null; value: string }) => { partition: string } & LoggedMessage;
  /** What is still there, oldest first; what is older than the retention is gone. */
  read: (stream: Stream, partition: number) => readonly LoggedMessage[];
  /** The offset that the next message gets. */
  end: (stream: Stream, partition: number) => number;
  remove: (stream: Stream) => void;
}

export function createStreamLog(store: Store): StreamLog {
  const logs = store.collection<Partition[]>("stream-messages");
  return {
    append(stream, { key, value }) {
      const index = partitionOf(key, stream.partitions);
      const partition = live(stream, index);
      const message = { key, value, offset: partition.next, timestamp: new Date().toISOString() };
      partition.messages.push(message);
      partition.next += 1;
      return { partition: String(index), ...message };
    },
    read: (stream, partition) => live(stream, partition).messages,
    end: (stream, partition) => live(stream, partition).next,
    remove: ({ id }) => void logs.delete(id),
  };

  function live(stream: Stream, index: number): Partition {
    const partitions = logs.get(stream.id) ?? [];
    logs.set(stream.id, partitions);
    while (partitions.length < stream.partitions) partitions.push({ next: 0, messages: [] });
    const partition = partitions[index];
    if (partition === undefined) throw new Error(`the stream ${stream.id} has no partition ${index}`);
    const oldest = new Date(Date.now() - stream.retentionInHours * 3_600_000).toISOString();
    const isGone = (message: LoggedMessage | undefined) => message !== undefined && message.timestamp < oldest;
    if (isGone(partition.messages[0])) partition.messages = partition.messages.filter((message) => !isGone(message));
    return partition;
  }
}

/** Messages with the same key are in the same partition; without one the service makes up a key. */
function partitionOf(key: string | null, partitions: number): number {
  const bytes = key === null ? randomBytes(16) : Buffer.from(key, "base64");
  return createHash("md5").update(bytes).digest().readUInt32BE() % partitions;
}
