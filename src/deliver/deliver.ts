import type { Notification } from "../notification.ts";
import type { Delivery } from "../outcome.ts";
import type { Attempt, Destination } from "./destination.ts";

/** What a delivery needs of the world; tests give their own. */
export interface World {
  /** Epoch milliseconds. */
  now: () => number;
  /** In [0, 1). */
  random: () => number;
  sleep: (ms: number) => Promise<void>;
}

const MAX_ATTEMPTS = 5;
const ATTEMPT_TIMEOUT_MS = 10_000;
const BACKOFF_BASE_MS = 200;
const BACKOFF_CAP_MS = 5_000;

/**
 * Tries one destination until it has the notification, says that it never will, or time or tries are used up.
 * @param deadlineMs epoch milliseconds; no attempt outlasts it
 */
export async function deliver(
  notification: Notification,
  destination: Destination,
  { deadlineMs, world }: { deadlineMs: number; world: World },
): Promise<Delivery> {
  const failed = (attempts: number, last: Attempt | undefined, why: string): Delivery => ({
    destination: destination.name,
    outcome: "failed",
    attempts,
    ...(last?.status !== undefined && { status: last.status }),
    problem: last !== undefined && "problem" in last ? `${last.problem}; ${why}` : why,
  });

  let last: Attempt | undefined;
  for (let attempts = 1; ; attempts++) {
    const remainingMs = deadlineMs - world.now();
    if (remainingMs <= 0) return failed(attempts - 1, last, "no time left before the deadline");
    last = await attemptWithin(destination, notification, Math.min(ATTEMPT_TIMEOUT_MS, remainingMs));
    if (last.verdict === "done") {
      return { destination: destination.name, outcome: "delivered", attempts, status: last.status };
    }
    if (last.verdict === "give-up") return failed(attempts, last, "not worth another try");
    if (attempts === MAX_ATTEMPTS) return failed(attempts, last, `gave up after ${attempts} attempts`);
    const backoffMs = world.random() * Math.min(BACKOFF_CAP_MS, BACKOFF_BASE_MS * 2 ** (attempts - 1));
    const waitMs = Math.max(backoffMs, last.retryAfterMs ?? 0);
    if (world.now() + waitMs >= deadlineMs)
      return failed(attempts, last, "no time for another try before the deadline");
    await world.sleep(waitMs);
  }
}

/** One attempt, over when its time is, even if the destination should not keep its word to end with the signal. */
async function attemptWithin(
  destination: Destination,
  notification: Notification,
  timeoutMs: number,
): Promise<Attempt> {
  const controller = new AbortController();
  const timedOut: Attempt = { verdict: "retry", problem: `no answer within ${(timeoutMs / 1000).toFixed(1)} s` };
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<Attempt>((resolve) => {
    timer = setTimeout(() => {
      controller.abort();
      resolve(timedOut);
    }, timeoutMs);
  });
  try {
    return await Promise.race([destination.attempt(notification, controller.signal), timeout]);
  } finally {
    clearTimeout(timer);
  }
}
