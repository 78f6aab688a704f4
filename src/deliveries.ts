import type { Destination } from "./deliver/destination.ts";
import { deliverLane, MAX_LANE_SOCKETS } from "./deliver/lane.ts";
import type { Tries, TryRecord, World } from "./deliver/retry.ts";
import type { Notification } from "./notification.ts";
import { type Delivery, INTERNAL_ERROR } from "./outcome.ts";
import { inParallel } from "./parallel.ts";
import type { Plan, Wanted } from "./plan.ts";

/** What became of one message at one destination. */
export interface Result {
  delivery: Delivery;
  tries: readonly TryRecord[];
  /** Since the deliveries began. */
  ms: number;
  /** The object that keeps it, once it does. */
  keptAs?: string;
}

/** By the place of the message in the input, then by destination. */
export type Results = readonly Map<string, Result>[];

export interface DeliveryContext {
  destinations: ReadonlyMap<string, Destination>;
  normalise: (plan: Wanted) => Notification;
  /** Has the destination had this message before? */
  isDelivered: (destination: Destination, place: number, plan: Wanted) => boolean;
  /** Epoch milliseconds. */
  deadlineMs: number;
  world: World;
  bug: (error: unknown) => void;
}

/** Every wanted message to each of its destinations: the destinations at the same time, each with its share of the sockets. */
export async function deliverAll(plans: readonly Plan[], context: DeliveryContext): Promise<Results> {
  const results = plans.map(() => new Map<string, Result>());
  const lanes = lanesOf(plans);
  const sockets = Math.max(1, Math.floor(MAX_LANE_SOCKETS / Math.max(1, lanes.size)));
  await inParallel(lanes, MAX_LANE_SOCKETS, ([name, places]) => {
    const destination = context.destinations.get(name);
    if (destination === undefined) throw new Error("a route names a destination that is not configured");
    return deliverTo(destination, places, { ...context, plans, results, sockets });
  });
  return results;
}

/** What becomes of messages that may not be delivered now. */
export function refuseAll(plans: readonly Plan[], problem: string): Results {
  return plans.map((plan) => {
    const names = plan.fate === "wanted" ? [...plan.destinations] : [];
    const refused = (destination: string): Result => ({
      delivery: { destination, outcome: "failed", attempts: 0, problem },
      tries: [],
      ms: 0,
    });
    return new Map(names.map((name) => [name, refused(name)]));
  });
}

/** Destination -> places of the messages that it is to have. */
function lanesOf(plans: readonly Plan[]): Map<string, number[]> {
  const lanes = new Map<string, number[]>();
  plans.forEach((plan, place) => {
    if (plan.fate !== "wanted") return;
    for (const name of plan.destinations) {
      const lane = lanes.get(name);
      if (lane === undefined) lanes.set(name, [place]);
      else lane.push(place);
    }
  });
  return lanes;
}

async function deliverTo(
  destination: Destination,
  places: readonly number[],
  context: DeliveryContext & { plans: readonly Plan[]; results: Results; sockets: number },
): Promise<void> {
  const { plans, results, world, deadlineMs, sockets, bug } = context;
  const { name } = destination;
  const startedMs = world.now();
  const tell = (place: number, delivery: Omit<Delivery, "destination">, tries: readonly TryRecord[] = []) =>
    results[place]?.set(name, { delivery: { destination: name, ...delivery }, tries, ms: world.now() - startedMs });

  /** Places in the order in which their notifications are sent. */
  const sent: number[] = [];
  /** The same message once more in the same batch: it shares the fate of the first. */
  const repeats: { place: number; first: number }[] = [];
  function* notifications(): Iterable<Notification> {
    const firsts = new Map<string, number>();
    for (const place of places) {
      const plan = plans[place] as Wanted;
      const first = firsts.get(plan.identity);
      if (first !== undefined) {
        repeats.push({ place, first });
        continue;
      }
      firsts.set(plan.identity, place);
      if (context.isDelivered(destination, place, plan)) {
        tell(place, { outcome: "duplicate", attempts: 0 });
        continue;
      }
      if (world.now() >= deadlineMs) {
        tell(place, { outcome: "failed", attempts: 0, problem: "no time left before the deadline" });
        continue;
      }
      let notification: Notification;
      try {
        notification = context.normalise(plan);
      } catch (error) {
        bug(error);
        tell(place, { outcome: "failed", attempts: 0, problem: INTERNAL_ERROR });
        continue;
      }
      sent.push(place);
      yield notification;
    }
  }

  const done = (first: number, count: number, tries: Tries) => {
    const delivery = deliveryOf(tries);
    for (const place of sent.slice(first, first + count)) tell(place, delivery, tries.failed);
  };
  await deliverLane(destination, notifications(), { sockets, deadlineMs, world, done, bug });
  for (const { place, first } of repeats) {
    const result = results[first]?.get(name);
    if (result === undefined) continue;
    const { destination: _, ...delivery } = result.delivery;
    tell(place, delivery.outcome === "delivered" ? { outcome: "duplicate", attempts: 0 } : delivery, result.tries);
  }
}

function deliveryOf({ attempts, last, why }: Tries): Omit<Delivery, "destination"> {
  if (why === undefined && last?.verdict === "done") return { outcome: "delivered", attempts, status: last.status };
  const problem = last !== undefined && last.verdict !== "done" ? `${last.problem}; ${why}` : (why ?? INTERNAL_ERROR);
  return { outcome: "failed", attempts, ...(last?.status !== undefined && { status: last.status }), problem };
}
