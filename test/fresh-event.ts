import { randomUUID } from "node:crypto";

const EVENT_ID = /(?<="eventID": ?")[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?=")/;

/**
 * The same event under an eventID that nobody has seen, of the same length: a container delivers an event once and answers a
 * repeat without sending anything.
 * @param event JSON with a UUID for an eventID
 */
export function freshEvent(event: Uint8Array | string): Buffer {
  const text = Buffer.from(event).toString("latin1");
  if (!EVENT_ID.test(text)) throw new Error("the event has no UUID for an eventID");
  return Buffer.from(text.replace(EVENT_ID, randomUUID()), "latin1");
}
