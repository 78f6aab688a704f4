/** An expected failure is a value: `problem` is one line that says where, what was expected, what came and what to do. */
export type Result<T> = { ok: true; value: T } | { ok: false; problem: string };

const MAX_SHOWN_CHARS = 60;

/** What came, fit to stand in a problem: short, on one line, printable. Not for anything that may be a secret. */
export function shown(value: unknown): string {
  if (value === undefined) return "nothing";
  if (value === null) return "null";
  if (typeof value === "string") {
    const text = value.length > MAX_SHOWN_CHARS ? `${value.slice(0, MAX_SHOWN_CHARS)}…` : value;
    return JSON.stringify(text.toWellFormed());
  }
  if (Array.isArray(value)) return value.length === 0 ? "an empty array" : `an array of ${value.length}`;
  if (typeof value === "object") return "an object";
  return `the ${typeof value} ${String(value)}`;
}

/** What kind of thing came, where the thing itself may be a secret. */
export function kindOf(value: unknown): string {
  if (typeof value === "string") return `a string of ${value.length} characters`;
  return typeof value === "number" || typeof value === "boolean" ? `a ${typeof value}` : shown(value);
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
