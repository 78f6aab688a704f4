/** An invocation whose Fn-Deadline is missing or unreadable gets what the platform gives by default. */
const DEFAULT_TIMEOUT_MS = 30_000;

/** Left for the reply itself, so that the caller hears it before the platform loses patience. */
const REPLY_RESERVE_MS = 500;

/** Left for keeping what could not be delivered; a batch has more to write down. */
const KEEP_RESERVE_MS = 2_500;
const KEEP_BATCH_RESERVE_MS = 6_000;

/** Points in time, epoch milliseconds. */
export interface Deadlines {
  /** Deliveries must be over: what is left goes to the dead letters. */
  deliverMs: number;
  /** Dead letters and the dedupe record must be written. */
  keepMs: number;
  /** The platform's own. */
  endMs: number;
}

/**
 * How one invocation shares out its time. The header is rounded down to whole seconds, so its grain needs no reserve of its
 * own; of a very short time a quarter is kept back for the reply, and a third of the rest for the dead letters.
 * @param work what there may be to keep; undefined where nothing can be kept
 */
export function deadlinesOf(fnDeadline: Date | null, nowMs: number, work: { isBatch: boolean } | undefined): Deadlines {
  const deadlineMs = fnDeadline?.getTime() ?? Number.NaN;
  const endMs = Number.isNaN(deadlineMs) ? nowMs + DEFAULT_TIMEOUT_MS : deadlineMs;
  const keepMs = endMs - Math.min(REPLY_RESERVE_MS, Math.max(0, endMs - nowMs) / 4);
  if (work === undefined) return { deliverMs: keepMs, keepMs, endMs };
  const reserveMs = work.isBatch ? KEEP_BATCH_RESERVE_MS : KEEP_RESERVE_MS;
  return { deliverMs: keepMs - Math.min(reserveMs, Math.max(0, keepMs - nowMs) / 3), keepMs, endMs };
}
