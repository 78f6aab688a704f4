import { eventTypesOf } from "../condition.ts";
import { isEventType } from "../envelope.ts";
import { isRecord, shown } from "../problem.ts";

/** What is wrong with a condition that somebody wrote; `at` is the path inside it, such as `.data.resourceName[1]`. */
export interface ConditionProblem {
  at: string;
  problem: string;
}

/** Every problem of a condition; none if it is sound. */
export function conditionProblems(condition: unknown): ConditionProblem[] {
  if (!isRecord(condition)) {
    const problem = `expected a rule condition, a JSON object ({} matches every event), got ${shown(condition)}`;
    return [{ at: "", problem }];
  }
  return [...filterProblems(condition, ""), ...eventTypesOf(condition).flatMap(eventTypeProblems)];
}

// Who writes an object there knows the operators of another cloud.
const HINT = "; * in a string stands for any characters";

function eventTypeProblems(type: unknown): ConditionProblem[] {
  const at = ".eventType";
  // Told already, like every null.
  if (type === null) return [];
  if (typeof type !== "string")
    return [
      { at, problem: `expected a string or an array of strings, got ${shown(type)}${isRecord(type) ? HINT : ""}` },
    ];
  const lower = type.toLowerCase();
  // OCI's types are, and a rule in another case never fires, which nobody would see.
  if (isEventTypePattern(lower))
    return lower === type ? [] : [{ at, problem: `${shown(type)} is not lower case; write "${lower}"` }];
  const form = "com.oraclecloud.<service>.<operation>[.<phase>], lower case, * as wildcard";
  return [{ at, problem: `${shown(type)} is malformed; expected ${form}` }];
}

function filterProblems(filter: unknown, at: string): ConditionProblem[] {
  if (filter === null)
    return [{ at, problem: 'null is not documented as a filter value; leave the field out or use "*"' }];
  if (Array.isArray(filter)) {
    if (filter.length === 0) return [{ at, problem: "an empty array matches nothing; leave the field out" }];
    return filter.flatMap((item, index) => filterProblems(item, `${at}[${index}]`));
  }
  if (!isRecord(filter)) return [];
  return Object.keys(filter).flatMap((key) => {
    if (key.includes("*")) return [{ at, problem: `the key ${shown(key)} holds *, which OCI takes in values only` }];
    return filterProblems(filter[key], `${at}.${key}`);
  });
}

function isEventTypePattern(pattern: string): boolean {
  if (!pattern.includes("*")) return isEventType(pattern);
  const stem = pattern.slice(0, pattern.indexOf("*"));
  const prefix = "com.oraclecloud.";
  return /^[a-z0-9.*_-]+$/.test(pattern) && (prefix.startsWith(stem) || stem.startsWith(prefix));
}
