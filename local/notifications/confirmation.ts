import { timingSafeEqual } from "node:crypto";
import { type Call, change, json, missingQuery, notFound, type Operation, refuse } from "../emulator/api.ts";
import type { Clock } from "../emulator/clock.ts";
import type { Cloud } from "../emulator/cloud.ts";
import type { HttpAnswer } from "../loopback.ts";
import { type Subscription, subscriptionsOf, unsubscribeUrl } from "./subscription.ts";
import { topicsOf } from "./topics.ts";

/** The links in messages: to confirm a subscription and to end it. Whoever has the token may; there is no signature. */
export function confirmationOperations(cloud: Cloud, { clock }: { clock: Clock }): Operation[] {
  const subscriptions = subscriptionsOf(cloud);
  const path = "/20181201/subscriptions/{subscriptionId}";
  return [
    { method: "GET", path: `${path}/confirmation`, isPublic: true, answer: confirm },
    { method: "GET", path: `${path}/unsubscription`, isPublic: true, answer: unsubscribe },
  ];

  function confirm(call: Call): HttpAnswer {
    const subscription = meant(call, "token");
    if ("status" in subscription) return subscription;
    const topic = topicsOf(cloud).get(subscription.topicId);
    if (topic === undefined) return notFound(call);
    if (subscription.lifecycleState === "PENDING" && clock.now() > subscription.tokenExpires) {
      const message = "token: the confirmation URL was good for 3 days. Ask for another with resendConfirmation.";
      return refuse(call, 400, "InvalidParameter", message);
    }
    if (subscription.lifecycleState === "PENDING") change(subscription, { lifecycleState: "ACTIVE" });
    const result = {
      topicName: topic.name,
      topicId: topic.id,
      endpoint: subscription.endpoint,
      unsubscribeUrl: unsubscribeUrl(cloud, subscription),
      message: `You have subscribed ${subscription.endpoint} to the topic ${topic.name}.`,
      subscriptionId: subscription.id,
    };
    return json(call, 200, result, { etag: subscription.etag });
  }

  function unsubscribe(call: Call): HttpAnswer {
    const subscription = meant(call, "unsubscribeToken");
    if ("status" in subscription) return subscription;
    change(subscription, { lifecycleState: "DELETED" });
    const name = topicsOf(cloud).get(subscription.topicId)?.name ?? subscription.topicId;
    return json(call, 200, `You have unsubscribed ${subscription.endpoint} from the topic ${name}.`);
  }

  /** The subscription of the link, if its token and protocol are right. */
  function meant(call: Call, kind: "token" | "unsubscribeToken"): Subscription | HttpAnswer {
    const missing = missingQuery(call, "token") ?? missingQuery(call, "protocol");
    if (missing !== undefined) return missing;
    const subscription = subscriptions.get(call.parameters.subscriptionId ?? "");
    if (subscription === undefined || subscription.lifecycleState === "DELETED") return notFound(call);
    if (call.query.get("protocol") !== subscription.protocol) {
      return refuse(call, 400, "InvalidParameter", `protocol: the subscription's is ${subscription.protocol}`);
    }
    if (isSame(call.query.get("token") ?? "", subscription[kind])) return subscription;
    const message = "token: not this subscription's, or not the newest. Take the URL of the last message as it stands.";
    return refuse(call, 400, "InvalidParameter", message);
  }
}

function isSame(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.byteLength === b.byteLength && timingSafeEqual(a, b);
}
