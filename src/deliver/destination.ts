import type { Notification } from "../notification.ts";

/** One try to deliver. `retry` and `give-up` say what the destination itself knows about trying again. */
export type Attempt =
  | { verdict: "done"; status: number }
  | { verdict: "retry" | "give-up"; status?: number; problem: string; retryAfterMs?: number };

/** Where a notification is delivered. */
export interface Destination {
  name: string;
  /** For people: the kind and the target without anything secret, such as "webhook https://cmdb.example.com". */
  label: string;
  /** Loads what the first attempt needs, right after the socket is there. */
  prepare?(): Promise<void>;
  /** Never rejects for what a receiver or the network does; ends soon after the signal fires. */
  attempt(notification: Notification, signal: AbortSignal): Promise<Attempt>;
}
