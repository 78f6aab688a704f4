import { type Asked, askedBy, comparedWith, deedCost, thingCost } from "./asked.ts";
import { leastSlips, likenessOf } from "./distance.ts";
import { type Reading, readingsOf } from "./reading.ts";
import { serviceCosts } from "./service.ts";
import type { Entry, Group, TypeIndex } from "./type-index.ts";
import { type Phase, wordingOf } from "./wording.ts";
import { READS } from "./words.ts";

/** A documented type, and how far it is from what was written: 1 is a slip of the pen. */
export interface Near {
  type: string;
  cost: number;
}

interface Candidate {
  entry: Entry;
  /** What it costs before its thing is looked at. */
  before: number;
  likeness: number;
}

const MAX_SUGGESTIONS = 3;
/** Of what is that much further off than the best nothing is said. */
const MARGIN = 0.75;
/** Looked at letter by letter: those that share the most pairs of letters, and the shortest ones, which have too few. */
const MAX_CANDIDATES = 30;
const MIN_LIKENESS = 0.4;
const SHORT = 5;
/** What costs more is not near: the more letters, the more slips may be among them. */
const MAX_COST = 4.5;
const MAX_COST_OF_NONE = 2;
const MAX_COST_PER_LETTER = 0.2;
const MAX_COST_OF_READ = 2.5;
/** Where the whole name is right, and one service alone has it, a wrong service counts for that much less. */
export const SAME_NAME = 0.75;
/** Which of an operation's types is meant by what was written, the likelier first. */
const PHASES: Readonly<Record<Phase, readonly (readonly [Phase, number])[]>> = {
  "": [
    ["", 0],
    ["end", 0.3],
    ["begin", 0.35],
  ],
  end: [
    ["end", 0],
    ["", 0.4],
    ["begin", 0.8],
  ],
  begin: [
    ["begin", 0],
    ["", 0.4],
    ["end", 0.8],
  ],
};

/** The documented types nearest to one that is not, the best first, at most three; none if nothing is near. */
export function nearestTypes(type: string, index: TypeIndex): string[] {
  return nearestOf(ranked(type, index));
}

/** The best of what was found, each once. */
export function nearestOf(found: readonly Near[]): string[] {
  const sorted = [...found].sort((a, b) => a.cost - b.cost || (a.type < b.type ? -1 : 1));
  const near = sorted.filter(({ cost }) => cost <= (sorted[0]?.cost ?? 0) + MARGIN);
  return [...new Set(near.map(({ type }) => type))].slice(0, MAX_SUGGESTIONS);
}

/** All that comes into question. */
export function ranked(type: string, index: TypeIndex): Near[] {
  return readingsOf(type, index.services).flatMap((reading) =>
    [...entryCosts(reading, index)].flatMap(([entry, cost]) => typesOf(entry, reading.phase, cost)),
  );
}

function entryCosts(reading: Reading, { groups, services, uses }: TypeIndex): Map<Entry, number> {
  const costs = new Map<Entry, number>();
  const ofServices = serviceCosts(reading.service, services);
  const isLone = uses.get(reading.name) === 1;
  let limit = maxCostOf(reading.name);
  for (const asked of askedBy(reading.name)) {
    const costBefore = (group: Group) => reading.cost + (ofServices.get(group.service) ?? 0) + deedCost(asked, group);
    for (const { entry, likeness, before } of candidates(asked, groups, { costBefore, limit })) {
      const atMost = Math.min(limit, costs.get(entry) ?? limit) - before;
      if (atMost <= 0) continue;
      const other = comparedWith(asked, entry);
      const ofThing = thingCost(asked.thing, other, { atMost, likeness });
      if (ofThing >= atMost) continue;
      const cost = (before + ofThing) * (isLone && entry.name === reading.name ? SAME_NAME : 1);
      costs.set(entry, cost);
      // What costs as much again for its phase is still told.
      limit = Math.min(limit, cost + 2 * MARGIN);
    }
  }
  return costs;
}

function maxCostOf(name: string): number {
  if (READS.includes(wordingOf(name).verb)) return MAX_COST_OF_READ;
  return Math.min(MAX_COST, MAX_COST_OF_NONE + name.length * MAX_COST_PER_LETTER);
}

function candidates(
  asked: Asked,
  groups: readonly Group[],
  { costBefore, limit }: { costBefore: (group: Group) => number; limit: number },
): Candidate[] {
  const likenessTo = likenessOf(asked.thing);
  const found: Candidate[] = [];
  for (const group of groups) {
    const ofGroup = costBefore(group);
    if (ofGroup >= limit) continue;
    for (const entry of group.entries) {
      const before = ofGroup + entry.cost;
      const other = comparedWith(asked, entry);
      // Cheap to know, and true of most.
      if (before + leastSlips(asked.thing, other) >= limit) continue;
      const likeness = likenessTo(other);
      const isShort = other.length <= SHORT && asked.thing.length <= SHORT;
      if (likeness >= MIN_LIKENESS || isShort) found.push({ entry, before, likeness });
    }
  }
  return found.sort((a, b) => a.before - b.before + 10 * (b.likeness - a.likeness)).slice(0, MAX_CANDIDATES);
}

function typesOf({ types }: Entry, phase: Phase, cost: number): Near[] {
  const near = PHASES[phase].flatMap(([each, more]): Near[] => {
    const type = types.get(each);
    return type === undefined ? [] : [{ type, cost: cost + more }];
  });
  return phase === "" && !types.has("") ? near : near.slice(0, 1);
}
