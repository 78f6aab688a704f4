import { isSwapped, leastSlips, slips } from "./distance.ts";
import type { Entry, Group } from "./type-index.ts";
import { wordingOf, wordingsOf } from "./wording.ts";
import { READS } from "./words.ts";

const OTHER_DEED = 3;

/** A thing with every deed that may be meant to be done to it, and what that deed costs. */
export interface Asked {
  thing: string;
  deeds: ReadonlyMap<string, number>;
  /** Of any deed that is not among them. */
  other: number;
  /** The thing is all of the name. */
  isWhole: boolean;
}

/** Everything that a name may ask for. */
export function askedBy(name: string): Asked[] {
  // With a deed in its name it is not likened to names of another deed letter by letter: start is near to restart.
  const other = wordingOf(name).verb === "" ? 0 : Number.POSITIVE_INFINITY;
  const whole: Asked = { thing: name, deeds: new Map([["", 0]]), other, isWhole: true };
  const deedsOf = new Map<string, Map<string, number>>();
  for (const { verb, thing, cost } of wordingsOf(name)) {
    const deeds = deedsOf.get(thing) ?? new Map<string, number>();
    deedsOf.set(thing, deeds.set(verb, Math.min(cost, deeds.get(verb) ?? cost)));
  }
  return [
    whole,
    ...[...deedsOf].map(([thing, deeds]): Asked => {
      const costs = [...deeds].flatMap(([deed, cost]) => (READS.includes(deed) ? [] : [cost]));
      return { thing, deeds, other: Math.min(...costs) + OTHER_DEED, isWhole: false };
    }),
  ];
}

export function deedCost({ deeds, other, isWhole }: Asked, { verb }: Group): number {
  return deeds.get(verb) ?? (verb === "" && !isWhole ? Number.POSITIVE_INFINITY : other);
}

/** What is compared with the thing that is asked for. */
export function comparedWith({ isWhole }: Asked, entry: Entry): string {
  return isWhole ? entry.text : entry.thing;
}

export function thingCost(a: string, b: string, { atMost, likeness }: { atMost: number; likeness: number }): number {
  if (a === b) return 0;
  const short = Math.min(a.length, b.length);
  // Where pieces change places, no more than three pairs of letters do.
  if (short > 3 && likeness >= 1 - 3.1 / (short - 1) && isSwapped(a, b)) return 1;
  // One slip in three letters is more than one in ten.
  const weight = 1 + Math.max(0, 6 - short) / 4;
  const reordered = 1.5 + 10 * (1 - likeness);
  if (leastSlips(a, b) * weight >= atMost) return reordered;
  return Math.min(slips(a, b, atMost / weight) * weight, reordered);
}
