import type { Behaviour } from "./behaviour.ts";

/** One request that was read whole. */
export interface Arrival {
  /** The header webhook-id; empty if there was none. */
  id: string;
  /** The nth head that came with this id, from 1. One whose body was not read whole has taken a number too. */
  attempt: number;
  method: string;
  path: string;
  headers: Record<string, string>;
  /** Empty after `onArrival` where bodies are not kept. */
  body: Buffer;
  /** Epoch milliseconds. */
  atMs: number;
  behaviour: Behaviour["kind"];
  /** Is it booked as delivered? Where the answer takes its time, not before it is written. */
  isAccepted: boolean;
  /** Did it come over a connection that had carried a request before? */
  isReused: boolean;
}

/** What a receiver has seen and done. */
export interface Books {
  /** In the order in which they were whole. */
  arrivals: Arrival[];
  /** How many heads came with each id. */
  attempts: Map<string, number>;
  /** How often each id was accepted. */
  accepted: Map<string, number>;
  /** What came that is no HTTP/1.1 request, each answered 400. A good client leaves this empty. */
  malformed: string[];
  /**
   * `reset`: ended by an RST of ours. One that the peer ends is open until that is seen, which may be after the peer's next
   * one has come: `peak` is exact only where the receiver ends them, or where they are kept.
   */
  connections: { open: number; peak: number; total: number; reset: number };
}

export function createBooks(): Books {
  return {
    arrivals: [],
    attempts: new Map(),
    accepted: new Map(),
    malformed: [],
    connections: { open: 0, peak: 0, total: 0, reset: 0 },
  };
}

/** Counts one more of an id, and says how many there are. */
export function count(counts: Map<string, number>, id: string): number {
  const counted = (counts.get(id) ?? 0) + 1;
  counts.set(id, counted);
  return counted;
}
