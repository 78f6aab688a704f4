import { randomUUID } from "node:crypto";

/** The same thing happening once more, now: what has been delivered before is a duplicate by its eventID. */
export function freshEvent(event: Record<string, unknown>): Record<string, unknown> {
  // Whole seconds, as OCI has it: 2026-03-02T08:16:07Z
  return { ...event, eventID: randomUUID(), eventTime: `${new Date().toISOString().slice(0, 19)}Z` };
}
