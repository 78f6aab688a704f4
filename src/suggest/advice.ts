import { knownMistake, readAdvice } from "./known-mistakes.ts";
import { nearestTypes } from "./nearest.ts";
import { nearestPatterns } from "./nearest-pattern.ts";
import type { TypeIndex } from "./type-index.ts";

/**
 * What to do about an event type that is not documented, or a pattern that nothing documented fits: a clause that begins with it.
 * @param indexed what to search for suggestions; undefined for none
 */
export function typeAdvice(type: string, indexed: () => TypeIndex | undefined): string {
  const isPattern = type.includes("*");
  const shown = isPattern ? `the pattern ${type}` : type;
  const known = knownMistake(type);
  if (known !== undefined) return `${shown}, ${known}`;
  const problem = isPattern ? "which no type that OCI documents fits" : "which OCI does not document";
  const index = indexed();
  if (index === undefined)
    return `${shown}, ${problem}, so it may never match; npm run relay -- types tells what there is`;
  const near = isPattern ? nearestPatterns(type, index) : nearestTypes(type, index);
  const read = near.length === 0 ? readAdvice(type, index.services) : undefined;
  if (read !== undefined) return `${shown}, ${read}`;
  return `${shown}, ${problem}, so it may never match${question(near)}`;
}

function question(near: readonly string[]): string {
  const last = near.at(-1);
  if (last === undefined)
    return ', and nothing documented is near to it: look it up under "Services that Produce Events" in Oracle\'s documentation';
  return `: did you mean ${near.length === 1 ? last : `${near.slice(0, -1).join(", ")} or ${last}`}?`;
}
