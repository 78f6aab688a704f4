import { createConnections } from "../http/connections.ts";
import type { Notification } from "../notification.ts";
import { INTERNAL_ERROR } from "../outcome.ts";
import { inParallel } from "../parallel.ts";
import type { Destination } from "./destination.ts";
import { retrying, type Tries, type World } from "./retry.ts";

/** OCI allows a function 350 open files; what the lanes leave is for the stores. */
export const MAX_LANE_SOCKETS = 30;

/** A destination that has used up all tries for so many in a row, and accepted nothing meanwhile, is spared the rest. */
const MAX_FAILURES_IN_A_ROW = 32;

const NOT_TRIED: Tries = {
  attempts: 0,
  last: undefined,
  why: `not tried: it had failed ${MAX_FAILURES_IN_A_ROW} times in a row, all tries used up`,
  failed: [],
};

const BUG: Tries = { attempts: 0, last: undefined, why: INTERNAL_ERROR, failed: [] };

export interface LaneContext {
  sockets: number;
  /** Epoch milliseconds. */
  deadlineMs: number;
  world: World;
  /** Is told of each delivery, by the place of its first notification and their number. */
  done: (first: number, count: number, tries: Tries) => void;
  /** Is told of an exception: it must not end the invocation while others are still being delivered to. */
  bug: (error: unknown) => void;
}

/**
 * Delivers all that one destination is to have, some at the same time, over connections that end with it.
 * @param notifications made one by one, as they are sent: thousands at once would not fit into the function's memory
 */
export async function deliverLane(
  destination: Destination,
  notifications: Iterable<Notification>,
  { sockets, deadlineMs, world, done, bug }: LaneContext,
): Promise<void> {
  const connections = createConnections(sockets);
  const parcels = numbered((await destination.pack?.(notifications)) ?? eachAlone(notifications));
  let failures = 0;

  function deliver(parcel: readonly Notification[]): Promise<Tries> {
    const context = { connections, deadlineMs, world };
    return retrying((sending) => destination.attempt(parcel, sending), context).catch((error: unknown) => {
      bug(error);
      return BUG;
    });
  }

  async function deliverParcel({ first, notifications }: Parcel): Promise<void> {
    const tries = failures >= MAX_FAILURES_IN_A_ROW ? NOT_TRIED : await deliver(notifications);
    if (tries.why === undefined) failures = 0;
    else if (tries.last?.verdict === "retry") failures++;
    const half = Math.floor(notifications.length / 2);
    if (tries.last?.verdict !== "give-up" || half === 0) return done(first, notifications.length, tries);
    // It may be one of them that is refused: that one is found, and the others are delivered.
    await deliverParcel({ first, notifications: notifications.slice(0, half) });
    await deliverParcel({ first: first + half, notifications: notifications.slice(half) });
  }

  try {
    await inParallel(parcels, sockets, deliverParcel);
  } finally {
    connections.close();
  }
}

function* eachAlone(notifications: Iterable<Notification>): Iterable<Notification[]> {
  for (const notification of notifications) yield [notification];
}

/** What goes in one delivery; `first`: the place of its first notification. */
interface Parcel {
  first: number;
  notifications: Notification[];
}

function* numbered(parcels: Iterable<Notification[]>): Iterable<Parcel> {
  let first = 0;
  for (const notifications of parcels) {
    yield { first, notifications };
    first += notifications.length;
  }
}
