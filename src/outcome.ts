/** What became of an event, worst first: an event's outcome is the worst of its parts. */
export const OUTCOMES = ["failed", "dead-lettered", "rejected", "delivered", "duplicate", "ignored"] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** All tries for one destination. */
export interface Delivery {
  destination: string;
  outcome: Extract<Outcome, "delivered" | "duplicate" | "dead-lettered" | "failed">;
  attempts: number;
  /** HTTP status of the last attempt that got an answer. */
  status?: number;
  problem?: string;
}

/** The problem of what a fault of our own has kept from its end. */
export const INTERNAL_ERROR = "internal error, see the log";

/** What the caller of the function is told about one event. */
export interface EventReply {
  outcome: Outcome;
  eventID: string | null;
  eventType: string | null;
  deliveries: Delivery[];
  /** Why it was rejected or ignored, or what was odd about an input that was taken all the same. */
  problem?: string;
}

export type Counts = Partial<Record<Outcome, number>>;

/** What the caller is told about a batch: whole up to 100 items, above that the first 100 that were not delivered. */
export interface BatchReply {
  outcome: Outcome;
  counts: Counts;
  /** `index`: the item's place among all, from 0. */
  items: (EventReply & { index: number })[];
  problem?: string;
}

export type Reply = EventReply | BatchReply;

export function worst(outcomes: readonly Outcome[]): Outcome {
  return OUTCOMES.find((outcome) => outcomes.includes(outcome)) ?? "ignored";
}

/** Outcomes that end at level error in the log: somebody has to look. */
export function isError(outcome: Outcome): boolean {
  return outcome === "failed" || outcome === "dead-lettered" || outcome === "rejected";
}
