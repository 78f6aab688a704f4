import type { Message } from "./classify.ts";
import { type OciEvent, parseEvent } from "./envelope.ts";
import { ownMessageTwin } from "./own-message.ts";
import { isRecord, type Result, shown } from "./problem.ts";
import { type Shape, shapeOf } from "./shape.ts";
import { alarmTwin } from "./twin/alarm.ts";
import { auditApiTwin } from "./twin/audit-api-record.ts";
import { logRecordTwin } from "./twin/log-record.ts";
import { metricTwin } from "./twin/metric.ts";

/** A message, read. */
export interface Parsed {
  event: OciEvent;
  /** Of a dead letter that is sent once more: where to, and the object that still keeps it. */
  replay?: { destination: string; kept: Kept | undefined };
}

/** Where a dead letter says that it is kept, and the hash of what it keeps. */
export interface Kept {
  object: string;
  hash: string;
}

type Twin = (value: Record<string, unknown>) => Record<string, unknown>;

/** What is no Events message is read as the one that says the same. */
const TWINS: Record<Exclude<Shape, "event" | "dead letter">, Twin> = {
  "log record": logRecordTwin,
  "Audit API record": auditApiTwin,
  alarm: alarmTwin,
  metric: metricTwin,
  "own message": ownMessageTwin,
};

export function parse({ shape, value }: Pick<Message, "shape" | "value">): Result<Parsed> {
  if (shape === "dead letter") return parseDeadLetter(value);
  const parsed = parseEvent(shape === "event" ? value : TWINS[shape](value));
  if (parsed.ok) return { ok: true, value: { event: parsed.value } };
  return shape === "event" ? parsed : { ok: false, problem: `${parsed.problem} (read from ${A[shape]})` };
}

const A: Record<keyof typeof TWINS, string> = {
  "log record": "a log record",
  "Audit API record": "a record of the Audit API",
  alarm: "a Monitoring alarm",
  metric: "a metric",
  "own message": "a message that the relay itself has sent",
};

/** Names one configured destination, never a URL: whoever may call the function cannot send its signature elsewhere. */
function parseDeadLetter({ destination, event, kept, hash }: Record<string, unknown>): Result<Parsed> {
  const name = isRecord(destination) ? destination.name : undefined;
  if (typeof name !== "string") {
    return { ok: false, problem: `not a dead letter: destination.name: expected a string, got ${shown(name)}` };
  }
  const shape = isRecord(event) ? shapeOf(event) : undefined;
  if (!isRecord(event) || shape === undefined || shape === "dead letter" || shape === "own message") {
    return { ok: false, problem: `not a dead letter: event: expected the message that it keeps, got ${shown(event)}` };
  }
  const parsed = parse({ shape, value: event });
  if (!parsed.ok) return parsed;
  const isKept = typeof kept === "string" && typeof hash === "string";
  const replay = { destination: name, kept: isKept ? { object: kept, hash } : undefined };
  return { ok: true, value: { ...parsed.value, replay } };
}
