import type { Connections } from "../http/connections.ts";
import type { SendContext } from "../http/send.ts";
import type { Attempt } from "./destination.ts";

/** What trying needs of the world; tests give their own. */
export interface World {
  /** Epoch milliseconds. */
  now: () => number;
  /** In [0, 1). */
  random: () => number;
  sleep: (ms: number) => Promise<void>;
}

/** One failed try, as it is kept in a dead letter. */
export interface TryRecord {
  /** Epoch milliseconds. */
  atMs: number;
  ms: number;
  status?: number;
  error?: string;
  problem: string;
  response?: string;
  about?: "vault" | "token";
}

export interface Tries {
  attempts: number;
  /** The last one; undefined if there was no time for any. */
  last: Attempt | undefined;
  /** Why it went no further; undefined if it is done. */
  why: string | undefined;
  failed: TryRecord[];
}

export interface RetryContext {
  connections: Connections;
  /** Epoch milliseconds; no attempt outlasts it. */
  deadlineMs: number;
  world: World;
  /** What one attempt may take; default: what connecting, waiting and reading may take together. */
  attemptTimeoutMs?: number;
}

const MAX_ATTEMPTS = 5;
/** Connecting, waiting and reading have limits of their own (src/http/send.ts); this is their sum. */
const ATTEMPT_TIMEOUT_MS = 17_000;
const BACKOFF_BASE_MS = 200;
const BACKOFF_CAP_MS = 5_000;
/** What is kept for a last try. */
const LAST_TRY_MS = 500;
/** In which a destination ends its attempt when its time is over, and says itself what was missing. */
const ENDING_MS = 100;

/**
 * The one retry policy of all that the relay sends: full jitter under a doubling bound, Retry-After believed, five attempts
 * at most, nothing past the deadline. A 429 is no failure but a wait that somebody asks for: it is not counted.
 */
export async function retrying(
  attempt: (context: SendContext) => Promise<Attempt>,
  { connections, deadlineMs, world, attemptTimeoutMs = ATTEMPT_TIMEOUT_MS }: RetryContext,
): Promise<Tries> {
  const failed: TryRecord[] = [];
  let last: Attempt | undefined;
  let waits = 0;
  const ended = (why: string | undefined): Tries => ({
    attempts: failed.length + (last?.verdict === "done" ? 1 : 0),
    last,
    why,
    failed,
  });
  for (;;) {
    const atMs = world.now();
    const remainingMs = deadlineMs - atMs;
    if (remainingMs <= 0) return ended("no time left before the deadline");
    last = await attemptWithin(attempt, { connections, world }, Math.min(attemptTimeoutMs, remainingMs));
    if (last.verdict === "done") return ended(undefined);
    failed.push(recordOf(last, atMs, world.now()));
    if (last.verdict === "give-up") return ended("not worth another try");
    if (last.status === 429) waits++;
    if (failed.length - waits >= MAX_ATTEMPTS) return ended(`gave up after ${failed.length} attempts`);
    const backoffMs = world.random() * Math.min(BACKOFF_CAP_MS, BACKOFF_BASE_MS * 2 ** (failed.length - 1));
    const waitMs = waitBefore(deadlineMs - world.now(), backoffMs, last.retryAfterMs);
    if (waitMs === undefined) return ended("no time for another try before the deadline");
    await world.sleep(waitMs);
  }
}

/** A wait that somebody asks for is kept to; one of our own is cut short where it would cost the last try. */
function waitBefore(leftMs: number, backoffMs: number, askedMs = 0): number | undefined {
  if (askedMs >= leftMs) return undefined;
  if (backoffMs < leftMs) return Math.max(askedMs, backoffMs);
  return leftMs > LAST_TRY_MS ? Math.max(askedMs, leftMs - LAST_TRY_MS) : undefined;
}

function recordOf(attempt: Exclude<Attempt, { verdict: "done" }>, atMs: number, endMs: number): TryRecord {
  const { status, error, problem, response, about } = attempt;
  return {
    atMs,
    ms: endMs - atMs,
    ...(status !== undefined && { status }),
    ...(error !== undefined && { error }),
    problem,
    ...(response !== undefined && { response }),
    ...(about !== undefined && { about }),
  };
}

/** One attempt, over when its time is, even if what it waits for should not keep its word. */
async function attemptWithin(
  attempt: (context: SendContext) => Promise<Attempt>,
  { connections, world }: Pick<RetryContext, "connections" | "world">,
  timeoutMs: number,
): Promise<Attempt> {
  const endMs = world.now() + timeoutMs;
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<Attempt>((resolve) => {
    const problem = `no answer within ${(timeoutMs / 1000).toFixed(1)} s`;
    timer = setTimeout(() => resolve({ verdict: "retry", error: "NO_TIME_LEFT", problem }), timeoutMs + ENDING_MS);
  });
  try {
    return await Promise.race([attempt({ connections, leftMs: () => endMs - world.now() }), timeout]);
  } finally {
    clearTimeout(timer);
  }
}
