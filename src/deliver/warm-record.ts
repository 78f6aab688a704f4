/** What this container has delivered, as far as it remembers: a repeat within its life costs no request to anybody. */
export interface WarmRecord {
  has: (destination: string, identity: string) => boolean;
  add: (destination: string, identity: string) => void;
}

/** @param maxEntries the oldest are forgotten first */
export function createWarmRecord(maxEntries: number): WarmRecord {
  const entries = new Set<string>();
  const keyOf = (destination: string, identity: string) => `${destination}\n${identity}`;
  return {
    has: (destination, identity) => entries.has(keyOf(destination, identity)),
    add(destination, identity) {
      const key = keyOf(destination, identity);
      entries.delete(key);
      entries.add(key);
      if (entries.size <= maxEntries) return;
      for (const oldest of entries) {
        entries.delete(oldest);
        return;
      }
    },
  };
}
