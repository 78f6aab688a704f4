import { isOwnMessage } from "./own-message.ts";
import { isRecord } from "./problem.ts";

/** What kinds of message the function is sent, beside batches of them. */
export type Shape = "event" | "log record" | "Audit API record" | "alarm" | "metric" | "dead letter" | "own message";

/** First hit wins; any other object is taken for an event and told field by field what it lacks. */
export function shapeOf(value: Record<string, unknown>): Shape {
  if (typeof value.eventType === "string" && typeof value.eventID === "string" && isRecord(value.data)) return "event";
  if (value.deadLetter === 1) return "dead letter";
  if (value.specversion === "1.0" && typeof value.type === "string") return "log record";
  if (value.eventID === undefined && typeof value.eventId === "string" && isRecord(value.data))
    return "Audit API record";
  if (Array.isArray(value.alarmMetaData)) return "alarm";
  if (Array.isArray(value.datapoints) && typeof value.namespace === "string") return "metric";
  // Last: nothing that OCI sends may be taken for it, whatever it quotes.
  if (isOwnMessage(value)) return "own message";
  return "event";
}
