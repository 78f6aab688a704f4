import { parseJson } from "./json.ts";
import { ownMessagesIn } from "./own-message.ts";
import { isRecord, shown } from "./problem.ts";
import { type Shape, shapeOf } from "./shape.ts";

/** What came in, once read: one message, or those of a batch. */
export interface Input {
  isBatch: boolean;
  items: Item[];
}

export type Item = Message | Unreadable;

/** One message that may be delivered, before anybody has looked into its envelope. */
export interface Message {
  shape: Shape;
  value: Record<string, unknown>;
  /** What a message was read from that came by itself. */
  text?: string;
}

/** What can never become an event. */
export interface Unreadable {
  shape: "unreadable";
  problem: string;
  /** What came: bytes that are no JSON, or the value that they hold. */
  received: Uint8Array | { value: unknown };
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const BYTE_ORDER_MARK = "\ufeff";
/** 6 MB of messages of 60 bytes: an envelope alone is longer. */
const MAX_ITEMS = 100_000;
const EXPECTED = "expected an OCI Events message, a JSON object, or an array of them";

/** Bytes -> which shape of input. Reads strictly: the FDK's own modes corrupt characters at chunk edges. */
export function classify(bytes: Uint8Array): Input {
  const read = readJson(bytes);
  if (!read.ok && read.own.length > 0) return { isBatch: read.own.length > 1, items: read.own };
  if (!read.ok) {
    const problem = `the body is ${read.problem}: ${EXPECTED}`;
    return { isBatch: false, items: [{ shape: "unreadable", problem, received: bytes }] };
  }
  const { value, text } = read;
  if (Array.isArray(value) && value.length > MAX_ITEMS) {
    const problem = `the body is an array of ${value.length} items: more than ${MAX_ITEMS} are no batch that OCI sends`;
    return { isBatch: false, items: [{ shape: "unreadable", problem, received: bytes }] };
  }
  if (Array.isArray(value)) return { isBatch: true, items: value.flatMap((item) => itemsOf(item, "of the batch")) };
  const records = recordsOfSearchResult(value);
  if (records !== undefined) return { isBatch: true, items: records.flatMap((item) => itemsOf(item, "of the result")) };
  if (isRecord(value)) return { isBatch: false, items: [{ shape: shapeOf(value), value, text }] };
  // Not shown: a text that should have been an event may be anything.
  const kind = typeof value === "string" ? `a string of ${value.length} characters` : shown(value);
  return { isBatch: false, items: [unreadable(value, `the body is ${kind}: ${EXPECTED}`)] };
}

/** `own`: what is no JSON but a text that the relay itself has published tells of so many events. */
type Read = { ok: true; value: unknown; text: string } | { ok: false; problem: string; own: Message[] };

function readJson(bytes: Uint8Array): Read {
  if (bytes.byteLength === 0) return { ok: false, problem: "empty", own: [] };
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch {
    return { ok: false, problem: "not UTF-8", own: [] };
  }
  const parsed = parseJson(text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text);
  if (parsed.ok) return { ok: true, value: parsed.value, text };
  return { ...parsed, own: ownMessagesIn(text).map((value) => ({ shape: "own message", value })) };
}

/**
 * The messages in one item of a batch. Connector Hub's sources wrap them, Streaming in base64, a Queue in a string: what is
 * inside is classified anew, once; an array inside holds messages, too.
 */
function itemsOf(item: unknown, where: string, isInside = false): Item[] {
  const wrapped = wrappedIn(item);
  if (wrapped === undefined) {
    if (isRecord(item)) return [{ shape: shapeOf(item), value: item }];
    return [unreadable(item, `an item ${where} is ${shown(item)}: expected an OCI Events message, a JSON object`)];
  }
  const { bytes, what } = wrapped;
  if (isInside) return [unreadable(item, `${what} ${where} is wrapped once more`)];
  const read = readJson(bytes);
  if (!read.ok) return read.own.length > 0 ? read.own : [unreadable(item, `${what} is ${read.problem}`)];
  const { value } = read;
  const inside = Array.isArray(value) ? value : [value];
  if (inside.length === 0) return [unreadable(item, `${what} holds an empty array`)];
  if (inside.length > MAX_ITEMS) return [unreadable(item, `${what} holds more than ${MAX_ITEMS} items`)];
  return inside.flatMap((each) => itemsOf(each, `in ${what}`, true));
}

function wrappedIn(item: unknown): { bytes: Buffer; what: string } | undefined {
  if (typeof item === "string") return { bytes: Buffer.from(item), what: "a Queue message" };
  if (!isRecord(item) || !isStreamed(item)) return undefined;
  return { bytes: Buffer.from(item.value, "base64"), what: "a Streaming message" };
}

function unreadable(value: unknown, problem: string): Unreadable {
  return { shape: "unreadable", problem, received: { value } };
}

function isStreamed(item: Record<string, unknown>): item is { value: string } {
  return typeof item.value === "string" && Object.hasOwn(item, "stream") && Object.hasOwn(item, "offset");
}

/** `{ "results": [{ "data": { "logContent": <record> } }] }`, what a search of OCI Logging gives. */
function recordsOfSearchResult(value: unknown): unknown[] | undefined {
  if (!isRecord(value) || shapeOf(value) !== "event" || typeof value.eventType === "string") return undefined;
  const isBounded = Array.isArray(value.results) && value.results.length <= MAX_ITEMS;
  if (!isBounded || !Array.isArray(value.results) || value.results.length === 0) return undefined;
  const records = value.results.map((result: unknown) =>
    isRecord(result) && isRecord(result.data) ? result.data.logContent : undefined,
  );
  return records.includes(undefined) ? undefined : records;
}
