import { hash } from "node:crypto";
import type { Item, Message, Unreadable } from "./classify.ts";
import { webhookId } from "./deliver/standard-webhooks.ts";
import type { OciEvent } from "./envelope.ts";
import type { Normaliser } from "./normalise.ts";
import { oddity } from "./oddity.ts";
import { OWN_MESSAGE } from "./own-message.ts";
import { isOwnObject } from "./own-objects.ts";
import { type Kept, parse } from "./parse.ts";
import { shown } from "./problem.ts";
import type { Routed } from "./route.ts";

/** What is to become of one message, decided before anything is sent. */
export type Plan = Rejected | Ignored | Wanted;

export interface Rejected {
  fate: "rejected";
  item: Item;
  problem: string;
}

export interface Ignored {
  fate: "ignored";
  event: OciEvent;
  problem: string;
}

export interface Wanted {
  fate: "wanted";
  message: Message;
  event: OciEvent;
  destinations: ReadonlySet<string>;
  /** What tells it from any other; safe in a path. */
  identity: string;
  /** What was odd about it. */
  problem: string | undefined;
  /** Of a dead letter that is sent once more: the object that still keeps it. */
  keptAs?: Kept;
}

export interface Planner {
  route: (event: OciEvent) => Routed;
  normaliser: Normaliser;
  /** Names of the configured ones. */
  destinations: ReadonlyMap<string, unknown>;
  ownBuckets: ReadonlySet<string>;
}

/** Parses and routes one message. */
export function planOf(item: Item, planner: Planner): Plan {
  if (item.shape === "unreadable") return { fate: "rejected", item, problem: (item as Unreadable).problem };
  const message = item as Message;
  const parsed = parse(message);
  if (!parsed.ok) return { fate: "rejected", item, problem: parsed.problem };
  const { event, replay } = parsed.value;
  if (message.shape === "own message") return { fate: "ignored", event, problem: OWN_MESSAGE };
  if (replay !== undefined) {
    const { destination, kept } = replay;
    if (!planner.destinations.has(destination)) {
      const known = [...planner.destinations.keys()].join(", ");
      const problem = `a dead letter names the destination ${shown(destination)}, which is not configured; configured: ${known}`;
      return { fate: "rejected", item, problem };
    }
    const wanted = { fate: "wanted" as const, message, event, identity: identityOf(event), problem: undefined };
    return { ...wanted, destinations: new Set([destination]), ...(kept !== undefined && { keptAs: kept }) };
  }
  const routed = planner.route(event);
  const unwanted = whyIgnored(event, routed, planner);
  if (unwanted !== undefined) return { fate: "ignored", event, problem: unwanted };
  const problem = message.text === undefined ? undefined : oddity(message.text, message.value);
  const { destinations } = routed;
  return { fate: "wanted", message, event, destinations, identity: identityOf(event), problem };
}

function whyIgnored(event: OciEvent, routed: Routed, planner: Planner): string | undefined {
  if (isOwnObject(event, planner.ownBuckets)) return "it tells of an object in the relay's own bucket";
  if (routed.destinations.size === 0) return "no route matches";
  if (!routed.isNamed && planner.normaliser.isAwaitingEnd(event))
    return "a .begin whose .end will come; a route that names the type gets it";
  return undefined;
}

/**
 * What tells an event from any other, safe in a path: its webhook-id and a hash of type and time, because documentation and
 * masked captures share their ids.
 */
function identityOf({ eventID, type, eventTime }: OciEvent): string {
  return `${webhookId(eventID)}.${hash("sha256", `${type}\n${eventTime}`).slice(0, 12)}`;
}
