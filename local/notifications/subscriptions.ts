import { randomUUID } from "node:crypto";
import * as z from "zod";
import {
  bodyOf,
  type Call,
  change,
  json,
  matchProblem,
  newThing,
  notFound,
  type Operation,
  page,
  refuse,
} from "../emulator/api.ts";
import type { Clock } from "../emulator/clock.ts";
import type { Cloud } from "../emulator/cloud.ts";
import { compartmentIdSchema, isForeign, queriedCompartment } from "../emulator/compartment-id.ts";
import { rememberMade, retried } from "../emulator/retried.ts";
import { tagsSchema } from "../emulator/tags.ts";
import type { HttpAnswer } from "../loopback.ts";
import type { FanOut } from "./fan-out.ts";
import { CONFIRMATION } from "./message.ts";
import {
  deliveryPolicySchema,
  newToken,
  PROTOCOLS,
  randomToken,
  type Subscription,
  subscriptionsOf,
} from "./subscription.ts";
import { endpointProblem } from "./subscription-endpoint.ts";
import { topicsOf } from "./topics.ts";

const createSchema = z
  .object({
    topicId: z.string().regex(/^ocid1\.onstopic\.[\w.-]+$/, "the OCID of a topic, ocid1.onstopic.…"),
    compartmentId: compartmentIdSchema,
    protocol: z.enum(PROTOCOLS),
    endpoint: z.string(),
    metadata: z.string().nullish(),
    ...tagsSchema,
  })
  .check(({ value: { protocol, endpoint }, issues }) => {
    const message = endpointProblem(protocol, endpoint);
    if (message !== undefined) issues.push({ code: "custom", message, path: ["endpoint"], input: endpoint });
  });
const updateSchema = z.object({ deliveryPolicy: deliveryPolicySchema.nullish(), ...tagsSchema });
const moveSchema = z.object({ compartmentId: compartmentIdSchema });

