import { namedEventTypes } from "./condition.ts";
import type { Route } from "./route.ts";

/**
 * One line for each event type that a route names and Oracle's list does not hold. No more than a warning: the list is
 * known to be incomplete.
 */
export async function undocumentedTypes(routes: readonly Route[]): Promise<string[]> {
  const named = new Set(routes.flatMap((route) => namedEventTypes(route.match)));
  if (named.size === 0) return [];
  const { default: documented } = await import("../handlers/event-types.json", { with: { type: "json" } });
  return [...named]
    .filter((type) => !isDocumented(type, documented))
    .map(
      (type) =>
        `a route names ${type}, which is not among the documented event types: if OCI never sends it, the route stays silent`,
    );
}

function isDocumented(type: string, documented: Readonly<Record<string, string>>): boolean {
  const [service = "", ...operation] = type.split(".").slice(2);
  const operations = Object.hasOwn(documented, service) ? documented[service] : undefined;
  return operations?.split(" ").includes(operation.join(".")) ?? false;
}
