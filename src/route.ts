import { type Condition, eventTypesOf, isByNameOnly, matches, namedEventTypes } from "./condition.ts";
import type { OciEvent } from "./envelope.ts";

/** Condition -> names of destinations. */
export interface Route {
  match: Condition;
  to: readonly string[];
}

export interface Routed {
  /** Names of destinations, each once. */
  destinations: ReadonlySet<string>;
  /** A matching route names the event's type, or by a pattern its `.begin`: its owner wants this very type. */
  isNamed: boolean;
}

/** Every matching route applies. Routes by name stand in one Map, so their number costs an event nothing. */
export function createRouter(routes: readonly Route[]): (event: OciEvent) => Routed {
  const byName = new Map<string, Route[]>();
  const open: Route[] = [];
  for (const route of routes) {
    if (!isByNameOnly(route.match)) open.push(route);
    else
      for (const type of new Set(namedEventTypes(route.match))) byName.set(type, [...(byName.get(type) ?? []), route]);
  }
  return (event) => {
    const destinations = new Set<string>();
    let isNamed = false;
    for (const route of byName.get(event.eventType)?.concat(open) ?? open) {
      if (!matches(route.match, event.raw)) continue;
      for (const destination of route.to) destinations.add(destination);
      isNamed ||= isNaming(route.match, event.eventType);
    }
    return { destinations, isNamed };
  };
}

/** True if the condition names the event type itself, or by a pattern its `.begin`. */
export function isNaming(match: Condition, eventType: string): boolean {
  return eventTypesOf(match).some(
    (type) => type === eventType || (typeof type === "string" && type.endsWith(BEGIN) && matches(type, eventType)),
  );
}

/** Whoever writes com.oraclecloud.blockvolumes.*.begin can mean nothing else. */
const BEGIN = ".begin";
