import type { Kind } from "../desired.ts";
import { OWNER_TAG, PLACE_TAG } from "../resources/owner.ts";
import type { Clients } from "./clients.ts";

/** In the words of the SDK's Create…Details: displayName, topicId … */
export type Attributes = Readonly<Record<string, unknown>>;

/** A thing that is there. */
export interface Actual {
  kind: Kind;
  /** Its OCID; of a bucket its name, of a lifecycle policy that of its bucket. */
  id: string;
  /** For people. */
  name: string;
  attributes: Attributes;
  /** Bears the owner's tag. */
  isOurs: boolean;
}

/** Where the relay's things stand, and what is known of it so far. */
export interface Place {
  clients: Clients;
  /** The value of the owner's tag. */
  owner: string;
  tenancyId: string;
  compartmentId: string;
  /** us-ashburn-1; that of the topic, the function, the rules. */
  region: string;
  /** Of Object Storage. */
  namespaceName: string;
  applicationName: string;
  functionName: string;
  /** Of kinds that were listed before: a log stands in a log group. */
  found: readonly Actual[];
}

/** What can be done with the things of one kind. Each rejects with what the SDK throws. */
export interface KindOfThing {
  /** For people: "ONS topic". */
  noun: string;
  /** One that somebody else has made serves as well, and is left as it is. */
  mayBeOthers?: true;
  /** What OCI cannot change once it is made. */
  fixed?: readonly string[];
  /** Why it cannot be as it is wanted; actual undefined: it is not there yet. */
  obstacle?: (wanted: Attributes, actual: Actual | undefined) => string | undefined;
  /** OCI has failed at it: it has to be given once more. */
  isFailed?: (actual: Actual) => boolean;
  /** All that stand where one of the relay would, in whichever state but deleted. */
  list: (place: Place) => Promise<Actual[]>;
  /** Is it this one that is wanted? By what a thing is known by: never two of that. */
  isSame: (actual: Actual, wanted: Attributes) => boolean;
  /** Answers when it can be used. @returns its id */
  create: (wanted: Attributes, place: Place) => Promise<string>;
  /** @param actual what is there; wanted: the whole, of which only some differs */
  update: (actual: Actual, wanted: Attributes, place: Place) => Promise<void>;
  /** Answers when it is gone. */
  remove: (actual: Actual, place: Place) => Promise<void>;
}

/** Is it this very relay's: by its name, its region and its compartment? */
export function isOwned(
  { freeformTags = {} }: { freeformTags?: Record<string, string> | undefined },
  { owner, region, compartmentId }: Place,
): boolean {
  return freeformTags[OWNER_TAG] === owner && freeformTags[PLACE_TAG] === `${region} ${compartmentId}`;
}

/** Every item of a list, page after page. */
export async function listAll<T>(
  fetchPage: (page: { page?: string }) => Promise<{ items: readonly T[]; opcNextPage?: string | undefined }>,
): Promise<T[]> {
  const all: T[] = [];
  let next: string | undefined;
  do {
    const { items, opcNextPage } = await fetchPage(next === undefined ? {} : { page: next });
    all.push(...items);
    next = opcNextPage || undefined;
  } while (next !== undefined);
  return all;
}

const POLL_MS = 1_000;
const SETTLE_MS = 120_000;

/**
 * Asks again until there is an answer: most of OCI is there a moment after it was asked for.
 * @throws Error once two minutes have gone by
 */
export async function until<T>(what: string, ask: () => Promise<T | undefined>): Promise<T> {
  const endMs = Date.now() + SETTLE_MS;
  for (let waitMs = POLL_MS / 10; ; waitMs = POLL_MS) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > endMs) throw new Error(`${what} within two minutes: see its state in the console, then go on`);
    await new Promise((resolve) => setTimeout(resolve, waitMs));
  }
}

/** Undefined where OCI says that there is no such thing. */
export async function unlessGone<T>(asked: Promise<T>): Promise<T | undefined> {
  return asked.catch((error: { statusCode?: number }) => {
    if (error?.statusCode === 404) return undefined;
    throw error;
  });
}

/** Waits until a thing is in a state that ends its making. */
export async function untilActive(
  what: string,
  state: () => Promise<string | undefined>,
  failed: readonly string[] = ["FAILED"],
): Promise<void> {
  await until(`${what} did not become active`, async () => {
    const now = await state();
    if (now !== undefined && failed.includes(now)) throw new Error(`${what} is ${now}: see it in the console`);
    return now === "ACTIVE" || now === "INACTIVE" ? true : undefined;
  });
}

export async function untilGone(what: string, state: () => Promise<string | undefined>): Promise<void> {
  await until(`${what} was not gone`, async () => {
    const now = await unlessGone(state());
    return now === undefined || now === "DELETED" ? true : undefined;
  });
}
