import { matches } from "../../src/condition.ts";
import { isRecord } from "../../src/problem.ts";
import type { Clock } from "../emulator/clock.ts";
import type { Cloud } from "../emulator/cloud.ts";
import { keep } from "../notifications/outbox.ts";
import { createRate } from "../notifications/rate.ts";
import { type Rule, rulesOf } from "./rule.ts";
import { type ActionOutcome, createRuleActions } from "./rule-actions.ts";

/** What became of one event on the bus. */
export interface EmittedEvent {
  eventType: string;
  eventID: string;
  /** That it belongs to; undefined if it names none. */
  compartmentId: string | undefined;
  /** Those whose condition matched, in the order in which they were made. */
  rules: { ruleId: string; displayName: string; actions: ActionOutcome[]; problem?: string }[];
  /** Why no rule could see it, whatever its condition. */
  problem?: string;
}

export interface Bus {
  /** Fits Cloud.emit: takes an event as the service of OCI does and carries it out in the background. */
  emit: (event: Record<string, unknown>) => Promise<void>;
  /** Takes an event and waits for all that comes of it. */
  deliver: (event: Record<string, unknown>) => Promise<EmittedEvent>;
  /** In the order of their coming, the newest 1000. */
  log: EmittedEvent[];
  /** Resolves when every event is carried out. */
  settled: () => Promise<void>;
  close: () => Promise<void>;
}

export interface BusOptions {
  clock: Clock;
  retryDelaysMs: readonly number[];
  maxMatchesPerMinute: number;
  /** Is told of each event once all that comes of it is done. */
  onEmitted?: ((event: EmittedEvent) => void) | undefined;
}

/** Their events come in the home region only, and only rules of the root compartment see them. */
const IDENTITY_SERVICES = new Set(["identitycontrolplane", "identitysignon", "identityprovisioning"]);

/** Each event under way may hold a container of a function. */
const MAX_UNDER_WAY = 16;

/**
 * The bus of Events. Two things keep a rule that causes what it answers from running away, such as a function that puts
 * objects into the bucket that it hears of: so many events are carried out at once, and a rule has a rate. OCI has no such
 * bounds; there a loop goes on until somebody pays for it.
 */
export function createBus(cloud: Cloud, { clock, retryDelaysMs, maxMatchesPerMinute, onEmitted }: BusOptions): Bus {
  const rules = rulesOf(cloud);
  const ruleActions = createRuleActions(cloud, { clock, retryDelaysMs });
  const rate = createRate(maxMatchesPerMinute, clock.now);
  const underWay = new Set<Promise<EmittedEvent>>();
  const queue: (() => void)[] = [];
  const bus: Bus = {
    log: [],
    async emit(event) {
      void bus.deliver(event);
    },
    deliver(event) {
      const running = turn()
        .then(() => carryOut(event))
        .catch((error): EmittedEvent => broken(event, error))
        .then((emitted) => {
          onEmitted?.(emitted);
          return emitted;
        })
        .finally(() => {
          underWay.delete(running);
          queue.shift()?.();
        });
      underWay.add(running);
      return running;
    },
    async settled() {
      while (underWay.size > 0) await Promise.all(underWay);
    },
    async close() {
      ruleActions.close();
      await bus.settled();
    },
  };
  return bus;

  function turn(): Promise<void> {
    if (underWay.size < MAX_UNDER_WAY) return Promise.resolve();
    return new Promise((resolve) => queue.push(resolve));
  }

  async function carryOut(event: Record<string, unknown>): Promise<EmittedEvent> {
    const compartmentId = compartmentOf(event);
    const { eventType, eventID } = event;
    const emitted: EmittedEvent = { eventType: String(eventType), eventID: String(eventID), compartmentId, rules: [] };
    keep(bus.log, emitted);
    countPublished(event, compartmentId);
    const problem = invisibility(emitted);
    if (problem !== undefined || compartmentId === undefined) return Object.assign(emitted, { problem });
    const seeing = [...rules.values()].filter((rule) => sees(rule, emitted.eventType, compartmentId));
    const matching = seeing.filter(({ condition }) => matches(JSON.parse(condition), event));
    const all = matching.map((rule) => {
      countMatched(rule);
      const { id: ruleId, displayName } = rule;
      if (rate.take(ruleId, 0) === undefined) {
        const problem = `over ${maxMatchesPerMinute} events a minute, so not carried out: does the rule cause what it answers?`;
        emitted.rules.push({ ruleId, displayName, actions: [], problem });
        return Promise.resolve();
      }
      const { outcomes, done } = ruleActions.carryOut(rule, event);
      emitted.rules.push({ ruleId, displayName, actions: outcomes });
      return done;
    });
    await Promise.all(all);
    return emitted;
  }

  function invisibility({ eventType, compartmentId }: EmittedEvent): string | undefined {
    if (isIdentity(eventType) && cloud.region !== cloud.homeRegion) {
      return `identity events come in the home region only, ${cloud.homeRegion}, and this is ${cloud.region}`;
    }
    return compartmentId === undefined
      ? "no compartment: extensions.compartmentId and data.compartmentId are missing, and rules see by compartment"
      : undefined;
  }

  function sees(rule: Rule, eventType: string, compartmentId: string): boolean {
    if (rule.lifecycleState !== "ACTIVE" || !rule.isEnabled) return false;
    if (isIdentity(eventType)) return rule.compartmentId === cloud.tenancyId;
    return cloud.isWithin(compartmentId, rule.compartmentId);
  }

  function countPublished({ eventType, data }: Record<string, unknown>, compartmentId = cloud.tenancyId): void {
    const resourceId = isRecord(data) ? String(data.resourceId ?? "") : "";
    const dimensions = { eventType: String(eventType), resourceId };
    cloud.count({ namespace: "oci_cloudevents", name: "PublishedEvents", compartmentId, dimensions });
  }

  function countMatched({ id: resourceId, displayName: resourceDisplayName, compartmentId }: Rule): void {
    const dimensions = { resourceDisplayName, resourceId };
    cloud.count({ namespace: "oci_cloudevents", name: "MatchedEvents", compartmentId, dimensions });
  }
}

/** Nobody waits for what a service emits: a bug of the bus must not end the process. */
function broken({ eventType, eventID }: Record<string, unknown>, error: unknown): EmittedEvent {
  const problem = `the local bus failed: ${error instanceof Error ? error.message : error}`;
  return { eventType: String(eventType), eventID: String(eventID), compartmentId: undefined, rules: [], problem };
}

function isIdentity(eventType: string): boolean {
  return IDENTITY_SERVICES.has(eventType.toLowerCase().split(".")[2] ?? "");
}

function compartmentOf({ extensions, data }: Record<string, unknown>): string | undefined {
  for (const holder of [extensions, data]) {
    if (isRecord(holder) && typeof holder.compartmentId === "string" && holder.compartmentId !== "") {
      return holder.compartmentId;
    }
  }
  return undefined;
}
