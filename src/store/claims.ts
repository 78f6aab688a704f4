import { randomUUID } from "node:crypto";
import type { RetryContext } from "../deliver/retry.ts";
import { type Delivered, type Marker, markerText, parseMarker } from "./marker.ts";
import type { ObjectAnswer, ObjectStorage } from "./object-storage.ts";

/** One invocation's right to deliver an input, against all other containers. */
export type Claim =
  /** Ours; `delivered` is what others have delivered before. */
  | { state: "owned"; delivered: Delivered; finish: Finish }
  /** All that is wanted was delivered before. */
  | { state: "done"; delivered: Delivered }
  /** Somebody else is at it, and was not done in our time. */
  | { state: "busy"; problem: string }
  /** The bucket cannot be reached: better delivered twice than not at all. */
  | { state: "unavailable"; problem: string; finish: Finish };

/** Undefined: recorded; else why not. */
export type Finished = string | undefined;
type Finish = (delivered: Delivered, context: RetryContext) => Promise<Finished>;

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
/** What the claim may take of the time that is left, if the bucket does not answer; more once somebody is known to be at it. */
const PUT_SHARE = 1 / 4;
const LOOK_SHARE = 1 / 2;

const MAX_ROUNDS = 5;
const MAX_RUN_MS = 3_600_000 + GRACE_MS;

const NOTHING: Delivered = new Map();

type PutResult = { ok: true; etag: string } | { ok: false; isTaken: boolean; problem: string };

/**
 * One marker an input, in a bucket: written with if-none-match by whoever comes first, and told done with if-match. The token of
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
    // Only a live claim of somebody else is waited for longer than this.
    const within = (share: number): RetryContext => {
      const nowMs = world.now();
      return { ...context, deadlineMs: nowMs + (context.deadlineMs - nowMs) * share };
    };
    const mine = (delivered: Delivered): Marker => ({ owner, untilMs, delivered });
    const owned = (etag: string, delivered: Delivered): Claim => ({
      state: "owned",
      delivered,
      finish: (now, finishing) => finish({ object, etag, untilMs, delivered: now }, finishing),
    });
    const unavailable = (problem: string): Claim => ({
      state: "unavailable",
      problem,
      finish: (now, finishing) => finishIfOurs({ object, owner, untilMs, delivered: now }, finishing),
    });

    let condition: Record<string, string> = { "if-none-match": "*" };
    let delivered = NOTHING;
    for (let round = 0; round < MAX_ROUNDS; round++) {
      const written = await put(object, mine(delivered), condition, within(PUT_SHARE));
      if (written.ok) return owned(written.etag, delivered);
      if (!written.isTaken) return unavailable(written.problem);

      let found = await look(object, within(LOOK_SHARE));
      for (let polls = 0; isLive(found, owner, world.now()); polls++) {
        if (isDone(found.marker.delivered)) break;
        const waitMs = (0.5 + world.random() / 2) * Math.min(POLL_CAP_MS, POLL_BASE_MS * 2 ** polls);
        if (world.now() + waitMs >= context.deadlineMs) {
          return { state: "busy", problem: "another invocation was at this event, and not done in time" };
        }
        await world.sleep(waitMs);
        found = await look(object, context);
      }
      if (found.state === "unavailable") return unavailable(found.problem);
      if (found.state === "absent") condition = { "if-none-match": "*" };
      else if (found.marker.owner === owner) return owned(found.etag, found.marker.delivered);
      else if (isDone(found.marker.delivered)) return { state: "done", delivered: found.marker.delivered };
      else {
        condition = { "if-match": found.etag };
        delivered = found.marker.delivered;
      }
      // Whoever was quicker may be so again.
      await world.sleep(world.random() * POLL_BASE_MS);
    }
    return unavailable(`the marker changed ${MAX_ROUNDS} times under our hands`);
  };

  /** Of a claim that may have been taken although nobody has told us. */
  async function finishIfOurs(
    { object, owner, untilMs, delivered }: { object: string; owner: string; untilMs: number; delivered: Delivered },
    context: RetryContext,
  ): Promise<Finished> {
    const found = await look(object, context);
    if (found.state !== "marker" || found.marker.owner !== owner) return undefined;
    return finish({ object, etag: found.etag, untilMs, delivered }, context);
  }

  async function look(object: string, context: RetryContext): Promise<Found> {
    const answer: ObjectAnswer = await storage({ method: "GET", bucket, object }, context);
    if (!answer.ok && answer.status === 404) return { state: "absent" };
    if (!answer.ok) return { state: "unavailable", problem: answer.problem };
    const marker = parseMarker(answer.body);
    // Somebody else's object under our name: as good as a claim that has ended.
    const unreadable: Marker = { owner: null, untilMs: 0, delivered: NOTHING };
    return { state: "marker", etag: answer.etag, marker: marker ?? unreadable };
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
    // Changed: by a first try of ours whose reply was lost, or by who has taken the claim over meanwhile.
    const isChanged = !answer.ok && (answer.status === 412 || (answer.status === 404 && isNothing));
    return answer.ok || isChanged ? undefined : answer.problem;
  }
}

type Found = { state: "absent" } | { state: "unavailable"; problem: string } | FoundMarker;
interface FoundMarker {
  state: "marker";
  etag: string;
  marker: Marker;
}

function isLive(found: Found, owner: string, nowMs: number): found is FoundMarker {
  if (found.state !== "marker" || found.marker.owner === null || found.marker.owner === owner) return false;
  const leftMs = found.marker.untilMs + GRACE_MS - nowMs;
  // No function runs for longer than an hour: who says so does not know the time.
  return leftMs >= 0 && leftMs <= MAX_RUN_MS;
}
