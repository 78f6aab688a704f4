import { parseEvent } from "../../src/envelope.ts";
import { parseJson } from "../../src/json.ts";
import { isRecord, shown } from "../../src/problem.ts";
import { type Call, json, type Operation, refuse } from "../emulator/api.ts";
import { type Clock, createClock } from "../emulator/clock.ts";
import type { Cloud } from "../emulator/cloud.ts";
import type { HttpAnswer } from "../loopback.ts";
import { type Bus, createBus, type EmittedEvent } from "./bus.ts";
import { RETRY_DELAYS_MS } from "./rule-actions.ts";
import { ruleOperations } from "./rules.ts";

export interface Events extends Bus {
  operations: Operation[];
}

export interface EventsOptions {
  clock?: Clock;
  /** Between the tries of an action. */
  retryDelaysMs?: readonly number[];
  /** How many events one rule may answer before it is taken for a loop. */
  maxMatchesPerMinute?: number;
  /** Is told of each event once all that comes of it is done. */
  onEmitted?: ((event: EmittedEvent) => void) | undefined;
}

/** All of OCI Events: rules and the bus, and a way to emit for people: POST /emulator/events, an event or an array. */
export function createEvents(cloud: Cloud, options: EventsOptions = {}): Events {
  const { clock = createClock(), retryDelaysMs = RETRY_DELAYS_MS, maxMatchesPerMinute = 1_000, onEmitted } = options;
  const bus = createBus(cloud, { clock, retryDelaysMs, maxMatchesPerMinute, onEmitted });
  const emit = async (call: Call): Promise<HttpAnswer> => {
    const events = eventsOf(call.request.body);
    if (typeof events === "string") return refuse(call, 400, "InvalidParameter", events);
    return json(call, 200, { events: await Promise.all(events.map((event) => bus.deliver(event))) });
  };
  return {
    ...bus,
    operations: [
      ...ruleOperations(cloud),
      // For people with curl, who can not sign; the server hears this machine only.
      { method: "POST", path: "/emulator/events", isPublic: true, answer: emit },
    ],
  };
}

/** The events of a body; a text that says why there are none. */
function eventsOf(body: Buffer): Record<string, unknown>[] | string {
  const read = parseJson(body.toString());
  if (!read.ok) return `The body must be the JSON of an event or of an array of events, and is ${read.problem}`;
  const { value } = read;
  const events: Record<string, unknown>[] = [];
  for (const [index, item] of (Array.isArray(value) ? value : [value]).entries()) {
    const place = Array.isArray(value) ? `event ${index + 1} of ${value.length}: ` : "";
    if (!isRecord(item)) return `${place}an OCI Events message is a JSON object, got ${shown(item)}`;
    const parsed = parseEvent(item);
    if (!parsed.ok) return `${place}${parsed.problem}`;
    events.push(item);
  }
  return events.length > 0 ? events : "The array has no event in it; send at least one.";
}
