import type { Result, Results } from "./deliveries.ts";
import type { Log } from "./log.ts";
import type { Counts } from "./outcome.ts";
import type { Plan } from "./plan.ts";
import { echo } from "./reply.ts";

/** The platform keeps 1 MiB of log a call. */
const MAX_LINES = 100;

/**
 * A line for each delivery; of a batch a line for each destination, and for the first hundred messages that were not delivered
 * or not accepted.
 */
export function report(
  { plans, results, isBatch, callID }: { plans: readonly Plan[]; results: Results; isBatch: boolean; callID: string },
  log: Log,
): void {
  let lines = 0;
  /** Messages that went together were tried together. */
  const told = new Set<Result["tries"]>();
  const totals = new Map<string, { counts: Counts; attempts: number; ms: number }>();
  plans.forEach((plan, index) => {
    if (plan.fate === "rejected" && isBatch && lines++ < MAX_LINES)
      log.rejected(callID, { index, problem: plan.problem });
    if (plan.fate !== "wanted") return;
    const ids = { callID, eventID: echo(plan.event.eventID) };
    for (const [name, result] of results[index] ?? []) {
      const { delivery, ms, keptAs } = result;
      const kept = keptAs === undefined ? {} : { keptAs };
      if (!isBatch) log.delivery(ids, { ...delivery, ...kept, ms });
      else {
        if (isUndelivered(result) && lines++ < MAX_LINES) log.delivery(ids, { index, ...delivery, ...kept, ms });
        const total = totals.get(name) ?? { counts: {}, attempts: 0, ms: 0 };
        total.counts[delivery.outcome] = (total.counts[delivery.outcome] ?? 0) + 1;
        const attempts = told.has(result.tries) ? 0 : delivery.attempts;
        told.add(result.tries);
        totals.set(name, { ...total, attempts: total.attempts + attempts, ms: Math.max(total.ms, ms) });
      }
    }
  });
  for (const [destination, total] of totals) log.lane(callID, { destination, ...total });
}

function isUndelivered({ delivery }: Result): boolean {
  return delivery.outcome === "failed" || delivery.outcome === "dead-lettered";
}
