import { eventTypesOf, matches } from "../condition.ts";
import { type DocumentedTypes, documentedTypes, isDocumented } from "../documented.ts";
import type { Route } from "../route.ts";
import { typeAdvice } from "../suggest/advice.ts";
import { fieldAdvice } from "../suggest/fields.ts";
import { type TypeIndex, typeIndexOf } from "../suggest/type-index.ts";

/**
 * One line for each thing in a route that will hardly ever match: an event type that Oracle's list does not hold or a pattern that
 * none of the list fits, with the nearest that there are; a field that no event has. No more than a warning: the list is known to
 * be incomplete, and events may get new fields.
 *
 * @param maxSuggestions so many types get suggestions, for each takes milliseconds; of all others is said that they are unknown
 */
export async function unlikelyRoutes(
  routes: readonly Route[],
  maxSuggestions = Number.POSITIVE_INFINITY,
): Promise<string[]> {
  const fields = new Set(routes.flatMap((route) => fieldAdvice(route.match)));
  const types = new Set(
    routes.flatMap((route) => eventTypesOf(route.match).filter((type) => typeof type === "string")),
  );
  return [
    ...[...fields].map((advice) => `a route asks for ${advice}`),
    ...(await unlikelyTypes(types, maxSuggestions)),
  ];
}

async function unlikelyTypes(types: ReadonlySet<string>, maxSuggestions: number): Promise<string[]> {
  if ([...types].every((type) => type === "*")) return [];
  const { default: documented } = await import("../../handlers/event-types.json", { with: { type: "json" } });
  const unknown = [...types].filter((type) => !isKnown(type, documented));
  const index = indexOnce(documented);
  let searches = 0;
  return unknown.map((type) => {
    const advice = typeAdvice(type, () => (searches++ < maxSuggestions ? index() : undefined));
    return `a route names ${advice}`;
  });
}

/** It takes longer than all else, and what is known to be wrong needs none. */
function indexOnce(documented: DocumentedTypes): () => TypeIndex {
  let index: TypeIndex | undefined;
  return () => {
    index ??= typeIndexOf(documented);
    return index;
  };
}

function isKnown(type: string, documented: DocumentedTypes): boolean {
  if (!type.includes("*")) return isDocumented(type, documented);
  return documentedTypes(documented).some((each) => matches(type, each));
}
