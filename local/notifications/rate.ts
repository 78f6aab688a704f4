const MINUTE_MS = 60_000;

export interface Rate {
  /**
   * Takes the next free place of a key.
   * @returns milliseconds until then, 0 for now; undefined, and takes none, if that is over `maxWaitMs`
   */
  take: (key: string, maxWaitMs: number) => number | undefined;
}

/** So many a minute for each key, first come, first served. */
export function createRate(maxPerMinute: number, now: () => number): Rate {
  const taken = new Map<string, number[]>();
  return {
    take(key, maxWaitMs) {
      const times = taken.get(key) ?? [];
      const earliest = times.length < maxPerMinute ? 0 : (times[times.length - maxPerMinute] ?? 0) + MINUTE_MS;
      const at = Math.max(now(), earliest);
      if (at - now() > maxWaitMs) return undefined;
      taken.set(key, [...times, at].slice(-maxPerMinute));
      return at - now();
    },
  };
}
