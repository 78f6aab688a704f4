import type { Outcome } from "../../src/outcome.ts";
import { isRecord } from "../../src/problem.ts";
import { printable } from "../terminal.ts";
import { clockTime } from "./clock-time.ts";
import { outcomeText } from "./reply-text.ts";

/** What became of a call by the fn command, by the line that the relay logs last; undefined for any other line. */
export function fnOutcomeText(line: string): string | undefined {
  if (!line.startsWith('{"level"') && !line.includes('"msg":"outcome"')) return undefined;
  let entry: unknown;
  try {
    entry = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (!isRecord(entry) || entry.msg !== "outcome") return undefined;
  const what = isRecord(entry.counts)
    ? `a batch, ${JSON.stringify(entry.counts)}`
    : String(entry.eventType ?? "no event");
  return `${clockTime()}  fn invoke: ${printable(what)}  ${outcomeText(entry.outcome as Outcome)} in ${Math.round(Number(entry.ms))} ms`;
}
