import { isRecord, shown } from "../problem.ts";
import { suggestedField } from "./field-name.ts";
import { ENVELOPE, type Shape } from "./shape-of-event.ts";

/** One line for each part of a condition that asks for what no event has, each beginning with what it asks for. */
export function fieldAdvice(condition: unknown): string[] {
  return [...new Set(adviceFor(condition, ENVELOPE, []))];
}

function adviceFor(filter: unknown, shape: Shape, path: readonly string[]): string[] {
  if (shape === "anything") return [];
  if (Array.isArray(filter)) return filter.flatMap((each) => adviceFor(each, shape, path));
  if (!isRecord(filter)) return shape === "text" || filter === "*" || filter === null ? [] : [textAdvice(path)];
  if (shape === "text") return [operatorAdvice(filter, path)];
  return Object.keys(filter).flatMap((key) => {
    const at = [...path, key];
    const below = Object.hasOwn(shape.fields, key) ? shape.fields[key] : shape.others;
    return below === undefined ? [unknownAdvice(at)] : adviceFor(filter[key], below, at);
  });
}

function unknownAdvice(path: readonly string[]): string {
  const suggested = suggestedField(path);
  if (path.join(".") === "data.freeFormTags") {
    return "the field data.freeFormTags, which no event has had since 2019: did you mean data.freeformTags?";
  }
  const place = path.length === 1 ? "at its top level" : `in ${shownPath(path.slice(0, -1))}`;
  const home = path.length === 1 ? "data" : "data.additionalDetails";
  const advice = suggested === undefined ? `what its service adds stands under ${home}` : `did you mean ${suggested}?`;
  return `the field ${shownPath(path)}, which no event is known to have ${place}: ${advice}`;
}

function textAdvice(path: readonly string[]): string {
  const inside =
    path[1] === "definedTags" ? "data.definedTags.<namespace>.<key>" : `a field inside of ${shownPath(path)}`;
  return `a text in ${shownPath(path)}, which is an object in every event, so it never matches: name ${inside}`;
}

function operatorAdvice(filter: Record<string, unknown>, path: readonly string[]): string {
  const [operator = "", value] = Object.entries(filter)[0] ?? [];
  const instead = insteadOf(operator, [value].flat(1)[0]);
  const advice =
    instead === undefined
      ? "write a text there, in which * stands for any characters, or an array of such texts"
      : `OCI has no operator ${shown(operator)}; ${instead}`;
  return `an object in ${shownPath(path)}, which is a text in every event, so it never matches: ${advice}`;
}

/** Amazon EventBridge's operators, of which OCI knows none: what says the same here. */
function insteadOf(operator: string, value: unknown): string | undefined {
  const text = typeof value === "string" ? value : "…";
  switch (operator) {
    case "prefix":
      return `write ${shown(`${text}*`)}`;
    case "suffix":
      return `write ${shown(`*${text}`)}`;
    case "wildcard":
    case "equals-ignore-case":
      return `write ${shown(text)}`;
    case "exists":
      return value === false ? "that a field is missing cannot be asked for" : 'write "*"';
    case "anything-but":
    case "numeric":
    case "cidr":
    case "$or":
      return "list what shall match";
    default:
      return undefined;
  }
}

function shownPath(path: readonly string[]): string {
  const isPlain = path.every((key) => /^[\w-]{1,60}$/.test(key));
  return isPlain ? path.join(".") : path.map((key) => shown(key)).join(".");
}
