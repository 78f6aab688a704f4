import { type Condition, isByNameOnly, matches, namedEventTypes } from "./condition.ts";
import type { OciEvent } from "./envelope.ts";

/** Condition -> names of destinations. */
export interface Route {
  match: Condition;
  to: readonly string[];
}

export interface Routed {
  /** Names of destinations, each once. */
  destinations: ReadonlySet<string>;
  /** A matching route names the event's type literally: its owner wants this very type, `.begin` or not. */
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
      isNamed ||= namedEventTypes(route.match).includes(event.eventType);
    }
    return { destinations, isNamed };
  };
}
