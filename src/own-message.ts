import { isEventType } from "./envelope.ts";
import { isRecord } from "./problem.ts";

/**
 * What the relay sends itself, come back: the function is subscribed to the topic on which it publishes, or a webhook of
 * its leads here. The JSON of a notification, as ONS and webhooks have it,
 * { "action": "create", "resource_type": "server", "result": "succeed", "resource_details": { …,
 *   "oci": { "event_id": "6f1d…", "event_type": "com.oraclecloud.…", "event_time": "2026-…", … } }, "Msg": "…" }
 * or a text that ends with FOOTER and names its events by ID_LABELS, each in a line of its own, one after the other.
 */
export const OWN_MESSAGE =
  "a message that the relay itself has sent: its topic is both destination and source; unsubscribe the function from the topic " +
  "on which it, or another relay, publishes";

/** The last line of every text that the relay publishes. */
export const FOOTER = "-- sent by oci-event-relay";

export const ID_LABELS = { event_id: "Event ID:", event_type: "Event type:", event_time: "Event time:" } as const;

export type OwnIds = Record<keyof typeof ID_LABELS, string>;

export function isOwnMessage(value: Record<string, unknown>): boolean {
  const { action, resource_type, result } = value;
  // What says a type of event is one, or is to be told what it lacks.
  if (Object.hasOwn(value, "eventType")) return false;
  return [action, resource_type, result].every(isSaid) && idsOf(value) !== undefined;
}

/** As much of the Events message that it tells of as it tells. */
export function ownMessageTwin(value: Record<string, unknown>): Record<string, unknown> {
  const { event_id, event_type, event_time } = idsOf(value) ?? {};
  return {
    eventType: event_type,
    cloudEventsVersion: "0.1",
    source: "oci-event-relay",
    eventTime: event_time,
    eventID: event_id,
    data: {},
  };
}

/** Of each event that a text of ours tells of, as much of its JSON as names it; none where the text is not ours. */
export function ownMessagesIn(text: string): Record<string, unknown>[] {
  if (!text.trimEnd().endsWith(`\n${FOOTER}`)) return [];
  return [...text.matchAll(IDS)]
    .map(([, event_id, event_type, event_time]) => ({
      resource_details: { oci: { event_id, event_type, event_time } },
    }))
    .filter((each) => idsOf(each) !== undefined);
}

// A value begins with no space: so no text takes longer than its length.
const IDS = new RegExp(
  Object.values(ID_LABELS)
    .map((label) => `^${label} +(\\S.*)$`)
    .join("\\r?\\n"),
  "gm",
);

function idsOf({ resource_details }: Record<string, unknown>): OwnIds | undefined {
  const oci = isRecord(resource_details) ? resource_details.oci : undefined;
  if (!isRecord(oci)) return undefined;
  const { event_id, event_type, event_time } = oci;
  if (!isSaid(event_id) || !isSaid(event_type) || !isSaid(event_time) || !isEventType(event_type)) return undefined;
  return { event_id, event_type, event_time };
}

function isSaid(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}
