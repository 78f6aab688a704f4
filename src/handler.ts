import * as z from "zod/mini";
import type { OciEvent } from "./envelope.ts";
import type { DocumentedEventType } from "./event-type.ts";
import type { CommonDetails, DetailsKey, Notification, NotificationResult, UNCHANGED } from "./notification.ts";

/** Recognises the event types of one resource family and normalises them. */
export interface Handler<
  ResourceType extends string = string,
  Action extends string = string,
  Told extends object = Normalised,
> {
  /** Yunion's resource_type. */
  resourceType: ResourceType;
  /** How a person calls the resource, to begin a sentence with: "Instance". */
  noun: string;
  /** Event type, lower case -> action. */
  actions: Readonly<Record<string, Action>>;
  /** The resource's page in the Oracle Cloud console is `https://cloud.oracle.com/<console>/<OCID>`. */
  console?: string;
  /** Schema of data.additionalDetails; a thunk, because building all of them at start would cost milliseconds. */
  additionalDetails: () => z.ZodMiniType;
  normalise: (input: HandlerInput<unknown>) => Told;
}

/** A handler under the name that handlers/index.ts gives it. */
export interface NamedHandler extends Handler {
  family: string;
}

export interface HandlerInput<AdditionalDetails, Action extends string = string> {
  event: OciEvent;
  /** From `actions`. */
  action: Action;
  additionalDetails: AdditionalDetails;
}

export interface Normalised {
  /** Only what differs from the handler's own. */
  readonly action?: string;
  readonly result?: NotificationResult;
  readonly details?: { readonly [Key in DetailsKey]?: unknown };
  /** What identifies the resource, where that is not data.resourceId. */
  readonly id?: string | undefined;
  /** What happened, to follow the name: "stopped". Default: made from the action. */
  readonly did?: string | undefined;
  /** An OCID to read the region from where data.resourceId is none. */
  readonly regionOf?: string | undefined;
  /** Path of its page in the console, part by part, where its id is no OCID. */
  readonly page?: readonly string[] | undefined;
}

/** A handler as its file writes it. */
interface Definition<
  ResourceType extends string,
  Action extends string,
  Schema extends z.ZodMiniType,
  Told extends object,
> extends Pick<Handler<ResourceType>, "resourceType" | "noun" | "console"> {
  actions: { readonly [Type in DocumentedEventType]?: Action };
  additionalDetails: () => Schema;
  normalise: (input: HandlerInput<z.infer<Schema>, Action>) => Told & Normalised & NothingElse<Told>;
}

/** What a function returns may have any further members, to TypeScript: here none that Normalised or the vocabulary lacks. */
type NothingElse<Told> = { readonly [Key in Exclude<KeyOf<Told>, keyof Normalised>]: never } & {
  readonly details?: { readonly [Key in Exclude<KeyOf<DetailsIn<Told>>, DetailsKey>]: never };
};

// What follows takes unions apart: a function may return one thing here and another there.

type DetailsIn<Told> = Told extends { readonly details: infer Own }
  ? Own
  : Nothing | ("details" extends keyof Told ? NonNullable<Told["details"]> : never);

type Nothing = Record<never, never>;

type KeyOf<Union> = Union extends unknown ? keyof Union : never;

type ValueIn<Union, Key> = Union extends unknown ? (Key extends keyof Union ? Union[Key] : undefined) : never;

/**
 * Keeps the link between a handler's schema and the input of its function, and the exact type of what that returns. A new
 * event type is one line of `actions`.
 *
 * `normalise` is pure: no I/O, no clock. What every notification has (ids, name, region, tags, OCI's own facts) is added
 * around it; it returns what only its family knows.
 */
export function defineHandler<
  const ResourceType extends string,
  const Action extends string,
  Schema extends z.ZodMiniType,
  // No more is asked of it here: where it is asked in vain, TypeScript takes the general type and says nothing.
  const Told extends object,
>(handler: Definition<ResourceType, Action, Schema, Told>): Handler<ResourceType, Action, Told> {
  // A catalogue holds handlers of all schemas; each is given only what its own schema has parsed.
  return handler as unknown as Handler<ResourceType, Action, Told>;
}

/** What a notification of a family is, by its handler. */
export type NotificationOf<Family extends string, Its extends Handler> = Readonly<
  Notification<
    Family,
    Its["resourceType"],
    ActionIn<ReturnType<Its["normalise"]>, Its["actions"][string]>,
    DetailsOf<DetailsIn<ReturnType<Its["normalise"]>>>
  >
>;

/** What a notification is that no family knows. */
export type UnknownNotification = Readonly<Notification<undefined, string, string, CommonDetails>>;

type ActionIn<Told, ByType extends string> = Told extends { readonly action: infer Action extends string }
  ? Action
  : ByType | ("action" extends keyof Told ? Extract<Told["action"], string> : never);

// Written out key by key and without a name (`& unknown`), so that an editor shows the fields, not how they were made.
type DetailsOf<Own> = {
  readonly [Key in keyof CommonDetails | KeyOf<Own>]: Key extends keyof CommonDetails
    ? CommonDetails[Key]
    : ValueIn<Own, Key> | (Key extends keyof typeof UNCHANGED ? undefined : never);
} & unknown;

/**
 * A text that may be absent. What is no text counts as absent: payloads vary between producers, and a surprise in one
 * field must not cost the event.
 */
export const text = z.transform((value) => (typeof value === "string" ? value : undefined));
