import type { AuthenticationDetailsProvider } from "oci-common";
import { NotificationControlPlaneClient, NotificationDataPlaneClient } from "oci-ons";
import type { Cloud } from "../../local/emulator/cloud.ts";
import { createIssuer } from "../../local/emulator/principal.ts";
import { type LoopbackAnswer, type LoopbackRequest, serveLoopback } from "../../local/loopback.ts";
import {
  createNotifications,
  type Notifications,
  type NotificationsOptions,
} from "../../local/notifications/notifications.ts";
import { COMPARTMENT, startTestCloud, type TestCloud } from "./cloud.ts";
import { type HandClock, handClock } from "./hand-clock.ts";
import { apiKeyUser, oneTry } from "./sdk.ts";

export const TOPIC = "ocid1.onstopic.oc1.phx.aaaalocal";

/** One for all: keys take their time. Its files go with the process. */
export const issuer = createIssuer();
const user = issuer.user();

/** Notifications over HTTP with one topic, a client of the SDK, and a receiver on this machine. */
export interface Notified {
  cloud: TestCloud;
  notifications: Notifications;
  clock: HandClock;
  client: NotificationDataPlaneClient;
  control: NotificationControlPlaneClient;
  receiver: Receiver;
  /** A subscription to the topic. @returns its id */
  subscribe: (protocol: string, endpoint: string) => Promise<string>;
  /** Subscribes and follows the link of the confirmation message. */
  confirmed: (protocol: string, endpoint: string) => Promise<string>;
  publish: (body: string, title?: string) => Promise<string>;
  close: () => Promise<void>;
}

export interface Receiver {
  url: string;
  received: LoopbackRequest[];
  /** What to answer from now on. */
  answer: (request: LoopbackRequest) => LoopbackAnswer;
}

export async function startNotified({
  provider = apiKeyUser(user),
  cloud: overrides = {},
  ...options
}: NotificationsOptions & {
  cloud?: Partial<Cloud>;
  provider?: AuthenticationDetailsProvider;
} = {}): Promise<Notified> {
  const clock = handClock();
  const made: Notifications[] = [];
  const services = (services: Cloud) => {
    made.push(createNotifications(services, { topics: [TOPIC], clock, ...options }));
    return made.flatMap(({ operations }) => operations);
  };
  const cloud = await startTestCloud(services, { ...overrides, issuer });
  const [notifications] = made;
  if (notifications === undefined) throw new Error("the cloud has made no services");
  const client = new NotificationDataPlaneClient({ authenticationDetailsProvider: provider }, oneTry());
  const control = new NotificationControlPlaneClient({ authenticationDetailsProvider: provider }, oneTry());
  client.endpoint = cloud.url;
  control.endpoint = cloud.url;
  const received: LoopbackRequest[] = [];
  const server = await serveLoopback((request) => {
    received.push(request);
    return receiver.answer(request);
  });
  const receiver: Receiver = { url: server.url, received, answer: () => ({ status: 200 }) };
  const notified: Notified = {
    cloud,
    notifications,
    clock,
    client,
    control,
    receiver,
    async subscribe(protocol, endpoint) {
      const createSubscriptionDetails = { topicId: TOPIC, compartmentId: COMPARTMENT, protocol, endpoint };
      const { subscription } = await client.createSubscription({ createSubscriptionDetails });
      return subscription.id;
    },
    async confirmed(protocol, endpoint) {
      const id = await notified.subscribe(protocol, endpoint);
      await notifications.settled();
      const posted = received.at(-1)?.headers["x-oci-ns-confirmationurl"];
      const mailed = notifications.outbox.find(({ subscriptionId }) => subscriptionId === id)?.confirmationUrl;
      const answer = await fetch(String(mailed ?? posted));
      if (!answer.ok) throw new Error(await answer.text());
      return id;
    },
    async publish(body, title) {
      const messageDetails = { body, ...(title !== undefined && { title }) };
      const { publishResult } = await client.publishMessage({ topicId: TOPIC, messageDetails });
      await notifications.settled();
      return publishResult.messageId;
    },
    async close() {
      client.close();
      control.close();
      await notifications.close();
      await Promise.all([cloud.close(), server.close()]);
    },
  };
  return notified;
}
