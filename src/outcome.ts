/** What became of an event, worst first: an event's outcome is the worst of its parts. */
const OUTCOMES = ["failed", "dead-lettered", "rejected", "delivered", "duplicate", "ignored"] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** All tries for one destination. */
export interface Delivery {
  destination: string;
  outcome: Extract<Outcome, "delivered" | "failed">;
  attempts: number;
  /** HTTP status of the last attempt that got an answer. */
  status?: number;
  problem?: string;
}

/** What the caller of the function is told about one event. */
export interface Reply {
  outcome: Outcome;
  eventID: string | null;
  eventType: string | null;
  deliveries: Delivery[];
  /** Why it was rejected or ignored, or what was odd about an input that was taken all the same. */
  problem?: string;
}

export function worst(outcomes: readonly Outcome[]): Outcome {
  return OUTCOMES.find((outcome) => outcomes.includes(outcome)) ?? "ignored";
}

/** Outcomes that end at level error in the log: somebody has to look. */
export function isError(outcome: Outcome): boolean {
  return outcome === "failed" || outcome === "dead-lettered" || outcome === "rejected";
}
