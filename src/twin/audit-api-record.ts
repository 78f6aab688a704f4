import { isRecord } from "../problem.ts";
import { withoutCredentials } from "../redact.ts";

/** A record of the Audit API (CloudEvents 0.1, but `eventId`, and null for what is empty) as the Events message it is nearly. */
export function auditApiTwin({
  eventId,
  eventType,
  data,
  ...record
}: Record<string, unknown>): Record<string, unknown> {
  return {
    ...record,
    eventID: eventId,
    eventType: typeof eventType === "string" ? eventType.toLowerCase() : eventType,
    data: isRecord(data) ? withoutCredentials(data) : data,
  };
}
