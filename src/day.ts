/** 2026-03-02 of an RFC 3339 time; undefined for what does not begin like one. */
export function dayOf(time: string): string | undefined {
  return /^\d{4}-\d\d-\d\d(?=T)/.exec(time)?.[0];
}

/** The UTC day of epoch milliseconds. */
export function dayAt(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
