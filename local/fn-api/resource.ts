/** What every thing of Fn's API has. */
export interface Resource {
  /** 26 characters. */
  id: string;
  name: string;
  annotations: ReadonlyMap<string, unknown>;
  /** RFC 3339. */
  createdAt: string;
  updatedAt: string;
}

/** What a new one has beside what it was asked to be. */
export function born(id: string): { id: string; createdAt: string; updatedAt: string } {
  const at = new Date().toISOString();
  return { id, createdAt: at, updatedAt: at };
}

/** Config with a change in it; an empty value takes a key away. */
export function changedConfig(
  before: ReadonlyMap<string, string>,
  change: ReadonlyMap<string, string>,
): Map<string, string> {
  const after = new Map([...before, ...change]);
  for (const [key, value] of change) if (value === "") after.delete(key);
  return after;
}
