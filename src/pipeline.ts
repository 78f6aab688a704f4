import { createHash } from "node:crypto";
import { classify, type Input } from "./classify.ts";
import { deliveryDeadline } from "./deadline.ts";
import { deliver, type World } from "./deliver/deliver.ts";
import type { Destination } from "./deliver/destination.ts";
import { type OciEvent, parseEvent } from "./envelope.ts";
import type { Log } from "./log.ts";
import type { Normaliser } from "./normalise.ts";
import type { Notification } from "./notification.ts";
import { oddity } from "./oddity.ts";
import { type Delivery, type Reply, worst } from "./outcome.ts";
import type { Routed } from "./route.ts";

/** What is made once at start and serves every event. */
export interface Machine {
  route: (event: OciEvent) => Routed;
  normaliser: Normaliser;
  destinations: ReadonlyMap<string, Destination>;
  log: Log;
  world: World;
}

export interface Invocation {
  callID: string;
  /** Fn-Deadline; null where the header is missing. */
  deadline: Date | null;
}

/** One event through the relay, and the one line that says what became of it. Never rejects: even a bug has a reply. */
export async function relayEvent(bytes: Uint8Array, invocation: Invocation, machine: Machine): Promise<Reply> {
  const startedMs = machine.world.now();
  const reply = await replyTo(bytes, invocation, machine).catch((bug: unknown): Reply => {
    machine.log.bug({ callID: invocation.callID, eventID: null }, bug);
    return { outcome: "failed", eventID: null, eventType: null, deliveries: [], problem: INTERNAL_ERROR };
  });
  // Of a rejected input only this line remains, so it must be enough to recognise the input again.
  const trace = reply.outcome === "rejected" ? { sha256: createHash("sha256").update(bytes).digest("hex") } : {};
  const received = { bytes: bytes.byteLength, ...trace, ms: machine.world.now() - startedMs };
  machine.log.outcome({ callID: invocation.callID, eventID: reply.eventID }, reply, received);
  return reply;
}

/** The way of an event: bytes -> classify -> parse -> route -> normalise -> deliver -> outcome. */
async function replyTo(bytes: Uint8Array, invocation: Invocation, machine: Machine): Promise<Reply> {
  const input = classify(bytes);
  if (!input.ok) return rejected(input.problem);
  const parsed = parseEvent(input.value.value);
  if (!parsed.ok) return rejected(parsed.problem, input.value);
  const event = parsed.value;
  const routed = machine.route(event);
  const unwanted = whyIgnored(event, routed, machine.normaliser);
  if (unwanted !== undefined) return ignored(event, unwanted);
  const notification = machine.normaliser.normalise(event);
  const odd = oddity(input.value.text, input.value.value);
  const deliveries = await deliverAll(notification, routed.destinations, { invocation, machine });
  return delivered(event, deliveries, odd);
}

const INTERNAL_ERROR = "internal error, see the log";

/** Every destination at the same time, under one deadline. */
function deliverAll(
  notification: Notification,
  names: ReadonlySet<string>,
  { invocation, machine }: { invocation: Invocation; machine: Machine },
): Promise<Delivery[]> {
  const { log, world } = machine;
  const startedMs = world.now();
  const deadlineMs = deliveryDeadline(invocation.deadline, startedMs);
  const ids = { callID: invocation.callID, eventID: echo(notification.eventId) };

  async function deliverTo(name: string): Promise<Delivery> {
    const destination = machine.destinations.get(name);
    if (destination === undefined) throw new Error("a route names a destination that is not configured");
    return deliver(notification, destination, { deadlineMs, world });
  }

  return Promise.all(
    [...names].map(async (name) => {
      // One destination's bug must not end the invocation while another is still being delivered to.
      const delivery = await deliverTo(name).catch((bug: unknown): Delivery => {
        log.bug(ids, bug);
        return { destination: name, outcome: "failed", attempts: 0, problem: INTERNAL_ERROR };
      });
      log.delivery(ids, { ...delivery, ms: world.now() - startedMs });
      return delivery;
    }),
  );
}

function whyIgnored(event: OciEvent, routed: Routed, normaliser: Normaliser): string | undefined {
  if (routed.destinations.size === 0) return "no route matches";
  if (!routed.isNamed && normaliser.isAwaitingEnd(event))
    return "a .begin whose .end will come; a route that names the type gets it";
  return undefined;
}

function rejected(problem: string, input?: Input): Reply {
  const text = (field: string) => {
    const value = input?.value[field];
    return typeof value === "string" ? echo(value) : null;
  };
  return { outcome: "rejected", eventID: text("eventID"), eventType: text("eventType"), deliveries: [], problem };
}

function ignored({ eventID, eventType }: OciEvent, problem: string): Reply {
  return { outcome: "ignored", eventID: echo(eventID), eventType, deliveries: [], problem };
}

function delivered({ eventID, eventType }: OciEvent, deliveries: Delivery[], problem: string | undefined): Reply {
  const outcome = worst(deliveries.map((delivery) => delivery.outcome));
  return { outcome, eventID: echo(eventID), eventType, deliveries, ...(problem !== undefined && { problem }) };
}

// Enough to recognise an event by, too little to flood a log: a real eventID has 36 characters.
const MAX_ECHO_CHARS = 200;

function echo(text: string): string {
  return text.length > MAX_ECHO_CHARS ? `${text.slice(0, MAX_ECHO_CHARS)}…`.toWellFormed() : text;
}
