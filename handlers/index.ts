import type { Handler } from "../src/handler.ts";
import { alarm } from "./alarm.ts";
import { bucket } from "./bucket.ts";
import { group } from "./group.ts";
import { instance } from "./instance.ts";
import { metric } from "./metric.ts";
import { object } from "./object.ts";
import { policy } from "./policy.ts";
import { user } from "./user.ts";

export { resourceTypes } from "./resource-types.ts";

/** The catalogue: every family the relay knows. Any other event type is normalised by rule from its name. */
export const handlers: readonly Handler[] = [instance, bucket, object, policy, user, group, alarm, metric];
