import { parseJson } from "./json.ts";
import { isRecord, type Result, shown } from "./problem.ts";

/** What came in, once read: the value that is taken for one event's envelope, and the text that it was read from. */
export interface Input {
  value: Record<string, unknown>;
  text: string;
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const BYTE_ORDER_MARK = "\ufeff";

/** Bytes -> which shape of input. Reads strictly: the FDK's own modes corrupt characters at chunk edges. */
export function classify(bytes: Uint8Array): Result<Input> {
  if (bytes.byteLength === 0) return refuse("the body is empty: expected one OCI Events message, a JSON object");
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch {
    return refuse("the body is not UTF-8: expected one OCI Events message, a JSON object in UTF-8");
  }
  const parsed = parseJson(text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text);
  if (!parsed.ok) return refuse(`the body is ${parsed.problem}: expected one OCI Events message, a JSON object`);
  const { value } = parsed;
  if (!isRecord(value)) return refuse(problemOfOther(value));
  const shape = shapeOf(value);
  if (shape !== "event")
    return refuse(`the body is ${shape}, which this version does not take: ${ROUTE_EVENTS_DIRECTLY}`);
  return { ok: true, value: { value, text } };
}

const ROUTE_EVENTS_DIRECTLY = "send single OCI Events messages, by a rule with a Functions action";

function refuse(problem: string): Result<never> {
  return { ok: false, problem };
}

/** First hit wins; anything else that is an object is taken for an event and told field by field what it lacks. */
function shapeOf(value: Record<string, unknown>): string {
  if (typeof value.eventType === "string" && typeof value.eventID === "string" && isRecord(value.data)) return "event";
  if (value.specversion === "1.0" && typeof value.type === "string") return "a log record (CloudEvents 1.0)";
  if (typeof value.eventID !== "string" && typeof value.eventId === "string" && isRecord(value.data)) {
    return "a record of the Audit API (eventId instead of eventID)";
  }
  if (Array.isArray(value.alarmMetaData)) return "a Monitoring alarm";
  if (Array.isArray(value.results)) return "a Logging search result";
  return "event";
}

function problemOfOther(value: unknown): string {
  const expected = "expected one OCI Events message, a JSON object";
  if (!Array.isArray(value)) return `the body is ${shown(value)}: ${expected}`;
  if (value.length === 0) return `the body is an empty array: ${expected}`;
  return `the body is an array of ${value.length} (Connector Hub ${sourceOf(value[0])}), which this version does not take: ${ROUTE_EVENTS_DIRECTLY}`;
}

function sourceOf(item: unknown): string {
  if (isRecord(item)) {
    if (Object.hasOwn(item, "specversion")) return "Logging records";
    if (Object.hasOwn(item, "stream") && Object.hasOwn(item, "offset")) return "Streaming messages";
    if (Object.hasOwn(item, "datapoints")) return "Monitoring metrics";
  }
  return "Queue messages";
}
