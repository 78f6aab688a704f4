import type { Operation } from "../emulator/api.ts";
import { type Clock, createClock } from "../emulator/clock.ts";
import type { Cloud } from "../emulator/cloud.ts";
import { confirmationOperations } from "./confirmation.ts";
import { createFanOut, type FanOut } from "./fan-out.ts";
import { createOns, type OnsEmulator } from "./ons.ts";
import type { Mail } from "./outbox.ts";
import { subscriptionsOf } from "./subscription.ts";
import { subscriptionOperations } from "./subscriptions.ts";
import { topicOperations } from "./topics.ts";

export interface Notifications extends Pick<FanOut, "deliveries" | "outbox" | "settled" | "close"> {
  /** PublishMessage among them. */
  operations: Operation[];
  ons: OnsEmulator;
  /** Fits Cloud.publish. */
  publish: Cloud["publish"];
}

export interface NotificationsOptions {
  /** OCIDs of topics that are there from the start. */
  topics?: string[];
  /** For tries that wait, and the age of a confirmation URL. */
  clock?: Clock;
  /** How long a receiver may take to connect, and then to answer. */
  timeoutMs?: number;
  /** Is told of what would have left this machine. */
  onMail?: ((mail: Mail) => void) | undefined;
}

/** All of OCI Notifications: topics, subscriptions, publishing, and what then arrives. */
export function createNotifications(cloud: Cloud, options: NotificationsOptions = {}): Notifications {
  const { topics = [], clock = createClock(), timeoutMs = 5_000, onMail } = options;
  const fanOut = createFanOut(cloud, { clock, timeoutMs, onMail });
  const onPublished = fanOut.publish;
  const ons = createOns({ issuer: cloud.issuer, topics, cloud, now: clock.now, onPublished });
  const subscriptions = subscriptionsOf(cloud);
  const onDeleted = (topicId: string) => {
    for (const subscription of subscriptions.values()) {
      if (subscription.topicId === topicId) subscription.lifecycleState = "DELETED";
    }
  };
  return {
    operations: [
      {
        method: "POST",
        path: "/20181201/topics/{topicId}/messages",
        // It verifies for itself, so that its list of requests has the refused ones too.
        isPublic: true,
        answer: ({ request }) => ons.answer(request),
      },
      ...topicOperations(cloud, { onDeleted }),
      ...subscriptionOperations(cloud, { fanOut, clock }),
      ...confirmationOperations(cloud, { clock }),
    ],
    ons,
    publish: async (topicId, message) => ons.publish(topicId, message),
    deliveries: fanOut.deliveries,
    outbox: fanOut.outbox,
    settled: fanOut.settled,
    close: fanOut.close,
  };
}
