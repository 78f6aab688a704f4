import { resources } from "../../handlers/by-name.ts";
import documented from "../../handlers/event-types.json" with { type: "json" };
import { handlers } from "../../handlers/index.ts";
import { type Condition, eventTypesOf, matches } from "../../src/condition.ts";
import { conditionProblems } from "../../src/config/check-condition.ts";
import { unlikelyRoutes } from "../../src/config/unlikely-routes.ts";
import { documentedTypes, isDocumented } from "../../src/documented.ts";
import type { Result } from "../../src/problem.ts";
import { isNaming } from "../../src/route.ts";
import { typeAdvice } from "../../src/suggest/advice.ts";
import { typeIndexOf } from "../../src/suggest/type-index.ts";
import { catalogueEntries, entryOf } from "../catalogue.ts";
import { nearName } from "../near-name.ts";
import { eventPack } from "./event-packs.ts";
import { routeConditions } from "./route-conditions.ts";
import type { Selection } from "./rule.ts";

/** Which event types; with none of them those that handlers and routes name. */
export interface SelectionOptions {
  all?: boolean;
  pack?: readonly string[];
  family?: readonly string[];
  type?: readonly string[];
}

export interface Selected extends Selection {
  notes: readonly string[];
}

const PREFIX = "com.oraclecloud.";
/** Alarms and metrics are read as events of it; Events has none of them. */
const MONITORING = `${PREFIX}monitoring.`;

/** The event types that are asked for. The problem says what is not known, and what was perhaps meant. */
export async function ruleSelection({ all, pack, family, type }: SelectionOptions): Promise<Result<Selected>> {
  const asked = [pack, family, type].filter((names) => names !== undefined);
  if (all && asked.length > 0)
    return { ok: false, problem: "--all is every event: leave --pack, --family and --type out" };
  if (all) return { ok: true, value: { eventTypes: "all", notes: [] } };
  const routes = routeConditions();
  if (asked.length === 0) return routes.ok ? ofRoutes(routes.value) : routes;
  const found = [...(pack ?? []).map(eventPack), ...(family ?? []).map(ofFamily), ...(type ?? []).map(ofType)];
  const problems = found.flatMap((each) => (each.ok ? [] : [each.problem]));
  if (problems.length > 0) return { ok: false, problem: problems.join("; ") };
  const chosen = found.flatMap((each) => (each.ok ? [each.value] : []));
  const eventTypes = [...new Set(chosen.flatMap((each) => each.eventTypes))];
  const begins = eventTypes.filter((each) => isAwaitingEnd(each) && !isNamed(each, routes.ok ? routes.value : []));
  const notes = [...new Set(chosen.flatMap((each) => each.notes)), ...begins.map(beginNote)];
  return { ok: true, value: { eventTypes, notes } };
}

/** What the routes name; where one asks for everything, what the handlers know, too. */
async function ofRoutes(conditions: readonly Condition[]): Promise<Result<Selected>> {
  const isOpen = conditions.some((condition) => eventTypesOf(condition).length === 0);
  const named = conditions.flatMap(eventTypesOf).filter((type) => typeof type === "string");
  const ofHandlers = isOpen ? handlers.flatMap(({ actions }) => Object.keys(actions)).filter(isEmitted) : [];
  const routed = named.filter((type) => !type.startsWith(MONITORING));
  const filtered = conditions.flatMap((condition, at) => {
    const others = Object.keys(condition).filter((key) => key !== "eventType");
    return others.length === 0
      ? []
      : [`route ${at + 1} filters by ${others.join(", ")} too: not in the rule, the relay does it`];
  });
  const notes = [
    ...(isOpen ? [OPEN] : []),
    ...(routed.length < named.length ? [ALARMS] : []),
    ...filtered,
    ...(await unlikelyRoutes(conditions.map((match) => ({ match, to: [] })))),
  ];
  return { ok: true, value: { eventTypes: [...new Set([...ofHandlers, ...routed])], notes } };
}

const OPEN =
  "a route asks for every event: the rule brings the types that have a handler of their own; --all brings every event, --family " +
  "and --pack others";

const ALARMS = "alarms and metrics are no events of a rule: they come through a topic's subscription or Connector Hub";

/** True for what Events sends, and the relay delivers although no route names it. */
function isEmitted(type: string): boolean {
  return !type.startsWith(MONITORING) && isDocumented(type, documented) && !entryOf(type).awaitsEnd;
}

function ofFamily(family: string): Result<Selected> {
  const entries = catalogueEntries().filter((entry) => entry.family === family.toLowerCase());
  const eventTypes = entries.map(({ eventType }) => eventType).filter(isEmitted);
  if (eventTypes.length > 0) return { ok: true, value: { eventTypes, notes: [] } };
  if (entries.length > 0) return { ok: false, problem: `--family ${family}: ${ALARMS}` };
  if (Object.hasOwn(resources, family.toLowerCase())) {
    const problem = `--family ${family}: Events does not emit it; audit records do, through Connector Hub`;
    return { ok: false, problem };
  }
  const families = [
    ...new Set(catalogueEntries().flatMap((entry) => (entry.family === undefined ? [] : [entry.family]))),
  ];
  return {
    ok: false,
    problem: `--family ${family}: there is no such family; ${nearName(family.toLowerCase(), families)}`,
  };
}

/** A type or a pattern, with or without com.oraclecloud. */
function ofType(text: string): Result<Selected> {
  const lower = text.toLowerCase();
  const type = lower.startsWith(PREFIX) || lower.startsWith("*") ? lower : PREFIX + lower;
  const [wrong] = conditionProblems({ eventType: type });
  if (wrong !== undefined) return { ok: false, problem: `--type ${wrong.problem}` };
  if (type.startsWith(MONITORING)) return { ok: false, problem: `--type ${text}: ${ALARMS}` };
  const isKnown = documentedTypes(documented).some((each) => matches(type, each));
  const notes = isKnown ? [] : [`--type names ${typeAdvice(type, () => typeIndexOf(documented))}`];
  return { ok: true, value: { eventTypes: [type], notes } };
}

function isAwaitingEnd(type: string): boolean {
  return !type.includes("*") && entryOf(type).awaitsEnd;
}

function isNamed(type: string, conditions: readonly Condition[]): boolean {
  return conditions.some((condition) => isNaming(condition, type));
}

function beginNote(type: string): string {
  return `${type}: the relay ignores it, because its .end will come; ask for that, or name this one in a route`;
}
