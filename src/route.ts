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
    const candidates = [...(byName.get(event.eventType) ?? []), ...open];
    const matching = candidates.filter((route) => matches(route.match, event.raw));
    return {
      destinations: new Set(matching.flatMap((route) => route.to)),
      isNamed: matching.some((route) => namedEventTypes(route.match).includes(event.eventType)),
    };
  };
}
