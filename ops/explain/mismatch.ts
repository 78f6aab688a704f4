import { matches } from "../../src/condition.ts";
import { isRecord } from "../../src/problem.ts";

/** The first field of a condition that an event does not match. */
export interface Mismatch {
  path: readonly string[];
  /** What the condition has there. */
  wants: unknown;
  /**
   * `absent`: the event has no such field; `null`: it has null there; `nesting`: one of the two has fields inside there, the
   * other none; `value`: it has another value.
   */
  kind: "absent" | "null" | "nesting" | "value";
  /** What the event has there; undefined where the field is absent. */
  has: unknown;
}

/**
 * Undefined exactly where `matches` of src/condition.ts is true: this only walks down where a condition and an event both have
 * fields inside, as `matches` does, and asks it about everything else.
 */
export function mismatch(filter: unknown, value: unknown, path: readonly string[] = []): Mismatch | undefined {
  if (Array.isArray(filter) && filter.length === 1) return mismatch(filter[0], value, path);
  if (!isRecord(filter) || !isRecord(value)) {
    return matches(filter, value) ? undefined : { path, wants: filter, kind: kindOf(filter, value), has: value };
  }
  for (const key of Object.keys(filter)) {
    const at = [...path, key];
    if (!Object.hasOwn(value, key)) return { path: at, wants: filter[key], kind: "absent", has: undefined };
    const found = mismatch(filter[key], value[key], at);
    if (found !== undefined) return found;
  }
  return undefined;
}

function kindOf(filter: unknown, value: unknown): Mismatch["kind"] {
  if (value === null) return "null";
  return isRecord(value) || isRecord(filter) ? "nesting" : "value";
}
