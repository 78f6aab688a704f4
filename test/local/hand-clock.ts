import type { Clock } from "../../local/emulator/clock.ts";

export interface HandClock extends Clock {
  /** Lets time pass; `settled` is awaited after everything that was due, so that what it began can wait in turn. */
  pass: (ms: number, settled?: () => Promise<unknown>) => Promise<void>;
  /** How many wait. */
  waiting: () => number;
}

/** A clock that only a test moves. */
export function handClock(): HandClock {
  let now = Date.parse("2026-01-14T03:21:07.000Z");
  const timers = new Map<number, { at: number; call: () => void }>();
  let count = 0;
  return {
    now: () => now,
    after(delayMs, call) {
      const id = count++;
      timers.set(id, { at: now + delayMs, call });
      return () => timers.delete(id);
    },
    async pass(ms, settled = async () => {}) {
      const end = now + ms;
      await settled();
      for (;;) {
        const [next] = [...timers].filter(([, { at }]) => at <= end).sort(([, a], [, b]) => a.at - b.at);
        if (next === undefined) break;
        const [id, { at, call }] = next;
        timers.delete(id);
        now = Math.max(now, at);
        call();
        await settled();
      }
      now = end;
    },
    waiting: () => timers.size,
  };
}
