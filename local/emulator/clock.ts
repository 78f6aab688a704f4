/** Time, for what waits for minutes: a test gives its own. */
export interface Clock {
  /** Milliseconds since 1970. */
  now: () => number;
  /**
   * Calls once, after a delay in milliseconds.
   * @returns what stops it
   */
  after: (delayMs: number, call: () => void) => () => void;
}

/** @param options pace: how many times faster delays pass than they do in OCI; 60 makes a second of a minute */
export function createClock({ pace = 1 }: { pace?: number } = {}): Clock {
  return {
    now: () => Date.now(),
    after(delayMs, call) {
      const timer = setTimeout(call, delayMs / pace);
      // A message that waits for its next try keeps no process alive.
      timer.unref();
      return () => clearTimeout(timer);
    },
  };
}
