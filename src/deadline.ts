/** An invocation whose Fn-Deadline is missing or unreadable gets what the platform gives by default. */
const DEFAULT_TIMEOUT_MS = 30_000;

/** No function may run for longer; timers do not reach much further either. */
const MAX_RUN_MS = 3_600_000;

/** Left for the reply itself, so that the caller hears it before the platform loses patience. */
const REPLY_RESERVE_MS = 500;

/** Left for keeping what could not be delivered: two requests, and one more try. */
const KEEP_RESERVE_MS = 2_500;
/**
 * To write a batch down for one destination takes about as long as to read it, on this very machine; the rest is for the
 * machine's moods.
 */
const KEEP_PER_READING = 3;
/** Keeping is given no more of the time that is left. */
const MAX_KEEP_SHARE = 1 / 3;

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
 * own; of a very short time a quarter is kept back for the reply.
 * @param spent startedMs: when the input came; nowMs: once it is read
 * @param keeping canKeep: is there a bucket for what cannot be delivered, or for the record of what was; lanes: for how many
 *   destinations there may be something to keep
 */
export function deadlinesOf(
  fnDeadline: Date | null,
  { startedMs, nowMs }: { startedMs: number; nowMs: number },
  { canKeep, lanes }: { canKeep: boolean; lanes: number },
): Deadlines {
  const deadlineMs = fnDeadline?.getTime() ?? Number.NaN;
  const endMs = Number.isNaN(deadlineMs) ? startedMs + DEFAULT_TIMEOUT_MS : Math.min(deadlineMs, nowMs + MAX_RUN_MS);
  const keepMs = endMs - Math.min(REPLY_RESERVE_MS, Math.max(0, endMs - nowMs) / 4);
  if (!canKeep) return { deliverMs: keepMs, keepMs, endMs };
  const wantedMs = KEEP_RESERVE_MS + KEEP_PER_READING * lanes * (nowMs - startedMs);
  return { deliverMs: keepMs - Math.min(wantedMs, Math.max(0, keepMs - nowMs) * MAX_KEEP_SHARE), keepMs, endMs };
}
