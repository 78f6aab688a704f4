import { classify } from "../../src/classify.ts";
import { parseEvent } from "../../src/envelope.ts";
import type { Result } from "../../src/problem.ts";

/** The one event that bytes hold; anything else, a batch or an alarm, never comes over the bus. */
export function readEvent(bytes: Uint8Array): Result<Record<string, unknown>> {
  const { isBatch, items } = classify(bytes);
  if (isBatch) return { ok: false, problem: `a batch of ${items.length} is not what comes over the bus. ${ELSEWHERE}` };
  const [item] = items;
  if (item === undefined) return { ok: false, problem: "there is nothing in it" };
  if (item.shape === "unreadable") return { ok: false, problem: item.problem };
  if (item.shape !== "event")
    return { ok: false, problem: `this is of the kind ${item.shape}, no event. ${ELSEWHERE}` };
  const parsed = parseEvent(item.value);
  return parsed.ok ? { ok: true, value: item.value } : { ok: false, problem: `no event: ${parsed.problem}` };
}

const ELSEWHERE = "Only events can be emitted; give everything else to the function itself: npm run invoke -- <file>";
