import type { Kind } from "../desired.ts";
import { alarm } from "./alarms.ts";
import { application, fn } from "./functions.ts";
import { dynamicGroup, policy } from "./identity.ts";
import type { KindOfThing } from "./kind.ts";
import { log, logGroup } from "./logging.ts";
import { subscription, topic } from "./messaging.ts";
import { rule } from "./rules.ts";
import { bucket, lifecycle } from "./storage.ts";

/** In the order in which they are made; they go in the opposite one. */
export const KINDS: Readonly<Record<Kind, KindOfThing>> = {
  topic,
  subscription,
  bucket,
  application,
  function: fn,
  "dynamic-group": dynamicGroup,
  policy,
  lifecycle,
  "log-group": logGroup,
  log,
  rule,
  alarm,
};

export const KIND_ORDER = Object.keys(KINDS) as readonly Kind[];
