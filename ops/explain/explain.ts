import { classify, type Item } from "../../src/classify.ts";
import type { DestinationSettings, Relay } from "../../src/config/relay.ts";
import type { OciEvent } from "../../src/envelope.ts";
import { createNormaliser, type Normaliser } from "../../src/normalise.ts";
import { yunionEvent, yunionMessage } from "../../src/notification.ts";
import { type Plan, planOf } from "../../src/plan.ts";
import { createRouter, type Route } from "../../src/route.ts";
import { catalogue } from "../catalogue.ts";
import { isIdentityType } from "../rule/identity-types.ts";
import { type DestinationRequest, destinationRequest } from "./destination-request.ts";
import { mismatch } from "./mismatch.ts";
import { mismatchText } from "./mismatch-text.ts";

/** A rule of Events. */
export interface ExplainedRule {
  name: string;
  condition: unknown;
  /** What else is to be said of it: what it calls, or what OCI would refuse. */
  notes: readonly string[];
  /** That of the compartment whose events it gets, and of those below; undefined where it is not known. */
  compartmentId?: string;
  /** Why it brings nothing, whatever it matches. */
  obstacle?: string;
}

/** Does it match, and if not, where is the first difference. */
export interface Verdict {
  name: string;
  isMatch: boolean;
  mismatch?: string;
  /** Of a rule that matches: why it does not bring the event all the same. */
  obstacle?: string;
  notes: readonly string[];
}

/** What would become of one message. */
export interface Explanation {
  /** `sent`: at least one destination gets it. */
  outcome: "sent" | "ignored" | "rejected";
  /** Why it is ignored or rejected, or what is odd about it. */
  problem?: string;
  /** What it was read as: an event, a log record, an alarm … */
  shape: Item["shape"];
  eventType?: string;
  eventID?: string;
  /** It fires in the home region only, and reaches rules in the root compartment only. */
  isIdentity?: boolean;
  routes: readonly (Verdict & { to: readonly string[] })[];
  /** None for what no rule brings. */
  rules: readonly Verdict[];
  /** False of an event where the rules were told, and none brings it to the function. */
  isBrought: boolean;
  notification?: { title: string; yunionEvent: string; message: Record<string, unknown> };
  requests: readonly DestinationRequest[];
}

export interface Explaining {
  relay: Relay;
  /** That of the function, for events that name none; undefined where it is not known. */
  region?: string | undefined;
  /** Undefined: no rule is asked for. */
  rules: readonly ExplainedRule[] | undefined;
}

/** What the function would make of an input, message by message, by its own code; nothing is sent. */
export async function explainInput(bytes: Uint8Array, { relay, region, rules }: Explaining): Promise<Explanation[]> {
  const normaliser = createNormaliser(catalogue, region);
  const { deadLetterBucket, dedupeBucket } = relay;
  const planner = {
    route: createRouter(relay.routes),
    normaliser,
    destinations: new Map(relay.destinations.map((settings) => [settings.name, settings])),
    ownBuckets: new Set([deadLetterBucket, dedupeBucket].filter((bucket) => bucket !== undefined)),
  };
  const explanations: Explanation[] = [];
  for (const item of classify(bytes).items) {
    const plan = planOf(item, planner);
    explanations.push(await explained({ item, plan }, { ...planner, relay, rules }));
  }
  return explanations;
}

interface Context extends Explaining {
  normaliser: Normaliser;
  destinations: ReadonlyMap<string, DestinationSettings>;
}

async function explained({ item, plan }: { item: Item; plan: Plan }, context: Context): Promise<Explanation> {
  const { relay, rules, normaliser } = context;
  const { shape } = item;
  if (plan.fate === "rejected") {
    return { outcome: "rejected", problem: plan.problem, shape, routes: [], rules: [], isBrought: false, requests: [] };
  }
  const { event, problem } = plan;
  const notification = normaliser.normalise(event);
  const requests: DestinationRequest[] = [];
  for (const name of plan.fate === "wanted" ? plan.destinations : []) {
    const settings = context.destinations.get(name);
    if (settings !== undefined) requests.push(await destinationRequest(notification, settings, relay.ociEndpointUrl));
  }
  const isSent = requests.some((request) => request.problem === undefined);
  const verdicts = shape === "event" ? rules?.map((rule) => ruleVerdict(rule, event)) : undefined;
  return {
    outcome: isSent ? "sent" : "ignored",
    ...(problem !== undefined && { problem }),
    shape,
    eventType: event.eventType,
    eventID: event.eventID,
    isIdentity: isIdentityType(event.type),
    routes: relay.routes.map((route, at) => routeVerdict(route, at, event)),
    rules: verdicts ?? [],
    isBrought: verdicts === undefined || verdicts.some((each) => each.isMatch && each.obstacle === undefined),
    notification: {
      title: notification.title,
      yunionEvent: yunionEvent(notification),
      message: yunionMessage(notification),
    },
    requests,
  };
}

function routeVerdict({ match, to }: Route, at: number, event: OciEvent): Explanation["routes"][number] {
  return { ...verdictOf({ name: `route ${at + 1}`, condition: match, notes: [] }, event), to };
}

function ruleVerdict(rule: ExplainedRule, event: OciEvent): Verdict {
  const { compartmentId, notes } = rule;
  if (compartmentId !== undefined && isIdentityType(event.type) && !compartmentId.startsWith("ocid1.tenancy.")) {
    const obstacle = `identity events reach rules in the root compartment only, and it stands in ${compartmentId}`;
    return verdictOf({ ...rule, obstacle }, event);
  }
  const where = event.data.compartmentId;
  const isElsewhere = compartmentId !== undefined && where !== compartmentId;
  const scope = `it stands in ${compartmentId}, so it gets this event only if ${where ?? "the event's compartment"} is below that`;
  return verdictOf({ ...rule, notes: isElsewhere ? [...notes, scope] : notes }, event);
}

function verdictOf({ name, condition, notes, obstacle }: ExplainedRule, { raw }: OciEvent): Verdict {
  const found = mismatch(condition, raw);
  return {
    name,
    isMatch: found === undefined,
    ...(found !== undefined && { mismatch: mismatchText(found, raw) }),
    ...(found === undefined && obstacle !== undefined && { obstacle }),
    notes,
  };
}
