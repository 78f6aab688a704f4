import documented from "../../handlers/event-types.json" with { type: "json" };
import { type Condition, eventTypesOf, matches } from "../../src/condition.ts";
import { documentedTypes } from "../../src/documented.ts";
import type { Walk } from "./check.ts";

/** How many of the documented event types that a rule brings, and how many of them some route of the function wants. */
export function wantedTypes(condition: Condition, { fn }: Walk): { brought: number; wanted: number } {
  const brought = documentedTypes(documented).filter((type) => isOfType(condition, type));
  const routes = fn?.relay.ok ? fn.relay.relay.routes : [];
  const wanted = brought.filter((type) => routes.some(({ match }) => isOfType(match, type)));
  return { brought: brought.length, wanted: wanted.length };
}

/** By its type alone: what else a condition asks for, an event may have. */
export function isOfType(condition: Condition, type: string): boolean {
  const types = eventTypesOf(condition);
  return types.length === 0 || matches(types, type);
}
