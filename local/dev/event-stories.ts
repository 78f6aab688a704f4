import { webhookId } from "../../src/deliver/standard-webhooks.ts";
import type { Delivery, Reply } from "../../src/outcome.ts";
import { isRecord } from "../../src/problem.ts";
import type { LocalCloud, PlatformCall } from "../emulator/start-cloud.ts";
import type { EmittedEvent } from "../events/bus.ts";
import type { Received } from "../sink.ts";
import { replyOf } from "./reply-of.ts";

/** What became of one event, from the bus to the receiver. */
export interface EventStory {
  emitted: EmittedEvent;
  /** What the event is about; empty if it does not say. */
  resource: string;
  calls: FunctionCalled[];
  webhooks: Received[];
}

export interface FunctionCalled {
  status: number;
  /** Undefined: the function told nothing of it, as one that did not start. */
  reply: Reply | undefined;
  ms: number;
}

export interface EventStories {
  /** Fit the hooks of the emulator and the sink. */
  onInvoked: (called: PlatformCall) => void;
  onEmitted: (emitted: EmittedEvent) => void;
  onReceived: (received: Received) => void;
  onLog: (line: string) => void;
}

interface Listener {
  onStory: (story: EventStory) => void;
  /** A webhook that has nothing to do with an event on the bus, such as one after `fn invoke`. */
  onWebhook: (received: Received) => void;
  /** A call for a subscription of a topic. */
  onCall: (called: FunctionCalled, eventType: string) => void;
}

/** A function may log much between what it throws and our look at it. */
const MAX_LINES = 200;

/** Puts together what the bus, the function and the sink each know of an event. */
export function createEventStories(events: () => LocalCloud["events"] | undefined, listener: Listener): EventStories {
  const told = new WeakSet<EmittedEvent>();
  const calls = new Map<string, { called: PlatformCall; event: Record<string, unknown> }[]>();
  const webhooks = new Map<string, Received[]>();
  const lines: string[] = [];
  return {
    onInvoked(called) {
      const event = eventIn(called.body);
      const eventId = String(event.eventID);
      if (isUnderWay((id) => id === eventId)) add(calls, eventId, { called, event });
      else listener.onCall(functionCalled(called, lines), String(event.eventType ?? "no event"));
    },
    onReceived(received) {
      const id = String(received.headers["webhook-id"]);
      if (isUnderWay((eventId) => webhookId(eventId) === id)) add(webhooks, id, received);
      else listener.onWebhook(received);
    },
    onEmitted(emitted) {
      told.add(emitted);
      const of = calls.get(emitted.eventID) ?? [];
      calls.delete(emitted.eventID);
      const data = of[0]?.event.data;
      listener.onStory({
        emitted,
        resource: isRecord(data) && typeof data.resourceName === "string" ? data.resourceName : "",
        calls: of.map(({ called }) => functionCalled(called, lines)),
        webhooks: webhooks.get(webhookId(emitted.eventID)) ?? [],
      });
      webhooks.delete(webhookId(emitted.eventID));
    },
    onLog(line) {
      lines.push(line);
      if (lines.length > MAX_LINES) lines.shift();
    },
  };

  function isUnderWay(isMeant: (eventId: string) => boolean): boolean {
    return (events()?.log ?? []).some((emitted) => !told.has(emitted) && isMeant(emitted.eventID));
  }
}

/** The deliveries of all calls, newest first: each destination with its last word. */
export function lastDeliveries({ calls }: Pick<EventStory, "calls">): Delivery[] {
  const last = new Map<string, Delivery>();
  for (const { reply } of calls) {
    if (reply !== undefined && "deliveries" in reply)
      for (const one of reply.deliveries) last.set(one.destination, one);
  }
  return [...last.values()];
}

function functionCalled({ reply, body, ms }: PlatformCall, lines: readonly string[]): FunctionCalled {
  return { status: reply.status, ms, reply: replyOf(reply, { eventId: String(eventIn(body).eventID), lines }) };
}

function eventIn(body: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(body);
    return isRecord(value) ? value : {};
  } catch {
    return {};
  }
}

function add<T>(lists: Map<string, T[]>, key: string, item: T): void {
  lists.set(key, [...(lists.get(key) ?? []), item]);
}
