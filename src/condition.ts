import { isRecord } from "./problem.ts";

/**
 * A condition of an OCI Events rule: JSON that filters events, `{}` for all of them.
 *
 * { "eventType": ["com.oraclecloud.objectstorage.*bucket"], "data": { "compartmentName": "prod" } }
 *
 * @see https://docs.oracle.com/en-us/iaas/Content/Events/Concepts/filterevents.htm
 */
export type Condition = Readonly<Record<string, unknown>>;

/**
 * The documented semantics: every named field must be there with the same nesting and match (AND), an array is OR, `*`
 * in a value stands for any characters, a lone `*` for anything but null. Compares case-sensitively.
 */
export function matches(filter: unknown, value: unknown): boolean {
  if (Array.isArray(filter)) return filter.some((item) => matches(item, value));
  if (isRecord(filter)) {
    return (
      isRecord(value) &&
      Object.keys(filter).every((key) => Object.hasOwn(value, key) && matches(filter[key], value[key]))
    );
  }
  if (filter === "*") return value !== null;
  if (Array.isArray(value)) return value.some((item) => matches(filter, item));
  return matchesScalar(filter, value);
}

function matchesScalar(filter: unknown, value: unknown): boolean {
  if (filter === null || value === null || typeof value === "object") return false;
  const [wanted, came] = [String(filter), String(value)];
  if (typeof filter === "string" && filter.includes("*")) return matchesGlob(wanted, came);
  if (typeof filter === "boolean" || typeof value === "boolean") return wanted.toLowerCase() === came.toLowerCase();
  return wanted === came || (isNumber(wanted) && isNumber(came) && Number(wanted) === Number(came));
}

// 100, 100.0 and 1.0e2 are the same number to OCI, true is True (2019 documentation of the rule model). Not compared as
// numbers: what a double would round.
function isNumber(text: string): boolean {
  return /^-?\d{1,15}(\.\d{1,15})?(e[+-]?\d{1,2})?$/i.test(text);
}

/** Linear: each part of the pattern is looked for once, left to right. */
function matchesGlob(pattern: string, text: string): boolean {
  const parts = pattern.split("*");
  const first = parts.shift() ?? "";
  const last = parts.pop() ?? "";
  if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last)) return false;
  const end = text.length - last.length;
  let at = first.length;
  for (const part of parts) {
    const found = text.indexOf(part, at);
    if (found === -1 || found + part.length > end) return false;
    at = found + part.length;
  }
  return true;
}

/** The event types that a condition names literally, without a wildcard. */
export function namedEventTypes(condition: Condition): string[] {
  return eventTypesOf(condition).filter((type): type is string => typeof type === "string" && !type.includes("*"));
}

/** True if a condition can match no event but of the types that it names. */
export function isByNameOnly(condition: Condition): boolean {
  const types = eventTypesOf(condition);
  return types.length > 0 && types.length === namedEventTypes(condition).length;
}

/** What stands under `eventType`, one or several, whatever it is. */
export function eventTypesOf(condition: Condition): unknown[] {
  return Object.hasOwn(condition, "eventType") ? [condition.eventType].flat(1) : [];
}
