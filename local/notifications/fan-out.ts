import type { Clock } from "../emulator/clock.ts";
import type { Cloud } from "../emulator/cloud.ts";
import { type Attempt, attempt } from "./attempt.ts";
import { CONFIRMATION, letterOf, type Message } from "./message.ts";
import { keep, type Mail } from "./outbox.ts";
import { createRate } from "./rate.ts";
import { type Protocol, type Subscription, subscriptionsOf } from "./subscription.ts";
import { topicsOf } from "./topics.ts";

/** What became of one message for one subscription; brought up to date with every try. */
export interface Delivery {
  topicId: string;
  subscriptionId: string;
  protocol: Protocol;
  messageId: string;
  messageType: string;
  state: "waiting" | "delivered" | "failed" | "dropped";
  attempts: number;
  /** Of the last answer, if there was one. */
  status?: number;
  /** Why the last try failed, or why there will be none. */
  error?: string;
}

export interface FanOut {
  /** In order of their begin, the newest 1000. */
  deliveries: Delivery[];
  outbox: Mail[];
  /** Brings a message to one subscription, in the background. */
  send: (subscription: Subscription, message: Message) => void;
  /** Brings a message to all ACTIVE subscriptions of a topic, in the background. */
  publish: (topicId: string, message: Message) => void;
  /** Resolves when no try is under way; those that wait for their time do not count. */
  settled: () => Promise<void>;
  /** Ends what is under way and what waits. */
  close: () => Promise<void>;
}

export interface FanOutOptions {
  clock: Clock;
  /** 5 s for connecting and 5 s for reading, as OCI has it. */
  timeoutMs: number;
  /** Is told of what would have left this machine. */
  onMail?: ((mail: Mail) => void) | undefined;
}

const MINUTE_MS = 60_000;

/** One at once, then as the documentation lists them; the last one is taken to repeat until the retry duration is over. */
const RETRY_DELAYS_MS = [0, 1, 2, 4, 8, 16, 32].map((minutes) => minutes * MINUTE_MS);

/** Documented are the rates, not what becomes of what is over them. Each subscription is promised the message once. */
const RATES = { http: 60, email: 10 };

const UNLIMITED = new Set<Protocol>(["ORACLE_FUNCTIONS", "SMS"]);

/** Brings what is published to subscriptions. Tries that wait are lost when the emulator ends. */
export function createFanOut(cloud: Cloud, { clock, timeoutMs, onMail }: FanOutOptions): FanOut {
  const subscriptions = subscriptionsOf(cloud);
  const http = createRate(RATES.http, clock.now);
  const email = createRate(RATES.email, clock.now);
  const underWay = new Set<Promise<void>>();
  const waiting = new Map<Delivery, () => void>();
  const ending = new AbortController();
  const fanOut: FanOut = {
    deliveries: [],
    outbox: [],
    publish(topicId, message) {
      for (const subscription of subscriptions.values()) {
        if (subscription.topicId === topicId && subscription.lifecycleState === "ACTIVE") {
          fanOut.send(subscription, message);
        }
      }
    },
    send({ id, topicId, protocol }, message) {
      const { messageId, type: messageType } = message;
      const delivery: Delivery = {
        topicId,
        subscriptionId: id,
        protocol,
        messageId,
        messageType,
        state: "waiting",
        attempts: 0,
      };
      keep(fanOut.deliveries, delivery);
      // Only for alarms, announcements and connectors, says OCI, and the emulator has no other sender than alarms.
      const isForSms = messageType === CONFIRMATION || messageType.toUpperCase() === "ALARM";
      if (protocol === "SMS" && !isForSms) {
        drop(delivery, "SMS is for messages of alarms only; a direct publish or an event is dropped");
        return;
      }
      queue(delivery, message, 0);
    },
    async settled() {
      while (underWay.size > 0) await Promise.all(underWay);
    },
    async close() {
      ending.abort();
      for (const stop of waiting.values()) stop();
      waiting.clear();
      await fanOut.settled();
    },
  };
  return fanOut;

  /** Waits for a place in the endpoint's rate, as long as the retry duration allows. */
  function queue(delivery: Delivery, message: Message, elapsedMs: number): void {
    const subscription = subscriptions.get(delivery.subscriptionId);
    if (subscription === undefined || !isMeant(subscription, message)) {
      drop(delivery, "the subscription is not there any more, or confirmed already");
      return;
    }
    const { maxRetryDuration } = subscription.deliveryPolicy.backoffRetryPolicy;
    const waitMs = takePlace(subscription, maxRetryDuration - elapsedMs);
    if (waitMs === undefined) {
      drop(delivery, "over the endpoint's rate for longer than the retry duration");
      return;
    }
    later(delivery, waitMs, () => start(delivery, message, elapsedMs + waitMs));
  }

  function takePlace({ protocol, endpoint }: Subscription, maxWaitMs: number): number | undefined {
    if (UNLIMITED.has(protocol)) return 0;
    return (protocol === "EMAIL" ? email : http).take(endpoint, maxWaitMs);
  }

  function start(delivery: Delivery, message: Message, elapsedMs: number): void {
    const running = tryOnce(delivery, message, elapsedMs).finally(() => underWay.delete(running));
    underWay.add(running);
  }

  async function tryOnce(delivery: Delivery, message: Message, elapsedMs: number): Promise<void> {
    const subscription = subscriptions.get(delivery.subscriptionId);
    const topic = topicsOf(cloud).get(delivery.topicId);
    if (subscription === undefined || topic === undefined || !isMeant(subscription, message)) {
      drop(delivery, "the subscription is not there any more, or confirmed already");
      return;
    }
    const letter = letterOf(cloud, message, { subscription, topic });
    const { signal } = ending;
    const came = await attempt(cloud, { subscription, letter }, { outbox: fanOut.outbox, onMail, timeoutMs, signal });
    delivery.attempts += 1;
    tell(delivery, came);
    if (came.ok || signal.aborted) return;
    const { maxRetryDuration } = subscription.deliveryPolicy.backoffRetryPolicy;
    const delayMs = RETRY_DELAYS_MS[delivery.attempts - 1] ?? RETRY_DELAYS_MS.at(-1) ?? 0;
    if (elapsedMs + delayMs > maxRetryDuration) delivery.state = "failed";
    else later(delivery, delayMs, () => queue(delivery, message, elapsedMs + delayMs));
  }

  function later(delivery: Delivery, delayMs: number, next: () => void): void {
    if (delayMs === 0) {
      next();
      return;
    }
    const stop = clock.after(delayMs, () => {
      waiting.delete(delivery);
      next();
    });
    waiting.set(delivery, stop);
  }
}

function isMeant({ lifecycleState }: Subscription, { type }: Message): boolean {
  return lifecycleState === (type === CONFIRMATION ? "PENDING" : "ACTIVE");
}

function drop(delivery: Delivery, error: string): void {
  delivery.state = "dropped";
  delivery.error = error;
}

function tell(delivery: Delivery, came: Attempt): void {
  if (came.ok) delivery.state = "delivered";
  if (came.status === undefined) delete delivery.status;
  else delivery.status = came.status;
  if (came.ok) delete delivery.error;
  else delivery.error = came.error;
}
