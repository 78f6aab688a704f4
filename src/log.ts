import pino from "pino/browser.js";
import { type Counts, type Delivery, isError, OUTCOMES, type Outcome, type Reply, worst } from "./outcome.ts";

/** Names one invocation in every line. */
export interface CallIds {
  /** Null outside of a call. */
  callID: string | null;
  /** Null where no event could be read. */
  eventID: string | null;
}

export interface Log {
  start(version: string, destinations: readonly string[]): void;
  warn(problem: string): void;
  /** The process cannot go on. */
  fatal(problems: readonly string[]): void;
  /** An exception that nobody expected: its kind and where it arose. Its message may quote anything, so it is left out. */
  bug(ids: CallIds, error: unknown): void;
  /** `index`: the place in a batch. `keptAs`: the object that keeps what was not delivered. */
  delivery(ids: CallIds, delivery: Delivery & { ms: number; index?: number; keptAs?: string }): void;
  /** One message of a batch that can never become an event. */
  rejected(callID: string, item: { index: number; problem: string }): void;
  /** All of a batch that one destination was to have. */
  lane(callID: string, lane: { destination: string; counts: Counts; attempts: number; ms: number }): void;
  /** The last line of a call. */
  outcome(callID: string, reply: Reply, received: { bytes: number; sha256: string; ms: number }): void;
}

/**
 * One JSON line an entry on stdout, written before the call returns (Node writes to pipes and files synchronously): what is
 * not out when the reply is, the freeze of the container holds back for minutes. Says what became of an event, never what
 * was in it.
 *
 * pino's build for browsers, with a write function of ours: the one for Node loads worker threads, transports and streams
 * that a function never uses: 3 ms of cold start, 9 without a code cache (test/bench/RESULTS.md).
 */
export function createLog(level: string): Log {
  const write = (line: object) => void process.stdout.write(`${JSON.stringify(line)}\n`);
  const logger = pino({ level, browser: { write } });
  return {
    start: (version, destinations) => logger.info({ version, node: process.version, destinations }, "started"),
    warn: (problem) => logger.warn({ problem }, "configuration"),
    fatal: (problems) => logger.fatal({ problems }, "cannot start"),
    bug(ids, error) {
      const frames =
        error instanceof Error ? (error.stack ?? "").split("\n").filter((line) => /^\s+at /.test(line)) : [];
      const kind = error instanceof Error ? error.name : typeof error;
      logger.error({ ...ids, kind, at: frames.slice(0, 8).map((frame) => frame.trim()) }, "internal error");
    },
    delivery: (ids, delivery) => logger[levelOf(delivery.outcome)]({ ...ids, ...delivery }, "delivery"),
    rejected: (callID, item) => logger.error({ callID, eventID: null, outcome: "rejected", ...item }, "item"),
    lane(callID, lane) {
      const outcomes = OUTCOMES.filter((outcome) => lane.counts[outcome] !== undefined);
      const counts = Object.fromEntries(outcomes.map((outcome) => [outcome, lane.counts[outcome]]));
      logger[levelOf(worst(outcomes))]({ callID, eventID: null, ...lane, counts }, "deliveries");
    },
    outcome(callID, reply, { sha256, ...received }) {
      const { outcome, problem } = reply;
      const what =
        "counts" in reply
          ? { eventID: null, counts: reply.counts }
          : { eventID: reply.eventID, eventType: reply.eventType };
      const trace = outcome === "rejected" || outcome === "failed" || "counts" in reply ? { sha256 } : {};
      const line = { callID, ...what, outcome, ...(problem !== undefined && { problem }), ...trace, ...received };
      logger[levelOf(outcome)](line, "outcome");
    },
  };
}

function levelOf(outcome: Outcome): "error" | "info" {
  return isError(outcome) ? "error" : "info";
}
