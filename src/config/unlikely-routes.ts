import { namedEventTypes } from "../condition.ts";
import type { Route } from "../route.ts";

// Fields of an envelope, as captured from 2019 to 2026.
const ENVELOPE_FIELDS = [
  ...["eventType", "cloudEventsVersion", "eventTypeVersion", "source", "eventTime", "contentType", "eventID"],
  ...["schemaURL", "extensions", "data"],
];

/**
 * One line for each thing in a route that will hardly ever match: an event type that Oracle's list does not hold, a field that
 * no event has. No more than a warning: the list is known to be incomplete, and events may get new fields.
 */
export async function unlikelyRoutes(routes: readonly Route[]): Promise<string[]> {
  const fields = new Set(routes.flatMap((route) => Object.keys(route.match)));
  const unknownFields = [...fields]
    .filter((field) => !ENVELOPE_FIELDS.includes(field))
    .map((field) => `a route asks for the field ${field}, which no event is known to have at its top level`);
  return [...unknownFields, ...(await undocumentedTypes(routes))];
}

async function undocumentedTypes(routes: readonly Route[]): Promise<string[]> {
  const named = new Set(routes.flatMap((route) => namedEventTypes(route.match)));
  if (named.size === 0) return [];
  const { default: documented } = await import("../../handlers/event-types.json", { with: { type: "json" } });
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
