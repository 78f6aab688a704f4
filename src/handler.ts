import * as z from "zod/mini";
import type { OciEvent } from "./envelope.ts";
import type { Details, NotificationResult } from "./notification.ts";

/**
 * Recognises the event types of one resource family and normalises them. A new event type is one line of `actions`.
 *
 * `normalise` is pure: no I/O, no clock. What every notification has (ids, name, region, tags, OCI's own facts) is added
 * around it; it returns what only its family knows.
 */
export interface Handler<Schema extends z.ZodMiniType = z.ZodMiniType> {
  /** Yunion's resource_type. */
  resourceType: string;
  /** How a person calls the resource, to begin a sentence with: "Instance". */
  noun: string;
  /** Event type, lower case -> action. */
  actions: Readonly<Record<string, string>>;
  /** Schema of data.additionalDetails; a thunk, because building all of them at start would cost milliseconds. */
  additionalDetails: () => Schema;
  normalise: (input: HandlerInput<z.infer<Schema>>) => Normalised;
}

export interface HandlerInput<AdditionalDetails> {
  event: OciEvent;
  /** From `actions`. */
  action: string;
  additionalDetails: AdditionalDetails;
}

export interface Normalised {
  /** Only what differs from the handler's own. */
  action?: string;
  result?: NotificationResult;
  details?: Details;
  /** What identifies the resource, where that is not data.resourceId. */
  id?: string | undefined;
  /** What happened, to follow the name: "stopped". Default: made from the action. */
  did?: string | undefined;
  /** An OCID to read the region from where data.resourceId is none. */
  regionOf?: string | undefined;
}

/** Keeps the link between a handler's schema and the input of its function. */
export function defineHandler<Schema extends z.ZodMiniType>(handler: Handler<Schema>): Handler {
  // A catalogue holds handlers of all schemas; each is given only what its own schema has parsed.
  return handler as unknown as Handler;
}

/**
 * A text that may be absent. What is no text counts as absent: payloads vary between producers, and a surprise in one
 * field must not cost the event.
 */
export const text = z.catch(z.optional(z.string()), undefined);
