import { createHash, createHmac } from "node:crypto";

/**
 * Headers of Standard Webhooks 1.0.0: a receiver can verify, refuse replays and deduplicate by them, which Yunion's format
 * alone does not allow.
 * @param keys newest first; without one only id and timestamp are sent
 * @param timestamp seconds since the epoch, of this attempt
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export function standardWebhooksHeaders(input: {
  eventId: string;
  timestamp: number;
  body: string;
  keys: readonly Uint8Array[];
}): Record<string, string> {
  const id = webhookId(input.eventId);
  const signed = `${id}.${input.timestamp}.${input.body}`;
  const signatures = input.keys.map((key) => `v1,${createHmac("sha256", key).update(signed).digest("base64")}`);
  return {
    "webhook-id": id,
    "webhook-timestamp": String(input.timestamp),
    ...(signatures.length > 0 && { "webhook-signature": signatures.join(" ") }),
  };
}

/** The eventID where it is safe in a header and a path; else `evt_` and the hex SHA-256 of it. The same for every retry. */
export function webhookId(eventId: string): string {
  if (/^[A-Za-z0-9_-]{1,128}$/.test(eventId)) return eventId;
  return `evt_${createHash("sha256").update(eventId).digest("hex")}`;
}