/** Subscriptions to topics: create, list, get, update, delete, move, and another confirmation message. */
export function subscriptionOperations(cloud: Cloud, { fanOut, clock }: { fanOut: FanOut; clock: Clock }): Operation[] {
  const subscriptions = subscriptionsOf(cloud);
  const path = "/20181201/subscriptions/{subscriptionId}";
  return [
    { method: "POST", path: "/20181201/subscriptions", answer: create },
    { method: "GET", path: "/20181201/subscriptions", answer: list },
    { method: "GET", path, answer: (call) => shown(call, permitted(call)) },
    { method: "PUT", path, answer: update },
    { method: "DELETE", path, answer: remove },
    { method: "POST", path: `${path}/resendConfirmation`, answer: resend },
    { method: "POST", path: `${path}/actions/changeCompartment`, answer: move },
  ];

  /** The subscription that a path names, if the caller may use it. */
  function permitted(call: Call, permission = "ONS_TOPIC_SUBSCRIBE"): Subscription | undefined {
    const subscription = subscriptions.get(call.parameters.subscriptionId ?? "");
    return subscription !== undefined && may(call, permission, subscription.compartmentId) ? subscription : undefined;
  }

  /** One that can still be changed; a deleted one can only be looked at, which the waiters of the SDKs need. */
  function changeable(call: Call, permission?: string): Subscription | HttpAnswer {
    const subscription = permitted(call, permission);
    if (subscription === undefined || subscription.lifecycleState === "DELETED") return notFound(call);
    return matchProblem(call, subscription) ?? subscription;
  }

  function may({ caller }: Call, permission: string, compartmentId: string): boolean {
    if (caller === undefined || isForeign(compartmentId, cloud)) return false;
    return cloud.allows(caller, permission, { compartmentId });
  }

  function shown(call: Call, subscription: Subscription | undefined, status = 200): HttpAnswer {
    if (subscription === undefined) return notFound(call);
    const { deliveryPolicy } = subscription;
    const body = { ...publicPart(subscription), deliverPolicy: JSON.stringify(deliveryPolicy) };
    return json(call, status, body, { etag: subscription.etag });
  }

  function create(call: Call): HttpAnswer {
    const body = bodyOf(call, createSchema);
    if (!body.ok) return body.answer;
    const { topicId, protocol, endpoint, metadata = null } = body.value;
    const topic = topicsOf(cloud).get(topicId);
    if (topic === undefined || !may(call, "ONS_TOPIC_SUBSCRIBE", topic.compartmentId)) return notFound(call);
    if (isForeign(body.value.compartmentId, cloud)) return notFound(call);
    const again = retried(call, {
      store: cloud.store,
      things: subscriptions,
      shown: (_, made) => shown(call, made, 202),
    });
    if (again !== undefined) return again;
    const subscription: Subscription = {
      ...newThing({ kind: "onssubscription", region: cloud.region }, body.value),
      topicId,
      protocol,
      endpoint,
      metadata,
      // A function is of the tenancy itself: nobody has to confirm it.
      lifecycleState: protocol === "ORACLE_FUNCTIONS" ? "ACTIVE" : "PENDING",
      deliveryPolicy: deliveryPolicySchema.parse({}),
      ...newToken(clock.now()),
      unsubscribeToken: randomToken(),
    };
    subscriptions.set(subscription.id, subscription);
    rememberMade(call, cloud.store, subscription.id);
    if (subscription.lifecycleState === "PENDING") sendConfirmation(subscription);
    return shown(call, subscription, 202);
  }

  function sendConfirmation(subscription: Subscription): void {
    const timeStamp = new Date(clock.now()).toISOString();
    fanOut.send(subscription, { messageId: randomUUID(), timeStamp, title: undefined, body: "", type: CONFIRMATION });
  }

  function list(call: Call): HttpAnswer {
    const queried = queriedCompartment(call, cloud);
    if ("answer" in queried) return queried.answer;
    const [compartmentId, topicId] = [queried.id, call.query.get("topicId")];
    if (!may(call, "ONS_SUBSCRIPTION_INSPECT", compartmentId)) return notFound(call);
    const found = [...subscriptions.values()].filter(
      (subscription) =>
        subscription.compartmentId === compartmentId &&
        subscription.lifecycleState !== "DELETED" &&
        (topicId === null || subscription.topicId === topicId),
    );
    const summaries = found.map((one) => ({ ...publicPart(one), deliveryPolicy: one.deliveryPolicy }));
    return page(call, summaries);
  }

  function update(call: Call): HttpAnswer {
    const body = bodyOf(call, updateSchema);
    if (!body.ok) return body.answer;
    const subscription = changeable(call);
    if ("status" in subscription) return subscription;
    const { deliveryPolicy, freeformTags, definedTags, etag } = change(subscription, body.value);
    return json(call, 200, { deliveryPolicy, freeformTags, definedTags }, { etag });
  }

  function remove(call: Call): HttpAnswer {
    const subscription = changeable(call);
    if ("status" in subscription) return subscription;
    change(subscription, { lifecycleState: "DELETED" });
    return json(call, 204, undefined);
  }

  function resend(call: Call): HttpAnswer {
    const subscription = changeable(call);
    if ("status" in subscription) return subscription;
    if (subscription.lifecycleState !== "PENDING") {
      const message = "The subscription is ACTIVE: there is nothing to confirm.";
      return refuse(call, 409, "IncorrectState", message);
    }
    change(subscription, newToken(clock.now()));
    sendConfirmation(subscription);
    return shown(call, subscription);
  }

  function move(call: Call): HttpAnswer {
    const body = bodyOf(call, moveSchema);
    if (!body.ok) return body.answer;
    const subscription = changeable(call, "ONS_SUBSCRIPTION_MOVE");
    if ("status" in subscription) return subscription;
    if (!may(call, "ONS_SUBSCRIPTION_MOVE", body.value.compartmentId)) return notFound(call);
    change(subscription, body.value);
    return json(call, 200, undefined);
  }
}

/** The tokens are for whoever reads the messages, not for whoever may look at the subscription. */
function publicPart(subscription: Subscription): Record<string, unknown> {
  const { id, topicId, protocol, endpoint, lifecycleState, compartmentId, etag, freeformTags, definedTags } =
    subscription;
  const createdTime = Date.parse(subscription.timeCreated);
  return {
    id,
    topicId,
    protocol,
    endpoint,
    lifecycleState,
    compartmentId,
    createdTime,
    etag,
    freeformTags,
    definedTags,
  };
}
