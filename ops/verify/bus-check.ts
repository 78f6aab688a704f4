import { createHash, randomUUID } from "node:crypto";
import { text } from "node:stream/consumers";
import { dayAt } from "../../src/day.ts";
import { DEDUPE_PREFIX } from "../../src/store/claims.ts";
import { parseMarker } from "../../src/store/marker.ts";
import { type Actual, listAll } from "../provision/kind.ts";
import { objectNames } from "../provision/storage.ts";
import { whyRefused } from "../refusal.ts";
import { type Check, failed, ok, skipped, type Walk } from "./check.ts";
import { BUCKET_CREATED, MARK } from "./synthetic-event.ts";
import { whereItStopped } from "./where-it-stopped.ts";

export const BUS_LINK = "from the bus to the receivers";
const POLL_MS = 1_000;
/** Clocks differ, and OCI may date an event a little before the answer. */
const LEEWAY_MS = 10_000;

/**
 * Makes a bucket, which OCI tells of on its bus, and waits for its marker in the dedupe record: then the event came by a rule,
 * through the function, to the receivers. The bucket is deleted again.
 */
export async function busCheck(walk: Walk, rules: readonly Actual[]): Promise<Check> {
  const { place, fn, waitMs } = walk;
  const dedupeBucket = fn?.relay.ok ? fn.relay.relay.dedupeBucket : undefined;
  if (dedupeBucket === undefined) {
    return skipped(BUS_LINK, "without a DEDUPE_BUCKET nobody but the receivers can tell that an event has come");
  }
  const { namespaceName, compartmentId, clients } = place;
  const name = `${MARK}-${randomUUID().slice(0, 8)}`;
  const startedMs = Date.now();
  const known = new Set<string>();
  for (const prefix of prefixesOf(startedMs, startedMs)) {
    for await (const object of objectNames(dedupeBucket, place, prefix)) known.add(object);
  }
  const createBucketDetails = { name, compartmentId, freeformTags: { [MARK]: "true" } };
  const refusal = await clients.storage.createBucket({ namespaceName, createBucketDetails }).then(
    () => undefined,
    (error) => whyRefused("no bucket could be made", error),
  );
  if (refusal !== undefined) return skipped(BUS_LINK, refusal);
  try {
    const arrived = await arrival({ walk, dedupeBucket, known, startedMs, endMs: startedMs + waitMs });
    if (arrived !== undefined) {
      const seconds = ((Date.now() - startedMs) / 1000).toFixed(1);
      return ok(BUS_LINK, `the bucket ${name} was made, and told to ${arrived.join(", ")} after ${seconds} s`);
    }
    const { found, fix } = await whereItStopped(walk, rules, startedMs);
    return failed(
      BUS_LINK,
      `the bucket ${name} was made, and ${waitMs / 1000} s later nothing had come: ${found}`,
      fix,
    );
  } finally {
    // The next verify takes away what is left.
    await clients.storage.deleteBucket({ namespaceName, bucketName: name }).catch(() => undefined);
  }
}

/** Takes away the buckets that a verify has left which was killed. */
export async function sweepChecks({ place, refused, isSilent }: Walk): Promise<Check[]> {
  if (isSilent || refused.has("bucket")) return [];
  const { clients, namespaceName, compartmentId } = place;
  const listed = listAll((page) =>
    clients.storage.listBuckets({ namespaceName, compartmentId, fields: ["tags" as never], ...page }),
  );
  const buckets = await listed.catch((error) => whyRefused("the list of each bucket", error));
  if (typeof buckets === "string") return [skipped("what an earlier verify has left", buckets)];
  const left = buckets.filter(({ name, freeformTags }) => name.startsWith(`${MARK}-`) && freeformTags?.[MARK]);
  for (const { name } of left) {
    await clients.storage.deleteBucket({ namespaceName, bucketName: name }).catch(() => undefined);
  }
  return [];
}

interface Waiting {
  walk: Walk;
  dedupeBucket: string;
  /** Markers that were there before, or are of something else. */
  known: Set<string>;
  startedMs: number;
  endMs: number;
}

/** Names of the destinations that have it; undefined once the time is over. */
async function arrival({
  walk: { place },
  dedupeBucket,
  known,
  startedMs,
  endMs,
}: Waiting): Promise<string[] | undefined> {
  const { clients, namespaceName } = place;
  for (;;) {
    const nowMs = Date.now();
    for (const prefix of prefixesOf(startedMs, nowMs)) {
      for await (const objectName of objectNames(dedupeBucket, place, prefix)) {
        if (known.has(objectName)) continue;
        if (!isOfBucket(objectName.slice(prefix.length), startedMs - LEEWAY_MS, nowMs + LEEWAY_MS)) {
          known.add(objectName);
          continue;
        }
        const answer = await clients.storage.getObject({ namespaceName, bucketName: dedupeBucket, objectName });
        const marker = parseMarker(await text(answer.value as Parameters<typeof text>[0]));
        // Names stand before the identities: "webhook 2c26b46b68ffc68f".
        const names = [...(marker?.delivered.keys() ?? [])].map((each) => each.split(" ")[0] ?? each);
        if (marker?.owner === null && names.length > 0) return names;
      }
    }
    if (Date.now() > endMs) return undefined;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

/** Markers stand under the day of their event. */
function prefixesOf(startedMs: number, nowMs: number): Set<string> {
  const days = [dayAt(startedMs - LEEWAY_MS), dayAt(nowMs + LEEWAY_MS)];
  return new Set(days.map((day) => `${DEDUPE_PREFIX}${day}/`));
}

/**
 * Is this the marker of a bucket's creation in that time? Its name ends in a hash of the event's type and time, which is in whole
 * seconds or in milliseconds.
 */
function isOfBucket(marker: string, fromMs: number, toMs: number): boolean {
  const wanted = marker.split(".").at(-1);
  for (let ms = fromMs - (fromMs % 1000); ms <= toMs; ms++) {
    const time = new Date(ms).toISOString();
    if (hashOf(time) === wanted) return true;
    if (ms % 1000 === 0 && hashOf(`${time.slice(0, 19)}Z`) === wanted) return true;
  }
  return false;
}

function hashOf(eventTime: string): string {
  return createHash("sha256").update(`${BUCKET_CREATED}\n${eventTime}`).digest("hex").slice(0, 12);
}
