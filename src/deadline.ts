/** An invocation whose Fn-Deadline is missing or unreadable gets what the platform gives by default. */
const DEFAULT_TIMEOUT_MS = 30_000;

/** Left for the reply itself, so that the caller hears it before the platform loses patience. */
const REPLY_RESERVE_MS = 500;

/**
 * When deliveries must be over, in epoch milliseconds. The header is rounded down to whole seconds, so its grain needs no
 * reserve of its own; of a very short time a quarter is kept back.
 */
export function deliveryDeadline(fnDeadline: Date | null, nowMs: number): number {
  const deadlineMs = fnDeadline?.getTime() ?? Number.NaN;
  const endMs = Number.isNaN(deadlineMs) ? nowMs + DEFAULT_TIMEOUT_MS : deadlineMs;
  return endMs - Math.min(REPLY_RESERVE_MS, Math.max(0, endMs - nowMs) / 4);
}
