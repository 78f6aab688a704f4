import { expect, test } from "vitest";
import { standardWebhooksHeaders, webhookId } from "../../src/deliver/standard-webhooks.ts";

test.each([
  "fca0653f-85c5-9466-8812-001c51d338a4",
  "unique_ID",
  "A".repeat(128),
])("webhook-id is the eventID %s itself", (id) => {
  expect(webhookId(id)).toBe(id);
});

test.each([
  ["日本", "evt_cf2abf0c5be326cb922a70f8163f91079c4d9aa8655c60ead89ad545c9de2e92"],
  ["a b", "evt_c8687a08aa5d6ed2044328fa6a697ab8e96dc34291e8c2034ae8c38e6fcc6d65"],
])("webhook-id of %s, not safe in a header, is evt_ and its SHA-256", (eventId, id) => {
  expect(webhookId(eventId)).toBe(id);
});

test.each([
  "",
  "a".repeat(129),
  "<event_id>",
  "a\r\nb",
  "a/b",
])("webhook-id of %j is evt_ and 64 hex digits", (eventId) => {
  expect(webhookId(eventId)).toMatch(/^evt_[0-9a-f]{64}$/);
});

/** The known answer that all libraries of Standard Webhooks share. */
test("signs id, timestamp and body as the specification's example does", () => {
  const key = Buffer.from("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "base64");
  const body = '{"test": 2432232314}';
  expect(
    standardWebhooksHeaders({ eventId: "msg_p5jXN8AQM9LWM0D4loKWxJek", timestamp: 1614265330, body, keys: [key] }),
  ).toEqual({
    "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
    "webhook-timestamp": "1614265330",
    "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
  });
});
