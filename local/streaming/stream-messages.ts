import * as z from "zod";
import { bodyOf, type Call, json, missingQuery, type Operation, refuse } from "../emulator/api.ts";
import type { HttpAnswer } from "../loopback.ts";
import type { Stream } from "./stream.ts";
import type { StreamGroups } from "./stream-groups.ts";
import type { LoggedMessage, StreamLog } from "./stream-log.ts";

const MAX_BYTES = 1024 * 1024;
const MAX_KEY_BYTES = 256;
const MAX_MESSAGES = 10_000;

const put = z.object({
  messages: z
    .array(
      z.object({
        key: z
          .base64()
          .refine((key) => bytesOf(key) <= MAX_KEY_BYTES, `at most ${MAX_KEY_BYTES} bytes`)
          .nullish(),
        value: z.base64(),
      }),
    )
    .min(1, "at least one message is needed"),
});

const offset = z.int().min(0);
const partition = z.string().regex(/^\d+$/, "the number of a partition");
const cursorDetails = z.discriminatedUnion("type", [
  z.object({ partition, type: z.literal(["TRIM_HORIZON", "LATEST"]) }),
  z.object({ partition, type: z.literal(["AT_OFFSET", "AFTER_OFFSET"]), offset }),
  z.object({ partition, type: z.literal("AT_TIME"), time: z.iso.datetime({ offset: true }) }),
]);

/** Where the next message is to be read; what a client has of it is this in base64. */
const cursorSchema = z.object({ streamId: z.string(), partition: z.int().min(0), offset });

interface StreamAccess {
  log: StreamLog;
  groups: StreamGroups;
  /** Answers for the stream of the path, if it is active and the caller has the permission. */
  withStream: (call: Call, permission: string, answer: (stream: Stream) => HttpAnswer) => HttpAnswer;
}

/** Messages of a stream: put, and get from a cursor. */
export function streamMessageOperations({ log, groups, withStream }: StreamAccess): Operation[] {
  const path = "/20180418/streams/{streamId}";
  const by = (permission: string, answer: (call: Call, stream: Stream) => HttpAnswer) => (call: Call) =>
    withStream(call, permission, (stream) => answer(call, stream));
  return [
    {
      method: "POST",
      path: `${path}/messages`,
      mayExcludeBody: true,
      answer: by("STREAM_PRODUCE", putMessages),
    },
    { method: "POST", path: `${path}/cursors`, answer: by("STREAM_CONSUME", createCursor) },
    { method: "GET", path: `${path}/messages`, answer: by("STREAM_CONSUME", getMessages) },
  ];

  function putMessages(call: Call, stream: Stream): HttpAnswer {
    const body = bodyOf(call, put);
    if (!body.ok) return body.answer;
    const { messages } = body.value;
    const bytes = messages.reduce((sum, { key, value }) => sum + bytesOf(key ?? "") + bytesOf(value), 0);
    if (bytes > MAX_BYTES) {
      return refuse(call, 400, "InvalidParameter", `messages: ${bytes} bytes, at most ${MAX_BYTES} in one request`);
    }
    const entries = messages.map(({ key, value }) => {
      const { partition, offset, timestamp } = log.append(stream, { key: key ?? null, value });
      return { partition, offset, timestamp };
    });
    return json(call, 200, { failures: 0, entries });
  }

  function createCursor(call: Call, stream: Stream): HttpAnswer {
    const body = bodyOf(call, cursorDetails);
    if (!body.ok) return body.answer;
    const details = body.value;
    const partition = Number(details.partition);
    if (partition >= stream.partitions) {
      const message = `partition: the stream has ${stream.partitions}, numbered from 0`;
      return refuse(call, 400, "InvalidParameter", message);
    }
    return json(call, 200, { value: cursorText({ streamId: stream.id, partition, offset: startOf(details) }) });

    function startOf(at: z.output<typeof cursorDetails>): number {
      const end = log.end(stream, partition);
      switch (at.type) {
        case "TRIM_HORIZON":
          return 0;
        case "LATEST":
          return end;
        case "AT_OFFSET":
          return at.offset;
        case "AFTER_OFFSET":
          return at.offset + 1;
        case "AT_TIME": {
          const since = Date.parse(at.time);
          return log.read(stream, partition).find(({ timestamp }) => Date.parse(timestamp) >= since)?.offset ?? end;
        }
      }
    }
  }

  function getMessages(call: Call, stream: Stream): HttpAnswer {
    const missing = missingQuery(call, "cursor");
    if (missing !== undefined) return missing;
    const limit = Number(call.query.get("limit") ?? MAX_MESSAGES);
    if (!Number.isInteger(limit) || limit < 1 || limit > MAX_MESSAGES) {
      return refuse(call, 400, "InvalidParameter", `limit: a whole number from 1 to ${MAX_MESSAGES}`);
    }
    const text = call.query.get("cursor") ?? "";
    const grouped = groups.read(stream, text, limit);
    if (grouped !== undefined) return shown(call, stream, grouped);
    const cursor = cursorOf(text);
    if (cursor === undefined || cursor.streamId !== stream.id || cursor.partition >= stream.partitions) {
      return refuse(call, 400, "InvalidParameter", "cursor: not one of this stream; create one with CreateCursor");
    }
    const { partition } = cursor;
    const found = log.read(stream, partition).filter(({ offset }) => offset >= cursor.offset);
    const messages = found.slice(0, limit).map((message) => ({ partition, message }));
    const last = messages.at(-1)?.message;
    const next = cursorText({ ...cursor, offset: last === undefined ? cursor.offset : last.offset + 1 });
    return shown(call, stream, { messages, next });
  }
}

function shown(
  call: Call,
  { name }: Stream,
  { messages, next }: { messages: { partition: number; message: LoggedMessage }[]; next: string },
): HttpAnswer {
  const items = messages.map(({ partition, message }) => ({ stream: name, partition: String(partition), ...message }));
  return json(call, 200, items, { "opc-next-cursor": next });
}

function cursorText(cursor: z.output<typeof cursorSchema>): string {
  return Buffer.from(JSON.stringify(cursor)).toString("base64url");
}

function cursorOf(text: string): z.output<typeof cursorSchema> | undefined {
  try {
    return cursorSchema.safeParse(JSON.parse(Buffer.from(text, "base64url").toString())).data;
  } catch {
    return undefined;
  }
}

function bytesOf(base64: string): number {
  return Buffer.from(base64, "base64").byteLength;
}
