import { dayOf } from "./day.ts";
import type { Deadlines } from "./deadline.ts";
import type { Destination } from "./deliver/destination.ts";
import type { RetryContext } from "./deliver/retry.ts";
import type { WarmRecord } from "./deliver/warm-record.ts";
import type { Results } from "./deliveries.ts";
import type { Plan, Wanted } from "./plan.ts";
import type { Claim, createClaims } from "./store/claims.ts";
import type { Delivered } from "./store/marker.ts";

/** How repeats are known: within this container always, among containers where a bucket is configured. */
export interface Dedupe {
  warm: WarmRecord;
  claim: ReturnType<typeof createClaims> | undefined;
  destinations: ReadonlyMap<string, Destination>;
}

/** What an invocation may deliver. */
export interface Right {
  isDelivered: (destination: Destination, place: number, plan: Wanted) => boolean;
  /** Records what was delivered; undefined, or why that could not be done. */
  finish: (results: Results, context: RetryContext) => Promise<string | undefined>;
  /** Why repeats may go unseen. */
  problem: string | undefined;
  /** Why nothing may be delivered: somebody else is at it. */
  busy: string | undefined;
}

export interface RightRequest {
  plans: readonly Plan[];
  isBatch: boolean;
  sha256: string;
  deadlines: Deadlines;
}

export async function claimFor(request: RightRequest, dedupe: Dedupe, context: RetryContext): Promise<Right> {
  const { plans, deadlines } = request;
  const isWarm = (name: string, plan: Wanted) => dedupe.warm.has(name, plan.identity);
  const wanted = plans.filter((plan) => plan.fate === "wanted");
  // A repeat of what this very container has delivered costs no request.
  const isNew = wanted.some((plan) => [...plan.destinations].some((name) => !isWarm(name, plan)));
  const key = isNew ? keyOf(request, wanted) : undefined;
  const claim: Claim | undefined =
    key === undefined
      ? undefined
      : await dedupe.claim?.({ key, untilMs: deadlines.endMs, isDone: isDone(plans, dedupe.destinations) }, context);
  const before = claim?.state === "owned" || claim?.state === "done" ? claim.delivered : undefined;
  return {
    isDelivered: (destination, place, plan) =>
      before?.get(nameOf(destination))?.has(place) === true || isWarm(destination.name, plan),
    async finish(results, finishing) {
      remember(plans, results, dedupe.warm);
      if (claim?.state !== "owned" && claim?.state !== "unavailable") return undefined;
      const problem = await claim.finish(deliveredIn(results, dedupe.destinations, before), finishing);
      return problem === undefined
        ? undefined
        : `the dedupe record was not written, so a repeat may be delivered: ${problem}`;
    },
    busy: claim?.state === "busy" ? claim.problem : undefined,
    problem: claim?.state === "unavailable" ? `tried without the dedupe record: ${claim.problem}` : undefined,
  };
}

/** One marker an event, under its day; one for a batch, by the hash of its body; none where nothing is to be delivered. */
function keyOf({ isBatch, sha256 }: RightRequest, [first]: readonly Wanted[]): string | undefined {
  if (isBatch || first === undefined) return isBatch ? `batch/${sha256}` : undefined;
  return `${dayOf(first.event.eventTime) ?? "undated"}/${first.identity}`;
}

/** A destination that has moved is another one, and relays that share a bucket do not mix theirs up. */
function nameOf({ name, identity }: Destination): string {
  return `${name} ${identity}`;
}

function isDone(plans: readonly Plan[], destinations: ReadonlyMap<string, Destination>) {
  return (delivered: Delivered): boolean =>
    plans.every(
      (plan, place) =>
        plan.fate !== "wanted" ||
        [...plan.destinations].every((name) => {
          const destination = destinations.get(name);
          return destination !== undefined && delivered.get(nameOf(destination))?.has(place) === true;
        }),
    );
}

function deliveredIn(
  results: Results,
  destinations: ReadonlyMap<string, Destination>,
  before: Delivered | undefined,
): Delivered {
  const delivered = new Map([...(before ?? [])].map(([name, places]) => [name, new Set(places)]));
  results.forEach((byDestination, place) => {
    for (const [name, { delivery }] of byDestination) {
      const destination = destinations.get(name);
      if (destination === undefined || !isWithTheReceiver(delivery.outcome)) continue;
      const places = delivered.get(nameOf(destination)) ?? new Set();
      delivered.set(nameOf(destination), places.add(place));
    }
  });
  return delivered;
}

function remember(plans: readonly Plan[], results: Results, warm: WarmRecord): void {
  results.forEach((byDestination, place) => {
    const plan = plans[place];
    if (plan?.fate !== "wanted") return;
    for (const [name, { delivery }] of byDestination) {
      if (isWithTheReceiver(delivery.outcome)) warm.add(name, plan.identity);
    }
  });
}

function isWithTheReceiver(outcome: string): boolean {
  return outcome === "delivered" || outcome === "duplicate";
}
