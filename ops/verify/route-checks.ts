import documented from "../../handlers/event-types.json" with { type: "json" };
import { eventTypesOf, matches } from "../../src/condition.ts";
import { documentedTypes } from "../../src/documented.ts";
import type { Actual } from "../provision/kind.ts";
import { isIdentityType } from "../rule/identity-types.ts";
import { type Check, type Walk, warning } from "./check.ts";
import { activeRulesOf, conditionOf } from "./rule-checks.ts";
import { isOfType } from "./wanted-types.ts";

const SHOWN = 3;

/**
 * Does some rule bring what the routes name? A pattern takes of what comes, so one event type of its own is enough; a route
 * that names none takes whatever there is.
 */
export function routeChecks(walk: Walk): Check[] {
  const { fn, refused, commands } = walk;
  const active = activeRulesOf(walk);
  // Without any rule that is told already.
  if (!fn?.relay.ok || refused.has("rule") || active.length === 0) return [];
  const named = fn.relay.relay.routes.flatMap(({ match }) => eventTypesOf(match));
  const types = [...new Set(named)].filter((type) => typeof type === "string");
  const missing = types.filter(
    (type) => !fitting(type).some((each) => active.some((rule) => brings(rule, each, walk))),
  );
  if (missing.length === 0) return [];
  const some = missing.slice(0, SHOWN).join(", ");
  const more = missing.length > SHOWN ? ` and ${missing.length - SHOWN} more` : "";
  const fix = `${commands.apply}, or npm run relay -- rule, makes rules for them; what a topic or Connector Hub brings needs none`;
  return [warning("routes", `they want ${some}${more}, and no active rule that calls the function brings that`, fix)];
}

function fitting(type: string): string[] {
  const all = type.includes("*") ? documentedTypes(documented).filter((each) => matches(type, each)) : [];
  return all.length > 0 ? all : [type];
}

function brings(rule: Actual, type: string, { place }: Walk): boolean {
  const condition = conditionOf(rule);
  if (condition === undefined || !isOfType(condition, type)) return false;
  if (!isIdentityType(type)) return true;
  return rule.attributes.compartmentId === place.tenancyId && place.region === place.homeRegion;
}
