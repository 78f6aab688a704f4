import { parseJson } from "../../src/json.ts";
import { isRecord, shown } from "../../src/problem.ts";

/**
 * Why a text is no condition of a rule; undefined if it is one. Whether it can ever match is another matter: OCI takes
 * conditions that never fire.
 * @see https://docs.oracle.com/en-us/iaas/Content/Events/Concepts/filterevents.htm
 */
export function conditionProblem(text: string): string | undefined {
  const read = parseJson(text);
  if (!read.ok) return `a text that holds a JSON object is expected, {} for all events, and this is ${read.problem}`;
  const condition = read.value;
  if (!isRecord(condition)) return `a JSON object is expected, {} for all events, and this is ${shown(condition)}`;
  return objectProblem(condition, "");
}

function objectProblem(filter: Record<string, unknown>, path: string): string | undefined {
  for (const [name, value] of Object.entries(filter)) {
    const at = path === "" ? name : `${path}.${name}`;
    const problem = at === "eventType" ? eventTypeProblem(value) : filterProblem(value, at);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function eventTypeProblem(value: unknown): string | undefined {
  const wrong = [value].flat(1).find((type) => typeof type !== "string");
  return wrong === undefined
    ? undefined
    : `eventType: a string or an array of strings is expected, got ${shown(wrong)}`;
}

/** Numbers and booleans are compared, says the documentation of 2019. null and arrays in arrays have no documented meaning. */
function filterProblem(value: unknown, at: string): string | undefined {
  if (value === null) return `${at}: null has no documented meaning; leave the field out, or name a value`;
  if (isRecord(value)) return objectProblem(value, at);
  if (!Array.isArray(value)) return undefined;
  for (const item of value) {
    if (Array.isArray(item)) return `${at}: an array in an array has no documented meaning; list the values in one`;
    const problem = filterProblem(item, at);
    if (problem !== undefined) return problem;
  }
  return undefined;
}
