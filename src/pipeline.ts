import { createHash } from "node:crypto";
import { classify } from "./classify.ts";
import { deadlinesOf } from "./deadline.ts";
import { claimFor, type Dedupe } from "./dedupe.ts";
import type { Destination } from "./deliver/destination.ts";
import type { World } from "./deliver/retry.ts";
import { deliverAll, refuseAll } from "./deliveries.ts";
import { createConnections } from "./http/connections.ts";
import { keepAll } from "./keep.ts";
import type { Log } from "./log.ts";
import { INTERNAL_ERROR, type Reply } from "./outcome.ts";
import { type Plan, type Planner, planOf, type Wanted } from "./plan.ts";
import { replyOf } from "./reply.ts";
import { report } from "./report.ts";
import type { DeadLetters } from "./store/dead-letters.ts";

/** What is made once at start and serves every event. */
export interface Machine extends Planner {
  destinations: ReadonlyMap<string, Destination>;
  dedupe: Dedupe;
  /** Undefined where no bucket is configured. */
  deadLetters: DeadLetters | undefined;
  version: string;
  log: Log;
  world: World;
}

/** One call of the function. */
export interface Invocation {
  callID: string;
  /** Fn-Deadline; null where the header is missing. */
  deadline: Date | null;
  bytes: Uint8Array;
}

/** One input through the relay, and the lines that say what became of it. Never rejects: even a bug has a reply. */
export async function relayInput(invocation: Invocation, machine: Machine): Promise<Reply> {
  const { callID, bytes } = invocation;
  const { log, world } = machine;
  const startedMs = world.now();
  // Of a rejected input the hash may be all that remains.
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const reply = await relay(invocation, sha256, machine).catch((bug: unknown): Reply => {
    log.bug({ callID, eventID: null }, bug);
    return { outcome: "failed", eventID: null, eventType: null, deliveries: [], problem: INTERNAL_ERROR };
  });
  log.outcome(callID, reply, { bytes: bytes.byteLength, sha256, ms: world.now() - startedMs });
  return reply;
}

/** With the 30 of the lanes they make 32: OCI allows a function 350 open files. */
const MAX_STORE_SOCKETS = 2;

/**
 * The way of an event: bytes -> classify -> parse, route -> claim -> normalise, deliver -> keep -> outcome. A single event goes
 * the way of a batch of one.
 */
async function relay({ bytes, callID, deadline }: Invocation, sha256: string, machine: Machine): Promise<Reply> {
  const { world, log, destinations, deadLetters, normaliser, version } = machine;
  const startedMs = world.now();
  const { isBatch, items } = classify(bytes);
  const plans = items.map((item): Plan => {
    try {
      return planOf(item, machine);
    } catch (error) {
      // One message that nobody can read must not cost the others.
      log.bug({ callID, eventID: null }, error);
      return { fate: "rejected", item, problem: "it could not be read: internal error, see the log" };
    }
  });
  const canKeep = deadLetters !== undefined || machine.dedupe.claim !== undefined;
  const lanes = new Set(plans.flatMap((plan) => (plan.fate === "wanted" ? [...plan.destinations] : []))).size;
  const deadlines = deadlinesOf(deadline, { startedMs, nowMs: world.now() }, { canKeep, lanes });
  const normalise = ({ event }: Wanted) => normaliser.normalise(event);
  const bug = (error: unknown) => log.bug({ callID, eventID: null }, error);
  const stores = createConnections(MAX_STORE_SOCKETS);
  try {
    const delivering = { connections: stores, deadlineMs: deadlines.deliverMs, world };
    const keeping = { ...delivering, deadlineMs: deadlines.keepMs };

    const claim = await claimFor({ plans, isBatch, sha256, deadlines }, machine.dedupe, delivering);
    if (claim.busy !== undefined) {
      const results = refuseAll(plans, claim.busy);
      report({ plans, results, isBatch, callID }, log);
      return replyOf({ plans, results, isBatch }, { notKept: deadLetters && claim.busy });
    }
    const { isDelivered } = claim;
    // Who is not through by half time may have something to keep.
    const halfMs = Math.max(0, (deadlines.deliverMs - world.now()) / 2);
    const preparing = setTimeout(() => deadLetters?.prepare(keeping), halfMs);
    const results = await deliverAll(plans, { destinations, normalise, isDelivered, ...delivering, bug }).catch(
      (error) => {
        // What is ours must not stay claimed, and what nobody has delivered can be kept.
        bug(error);
        return refuseAll(plans, INTERNAL_ERROR);
      },
    );
    clearTimeout(preparing);
    const writing = { callID, version, nowMs: world.now() };
    const [kept, recorded] = await Promise.all([
      keepAll({ plans, results, destinations }, deadLetters, { isBatch, sha256, writing, context: keeping, normalise }),
      claim.finish(results, keeping),
    ]);
    report({ plans, results, isBatch, callID }, log);
    return replyOf({ plans, results, isBatch }, { notKept: kept.failure, problems: [claim.problem, recorded] });
  } finally {
    stores.close();
  }
}
