import { stringifyJson } from "../../src/json.ts";
import { fieldPath } from "./field-path.ts";
import type { Mismatch } from "./mismatch.ts";
import { mismatchHint } from "./mismatch-hint.ts";

const MAX_VALUE_CHARS = 120;
const MAX_CHOICES = 3;

/** "data.bucketName: the condition wants "a"; the event has no such field. It has one at data.additionalDetails.bucketName." */
export function mismatchText(found: Mismatch, event: Record<string, unknown>): string {
  const hint = mismatchHint(found, event);
  return `${fieldPath(found.path)}: the condition wants ${wanted(found.wants)}; the event has ${had(found)}${hint === undefined ? "" : `. ${hint}`}`;
}

function wanted(filter: unknown): string {
  if (!Array.isArray(filter)) return filter === "*" ? "anything but null" : valueText(filter);
  if (filter.length === 0) return "one of nothing";
  const named = filter.slice(0, MAX_CHOICES).map(valueText).join(", ");
  return `one of ${named}${filter.length > MAX_CHOICES ? ` and ${filter.length - MAX_CHOICES} more` : ""}`;
}

function had({ kind, has }: Mismatch): string {
  return kind === "absent" ? "no such field" : valueText(has);
}

function valueText(value: unknown): string {
  const text = stringifyJson(value);
  return text.length <= MAX_VALUE_CHARS ? text : `${text.slice(0, MAX_VALUE_CHARS).toWellFormed()}…`;
}
