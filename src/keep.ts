import type { Destination } from "./deliver/destination.ts";
import type { Results } from "./deliveries.ts";
import type { Notification } from "./notification.ts";
import type { Plan, Wanted } from "./plan.ts";
import type { Batch, DeadLetters } from "./store/dead-letters.ts";
import type { Undelivered } from "./store/letter.ts";

/**
 * Keeps what was not delivered and what was rejected. What is kept is told as dead-lettered in the results; what is not,
 * stays failed.
 * @returns why what was rejected could not be kept; without a bucket it never is, and that is no failure
 */
export async function keepAll(
  {
    plans,
    results,
    destinations,
  }: { plans: readonly Plan[]; results: Results; destinations: ReadonlyMap<string, Destination> },
  deadLetters: DeadLetters | undefined,
  { normalise, ...batch }: Omit<Batch, "normalise"> & { normalise: (plan: Wanted) => Notification },
): Promise<{ failure: string | undefined }> {
  if (deadLetters === undefined) return { failure: undefined };
  const context: Batch = { ...batch, normalise: ({ plan }) => orUndefined(() => normalise(plan)) };
  const rejected = plans.filter((plan) => plan.fate === "rejected");
  let failure: string | undefined;
  if (isSome(rejected)) {
    const kept = await deadLetters.keepRejected(rejected, context);
    if (!kept.ok) failure = kept.problem;
  }
  // One after the other: the letters of a batch take memory, which is all that a small function has little of.
  for (const destination of destinations.values()) {
    const undelivered = undeliveredTo(destination, plans, results);
    if (!isSome(undelivered)) continue;
    const kept = await deadLetters.keepUndelivered(undelivered, context);
    for (const { result } of undelivered) {
      if (kept.ok) {
        result.delivery.outcome = "dead-lettered";
        result.keptAs = kept.object;
      } else result.delivery.problem = `${result.delivery.problem}; and it could not be kept: ${kept.problem}`;
    }
  }
  return { failure };
}

function isSome<T>(items: readonly T[]): items is readonly [T, ...T[]] {
  return items.length > 0;
}

/** What makes an event impossible to normalise must not make it impossible to keep. */
function orUndefined(normalise: () => Notification): Notification | undefined {
  try {
    return normalise();
  } catch {
    return undefined;
  }
}

function undeliveredTo(destination: Destination, plans: readonly Plan[], results: Results) {
  return plans.flatMap((plan, place) => {
    const result = results[place]?.get(destination.name);
    if (plan.fate !== "wanted" || result === undefined || result.delivery.outcome !== "failed") return [];
    const { delivery, tries } = result;
    return [
      { plan, destination, tries, reason: delivery.problem ?? "", result } satisfies Undelivered & { result: unknown },
    ];
  });
}
