import { type Condition, literalEventTypes, matches } from "./condition.ts";
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

/** Every matching route applies. Routes with literal types stand in one Map, so their number costs an event nothing. */
export function createRouter(routes: readonly Route[]): (event: OciEvent) => Routed {
  const byType = new Map<string, Route[]>();
  const open: Route[] = [];
  for (const route of routes) {
    const types = literalEventTypes(route.match);
    if (types === undefined) open.push(route);
    else for (const type of new Set(types)) byType.set(type, [...(byType.get(type) ?? []), route]);
  }
  return (event) => {
    const named = (byType.get(event.eventType) ?? []).filter((route) => matches(route.match, event.raw));
    const others = open.filter((route) => matches(route.match, event.raw));
    return {
      destinations: new Set([...named, ...others].flatMap((route) => route.to)),
      isNamed: named.length > 0,
    };
  };
}
