import { DEAD_LETTER_PREFIX, REJECTED_PREFIX } from "../../src/store/dead-letters.ts";
import { whyRefused } from "../refusal.ts";
import type { Actual, Place } from "./kind.ts";
import { objectNames } from "./storage.ts";

/** What goes with a bucket. */
export interface Contents {
  bucketName: string;
  /** Of whoever has put them there, for people: "1 object", "more than 1000 objects" */
  objects: string;
  /** There are dead letters or rejected input among them. */
  hasLetters: boolean;
}

/** More are not counted. */
const MOST = 1_000;

/**
 * Of buckets that are not empty.
 * @throws Error that says whose objects could not be listed, and why
 */
export async function contentsOf(things: readonly Actual[], place: Place): Promise<Contents[]> {
  const buckets = things.filter(({ kind }) => kind === "bucket");
  const all = buckets.map(async ({ name: bucketName }): Promise<Contents[]> => {
    try {
      const objects = await countIn(bucketName, place);
      if (objects === 0) return [];
      return [{ bucketName, objects: countText(objects), hasLetters: await keepsLetters(bucketName, place) }];
    } catch (error) {
      throw new Error(whyRefused(`the objects of the bucket ${bucketName}`, error));
    }
  });
  return (await Promise.all(all)).flat();
}

/** Is there anything in it that could not be delivered? */
export async function keepsLetters(bucketName: string, place: Place): Promise<boolean> {
  for (const prefix of [DEAD_LETTER_PREFIX, REJECTED_PREFIX]) {
    for await (const _ of objectNames(bucketName, place, prefix)) return true;
  }
  return false;
}

async function countIn(bucketName: string, place: Place): Promise<number> {
  let count = 0;
  for await (const _ of objectNames(bucketName, place)) {
    count++;
    if (count > MOST) break;
  }
  return count;
}

function countText(count: number): string {
  if (count > MOST) return `more than ${MOST} objects`;
  return count === 1 ? "1 object" : `${count} objects`;
}
