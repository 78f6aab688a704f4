import type { Handler, NamedHandler, NotificationOf, UnknownNotification } from "../src/handler.ts";
import { alarm } from "./alarm.ts";
import { bucket } from "./bucket.ts";
import { group } from "./group.ts";
import { instance } from "./instance.ts";
import { metric } from "./metric.ts";
import { object } from "./object.ts";
import { policy } from "./policy.ts";
import { user } from "./user.ts";

export { resourceTypes } from "./resource-types.ts";

/** The catalogue: every family the relay knows, by its name. Any other event type is normalised by rule from its name. */
export const families = { instance, bucket, object, policy, user, group, alarm, metric };

export const handlers: readonly NamedHandler[] = Object.entries<Handler>(families).map(([family, handler]) => ({
  ...handler,
  family,
}));

type Families = typeof families;

/** A notification as a render function gets it; `family` tells which details it has. */
export type FamilyNotification =
  | { [Family in keyof Families]: NotificationOf<Family, Families[Family]> }[keyof Families]
  | UnknownNotification;
