import { randomUUID } from "node:crypto";
import type { RetryContext } from "../deliver/retry.ts";
import { type Delivered, type Marker, markerText, parseMarker } from "./marker.ts";
import type { ObjectAnswer, ObjectStorage } from "./object-storage.ts";

/** One invocation's right to deliver an input, against all other containers. */
export type Claim =
  /** Ours; `delivered` is what others have delivered before. */
  | { state: "owned"; delivered: Delivered; finish: (delivered: Delivered, context: RetryContext) => Promise<Finished> }
  /** All that is wanted was delivered before. */
  | { state: "done"; delivered: Delivered }
  /** Somebody else is at it, and was not done in our time. */
  | { state: "busy"; problem: string }
  /** The bucket cannot be reached: better delivered twice than not at all. */
  | { state: "unavailable"; problem: string };

/** Undefined: recorded; else why not. */
export type Finished = string | undefined;

export interface ClaimRequest {
  /** Below DEDUPE_PREFIX. */
  key: string;
  /** Our own deadline, epoch milliseconds: nobody takes the claim over before it, and a second, have passed. */
  untilMs: number;
  /** Is there nothing left to deliver? */
  isDone: (delivered: Delivered) => boolean;
}

export const DEDUPE_PREFIX = "dedupe/";

/** After an owner's deadline its claim is worth nothing: the platform has ended it. The clocks may differ by a little. */
const GRACE_MS = 1_000;
const POLL_BASE_MS = 50;
const POLL_CAP_MS = 1_000;
/** What the claim itself may take of the time for deliveries, if the bucket does not answer. */
const MAX_SHARE = 1 / 3;

const NOTHING: Delivered = new Map();

type PutResult = { ok: true; etag: string } | { ok: false; isTaken: boolean; problem: string };

/**
 * A marker a input in a bucket: written with if-none-match by whoever comes first, and told done with if-match. The token of
 * its owner tells a marker that we wrote, although the reply was lost, from another's.
 */
export function createClaims(bucket: string, storage: ObjectStorage) {
  async function put(object: string, marker: Marker, condition: Record<string, string>, context: RetryContext) {
    const headers = { "content-type": "application/json", ...condition };
    const answer = await storage({ method: "PUT", bucket, object, body: markerText(marker), headers }, context);
    if (answer.ok) return { ok: true, etag: answer.etag } satisfies PutResult;
    return { ok: false, isTaken: answer.status === 412, problem: answer.problem } satisfies PutResult;
  }

  return async function claim({ key, untilMs, isDone }: ClaimRequest, context: RetryContext): Promise<Claim> {
    const object = `${DEDUPE_PREFIX}${key}`;
    const owner = randomUUID();
    const { world } = context;
    const startedMs = world.now();
    const quick = { ...context, deadlineMs: startedMs + (context.deadlineMs - startedMs) * MAX_SHARE };
    const mine = (delivered: Delivered): Marker => ({ owner, untilMs, delivered });
    const owned = (etag: string, delivered: Delivered): Claim => ({
      state: "owned",
      delivered,
      finish: (now, finishing) => finish({ object, etag, untilMs, delivered: now }, finishing),
    });

    let condition: Record<string, string> = { "if-none-match": "*" };
    let delivered = NOTHING;
    for (let polls = 0; ; polls++) {
      const written = await put(object, mine(delivered), condition, polls === 0 ? quick : context);
      if (written.ok) return owned(written.etag, delivered);
      if (!written.isTaken) return { state: "unavailable", problem: written.problem };

      let found = await look(object, context);
      while (found.state === "marker" && found.marker.owner !== owner) {
        if (isDone(found.marker.delivered)) return { state: "done", delivered: found.marker.delivered };
        if (found.marker.owner === null || found.marker.untilMs + GRACE_MS < world.now()) break;
        const waitMs = (0.5 + world.random() / 2) * Math.min(POLL_CAP_MS, POLL_BASE_MS * 2 ** polls++);
        if (world.now() + waitMs >= context.deadlineMs) {
          return { state: "busy", problem: "another invocation was at this event, and not done in time" };
        }
        await world.sleep(waitMs);
        found = await look(object, context);
      }
      if (found.state === "unavailable") return found;
      // Whoever was quicker may be so again.
      await world.sleep(world.random() * POLL_BASE_MS);
      if (found.state === "absent") condition = { "if-none-match": "*" };
      else if (found.marker.owner === owner) return owned(found.etag, found.marker.delivered);
      else {
        condition = { "if-match": found.etag };
        delivered = found.marker.delivered;
      }
    }
  };

  async function look(object: string, context: RetryContext) {
    const answer: ObjectAnswer = await storage({ method: "GET", bucket, object }, context);
    if (!answer.ok && answer.status === 404) return { state: "absent" } as const;
    if (!answer.ok) return { state: "unavailable", problem: answer.problem } as const;
    const marker = parseMarker(answer.body);
    // Somebody else's object under our name: as good as a claim that has ended.
    const unreadable: Marker = { owner: null, untilMs: 0, delivered: NOTHING };
    return { state: "marker", etag: answer.etag, marker: marker ?? unreadable } as const;
  }

  /** Tells what is done; an owner that delivered nothing takes its claim away, so that the next one need not wait. */
  async function finish(
    { object, etag, untilMs, delivered }: { object: string; etag: string; untilMs: number; delivered: Delivered },
    context: RetryContext,
  ): Promise<Finished> {
    const isNothing = [...delivered.values()].every((places) => places.size === 0);
    const marker: Marker = { owner: null, untilMs, delivered };
    const answer = await storage(
      isNothing
        ? { method: "DELETE", bucket, object, headers: { "if-match": etag } }
        : { method: "PUT", bucket, object, body: markerText(marker), headers: { "if-match": etag } },
      context,
    );
    // Gone or changed: by a first try of ours whose reply was lost, or by who has taken the claim over meanwhile.
    return answer.ok || answer.status === 412 || answer.status === 404 ? undefined : answer.problem;
  }
}
