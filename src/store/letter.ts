import { createHash } from "node:crypto";
import type { Unreadable } from "../classify.ts";
import type { Destination } from "../deliver/destination.ts";
import type { TryRecord } from "../deliver/retry.ts";
import { webhookId } from "../deliver/standard-webhooks.ts";
import { stringifyJson } from "../json.ts";
import { type Notification, yunionEvent, yunionMessage } from "../notification.ts";
import type { Rejected, Wanted } from "../plan.ts";
import { keepable } from "../redact.ts";
import { nextStepOf } from "./next-step.ts";

/**
 * What could not be delivered, as it is kept: readable by a person, and sent back to the function as it is, a replay.
 *
 * { "deadLetter": 1, "kept": "dead-letter/2026-03-02/6f1d….webhook.0c5b….json", "id": "6f1d…", "outcome": "dead-lettered",
 *   "reason": "answered 503; gave up after 5 attempts", "nextStep": "see that …, then npm run relay -- replay …",
 *   "keptAt": "2026-03-02T08:16:09.120Z", "callID": "01J…", "relay": "0.1.0",
 *   "destination": { "name": "webhook", "type": "webhook", "target": "https://cmdb.example.com" },
 *   "attempts": [{ "at": "…", "ms": 12, "status": 503, "problem": "answered 503", "response": "busy" }],
 *   "notification": { "event": "SERVER/CREATE", "title": "…", "message": { "action": "create", … } },
 *   "hash": "0c5b…", "event": { "eventType": "com.oraclecloud.…", … } }
 */
export type Letter = Record<string, unknown>;

/** Where and when it is written down. */
export interface Writing {
  callID: string;
  version: string;
  /** Epoch milliseconds. */
  nowMs: number;
}

/** One message that one destination did not get. */
export interface Undelivered {
  plan: Wanted;
  destination: Destination;
  tries: readonly TryRecord[];
  reason: string;
}

/** Of a batch the notification is told by its title alone: thousands of them must fit into the function's memory. */
export function letterOf(
  { plan, destination, tries, reason }: Undelivered,
  notification: Notification | undefined,
  { isBatch, ...writing }: Writing & { isBatch: boolean },
): Letter {
  const { name, type, target } = destination;
  return {
    deadLetter: 1,
    id: webhookId(plan.event.eventID),
    outcome: "dead-lettered",
    reason,
    nextStep: nextStepOf({ last: tries.at(-1), reason }, name),
    ...writtenBy(writing),
    destination: { name, type, target },
    attempts: tries.map(({ atMs, ...rest }) => ({ at: new Date(atMs).toISOString(), ...rest })),
    ...(notification !== undefined && {
      notification: {
        event: yunionEvent(notification),
        title: notification.title,
        ...(!isBatch && { message: yunionMessage(notification) }),
      },
    }),
    hash: hashOfKept(plan, destination),
    event: replayable(plan),
  };
}

/** Of what is kept and for whom: two letters with the same are the same. */
export function hashOfKept(plan: Wanted, { name, identity }: Destination): string {
  const kept = stringifyJson(replayable(plan));
  return createHash("sha256").update(`${name}\n${identity}\n${kept}`).digest("hex").slice(0, 16);
}

/** Of a replay the event that the first letter kept, not the letter. */
export function replayable({ message }: Pick<Wanted, "message">): unknown {
  return keepable(message.shape === "dead letter" ? message.value.event : message.value);
}

/** An input that can never succeed: as the JSON that it is, or as base64 of its bytes. */
export function rejectedLetter({ item, problem }: Rejected, id: string, writing: Writing): Letter {
  return {
    id,
    outcome: "rejected",
    reason: problem,
    nextStep: "mend whatever sends this, then have it sent again; nothing here is an event that could be replayed",
    ...writtenBy(writing),
    ...receivedOf(item),
  };
}

function receivedOf(item: Rejected["item"]): Record<string, unknown> {
  if (item.shape !== "unreadable") return { input: keepable(item.value) };
  const { received } = item as Unreadable;
  return received instanceof Uint8Array
    ? { base64: Buffer.from(received).toString("base64") }
    : { input: keepable(received.value) };
}

function writtenBy({ callID, version, nowMs }: Writing): Record<string, unknown> {
  return { keptAt: new Date(nowMs).toISOString(), callID, relay: version };
}
