import type { SendContext } from "../http/send.ts";
import type { Notification } from "../notification.ts";

/** One try. `retry` and `give-up` say what the destination itself knows about trying again. */
export type Attempt = { verdict: "done"; status: number } | Failure;

export interface Failure {
  verdict: "retry" | "give-up";
  status?: number;
  /** The error code, where there was no answer. */
  error?: string;
  problem: string;
  /** The beginning of the answer's body, with nothing of the relay's secrets in it. */
  response?: string;
  retryAfterMs?: number;
  /** What it failed at before the destination itself was asked. */
  about?: "vault" | "token";
}

/** What goes in one delivery each. */
export type Packed = Iterable<Notification[]>;

/** Where notifications are delivered. */
export interface Destination {
  name: string;
  type: "webhook" | "ons";
  /** For people: the target without anything secret, such as "https://cmdb.example.com". */
  target: string;
  /** Tells this target from any other, and nothing else about it: two relays that share a bucket must not mix theirs up. */
  identity: string;
  /** What must not stand in a dead letter, wherever it may come from; those of the vault as soon as they have been read. */
  secrets: () => readonly string[];
  /** Loads what the first attempt needs, right after the socket is there. */
  prepare?(): Promise<void>;
  /** Puts the notifications of a batch together, in their order, into as few deliveries as can be; default: each its own. */
  pack?(notifications: Iterable<Notification>): Packed | Promise<Packed | undefined>;
  /** Never rejects for what a receiver or the network does; ends when its time is over. */
  attempt(notifications: readonly Notification[], context: SendContext): Promise<Attempt>;
}
