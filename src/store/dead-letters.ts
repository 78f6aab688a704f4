import { createHash } from "node:crypto";
import { dayAt, dayOf } from "../day.ts";
import { createRedactor } from "../deliver/excerpt.ts";
import type { RetryContext } from "../deliver/retry.ts";
import { webhookId } from "../deliver/standard-webhooks.ts";
import { stringifyJson } from "../json.ts";
import type { Notification } from "../notification.ts";
import type { Rejected } from "../plan.ts";
import { hashOfKept, type Letter, letterOf, rejectedLetter, type Undelivered, type Writing } from "./letter.ts";
import type { ObjectStorage } from "./object-storage.ts";

export type Kept = { ok: true; object: string } | { ok: false; problem: string };

/** Keeps what could not be delivered, in a bucket. */
export interface DeadLetters {
  /** Loads what the first letter needs, and opens a connection to the store while there is time. */
  prepare(context: RetryContext): Promise<void>;
  /** What one destination did not get: a batch in one object, a line each. */
  keepUndelivered(undelivered: readonly [Undelivered, ...Undelivered[]], batch: Batch): Promise<Kept>;
  keepRejected(rejected: readonly [Rejected, ...Rejected[]], batch: Batch): Promise<Kept>;
}

export interface Batch {
  isBatch: boolean;
  /** SHA-256 of the input, hex. */
  sha256: string;
  writing: Writing;
  context: RetryContext;
  normalise: (undelivered: Undelivered) => Notification | undefined;
}

export const DEAD_LETTER_PREFIX = "dead-letter/";
export const REJECTED_PREFIX = "rejected/";

/** A shorter one may stand in any event by chance. */
const MIN_SECRET_CHARS = 16;

/** @param secrets the relay's own, as far as they are known by now: an audit record of its configuration may hold them */
export function createDeadLetters(
  bucket: string,
  storage: ObjectStorage,
  secrets: () => readonly string[],
): DeadLetters {
  let redactor: { of: number; redact: (text: string) => string } | undefined;

  function withoutSecrets(text: string): string {
    const known = secrets();
    // There are only ever more of them.
    if (redactor?.of !== known.length) {
      redactor = {
        of: known.length,
        redact: createRedactor(known.filter((secret) => secret.length >= MIN_SECRET_CHARS)),
      };
    }
    return redactor.redact(text);
  }

  /** Its name holds a hash of what it keeps: where there is one of this name, it is the very same. */
  async function write(object: string, body: string | Uint8Array, context: RetryContext): Promise<Kept> {
    const headers = {
      "content-type": object.endsWith(".json") ? "application/json" : "application/x-ndjson",
      "if-none-match": "*",
    };
    const answer = await storage({ method: "PUT", bucket, object, body, headers }, context);
    if (answer.ok && answer.etag !== "") return { ok: true, object };
    if (answer.ok) return { ok: false, problem: "what answered for Object Storage did not say what it has stored" };
    // Whether who may create but not overwrite is told 412 or 404 is not documented.
    if (answer.status !== 412 && answer.status !== 404) return { ok: false, problem: answer.problem };
    const there = await storage({ method: "HEAD", bucket, object }, context);
    return there.ok ? { ok: true, object } : { ok: false, problem: answer.problem };
  }

  /** A dead letter that was sent once more and failed again is kept already, unless somebody has changed it or taken it away. */
  async function stillKept(undelivered: readonly Undelivered[], context: RetryContext): Promise<Kept | undefined> {
    const objects = new Set<string>();
    for (const { plan, destination } of undelivered) {
      const { keptAs } = plan;
      if (!keptAs?.object.startsWith(DEAD_LETTER_PREFIX) || keptAs.hash !== hashOfKept(plan, destination))
        return undefined;
      objects.add(keptAs.object);
    }
    for (const object of objects) {
      const answer = await storage({ method: "HEAD", bucket, object }, context);
      if (!answer.ok) return undefined;
    }
    return { ok: true, object: [...objects].join(", ") };
  }

  return {
    prepare: async (context) => void (await storage({ method: "HEAD", bucket, object: DEAD_LETTER_PREFIX }, context)),
    async keepUndelivered(undelivered, { isBatch, sha256, writing, context, normalise }) {
      const still = await stillKept(undelivered, context);
      if (still !== undefined) return still;
      const [first] = undelivered;
      const { name, identity } = first.destination;
      const letters = () => map(undelivered, (each) => letterOf(each, normalise(each), { ...writing, isBatch }));
      if (isBatch) {
        const stem = `${DEAD_LETTER_PREFIX}${dayAt(writing.nowMs)}/batch-${sha256.slice(0, 16)}.${safe(name)}`;
        // With the hash of the input, which items they are and for whom says all that is in them.
        const hash = hashOf([name, identity, ...map(undelivered, (each) => each.plan.identity)]);
        return writeLines(`${stem}.${hash}.ndjson`, letters(), context);
      }
      const { event } = first.plan;
      const date = dayOf(event.eventTime) ?? dayAt(writing.nowMs);
      const hash = hashOfKept(first.plan, first.destination);
      const object = `${DEAD_LETTER_PREFIX}${date}/${webhookId(event.eventID)}.${safe(name)}.${hash}.json`;
      return writeOne(object, letters(), context);
    },
    async keepRejected(rejected, { isBatch, sha256, writing, context }) {
      const stem = `${REJECTED_PREFIX}${dayAt(writing.nowMs)}`;
      const letters = map(rejected, (each) => rejectedLetter(each, sha256, writing));
      if (!isBatch) return writeOne(`${stem}/${sha256}.json`, letters, context);
      // What is rejected depends on the configuration, too.
      const hash = hashOf(map(rejected, ({ problem }) => problem));
      return writeLines(`${stem}/batch-${sha256}.${rejected.length}-${hash}.ndjson`, letters, context);
    },
  };

  function writeOne(object: string, letters: Iterable<Letter>, context: RetryContext): Promise<Kept> {
    const [letter] = letters;
    return write(object, withoutSecrets(stringifyJson({ kept: object, ...letter }, 2)), context);
  }

  function writeLines(object: string, letters: Iterable<Letter>, context: RetryContext): Promise<Kept> {
    const lines = map(letters, (letter) =>
      Buffer.from(`${withoutSecrets(stringifyJson({ kept: object, ...letter }))}\n`),
    );
    return write(object, Buffer.concat([...lines]), context);
  }
}

function* map<T, U>(items: Iterable<T>, of: (item: T) => U): Iterable<U> {
  for (const item of items) yield of(item);
}

function hashOf(texts: Iterable<string>): string {
  const hash = createHash("sha256");
  for (const text of texts) hash.update(`${text}\n`);
  return hash.digest("hex").slice(0, 12);
}

function safe(name: string): string {
  return name.replace(/[^A-Za-z0-9_-]/g, "_").slice(0, 64);
}
