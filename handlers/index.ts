import type { Handler, NamedHandler, NotificationOf, UnknownNotification } from "../src/handler.ts";
import type { ResourceNotificationOf } from "../src/resource.ts";
import { alarm } from "./alarm.ts";
import { bucket } from "./bucket.ts";
import { group } from "./group.ts";
import { instance } from "./instance.ts";
import { metric } from "./metric.ts";
import { object } from "./object.ts";
import { policy } from "./policy.ts";
import type { resources } from "./resources.ts";
import { user } from "./user.ts";

/**
 * The families that have code of their own, by name; handlers/resources.ts has those that are all data. Any other event type
 * is normalised by rule from its name.
 */
export const families = { instance, bucket, object, policy, user, group, alarm, metric };

export const handlers: readonly NamedHandler[] = Object.entries<Handler>(families).map(([family, handler]) => ({
  ...handler,
  family,
}));

type Families = typeof families;

/** A notification of a family with code of its own. */
export type HandlerNotification = {
  [Family in keyof Families]: NotificationOf<Family, Families[Family]>;
}[keyof Families];

type Resources = typeof resources;

/** A notification of a family of handlers/resources.ts. */
export type ResourceNotification = {
  [Family in keyof Resources]: ResourceNotificationOf<Family, Resources[Family]>;
}[keyof Resources];

/** A notification as a render function gets it; `family` tells which details it has. */
export type FamilyNotification = HandlerNotification | ResourceNotification | UnknownNotification;
