import { matches } from "../condition.ts";
import { mendedPattern } from "./mend-pattern.ts";
import { type Near, nearestOf, ranked, SAME_NAME } from "./nearest.ts";
import { PHASE_WORDS } from "./reading.ts";
import { serviceCosts } from "./service.ts";
import type { TypeIndex } from "./type-index.ts";
import { compact } from "./wording.ts";

/** What people leave out, the likelier first: `*` stands for nothing at all, too. */
const LEFT_OUT = [
  { front: "", end: "", cost: 0 },
  { front: "", end: ".end", cost: 0.3 },
  { front: "", end: "*", cost: 0.4 },
  { front: "*", end: "", cost: 0.6 },
  { front: "*", end: "*", cost: 0.8 },
];
/** Of services that are further off than that only what matches at once is taken. */
const MAX_SERVICE = 1.5;
const BY_NAME = 0.2;
/** Longer than what stands for any documented operation. */
const MAX_BODY_CHARS = 100;

/** Patterns that match documented types, and that are nearest to one which matches none: at most three, the best first. */
export function nearestPatterns(pattern: string, index: TypeIndex): string[] {
  const [, service = "", rest = pattern] = /^com\.oraclecloud\.([a-z0-9_-]+)([.*].*)$/.exec(pattern) ?? [];
  const body = rest
    .replace(/^\.|[_-]/g, "")
    .replace(/\.([a-z]+)$/, (end, word) => (PHASE_WORDS.has(word) ? `.${PHASE_WORDS.get(word)}` : end));
  const services = service === "" ? [["", 0] as const] : [...serviceCosts(compact(service), index.services)];
  const isLong = body.length > MAX_BODY_CHARS;
  const found = services.flatMap(([each, cost]) => {
    const stem = each === "" ? "" : `com.oraclecloud.${each}${rest.startsWith("*") ? "" : "."}`;
    const operations = index.types.filter((type) => type.startsWith(stem)).map((type) => type.slice(stem.length));
    // Letter by letter only within a service: over all of them that would take seconds.
    const isFar = service === "" || cost > MAX_SERVICE || isLong;
    const near = isFar ? matching(body, operations) : mended(body, operations);
    const ofService = near.cost === 0 ? SAME_NAME * cost : cost;
    return [{ type: stem + near.type, cost: near.cost + ofService }];
  });
  const maxCost = 1 + 0.25 * compact(body).length;
  const near = found.filter(({ cost }) => cost <= maxCost);
  const named = isLong ? [] : byName(pattern, index);
  return nearestOf(leastOf(near) <= leastOf(named) ? near : named);
}

function leastOf(found: readonly Near[]): number {
  return Math.min(...found.map(({ cost }) => cost));
}

function matching(body: string, operations: readonly string[]): Near {
  const tries = LEFT_OUT.map(({ front, end, cost }) => ({ type: (front + body + end).replace(/\*+/g, "*"), cost }));
  const found = tries.find(({ type }) => operations.some((operation) => matches(type, operation)));
  return found ?? { type: body, cost: Number.POSITIVE_INFINITY };
}

function mended(body: string, operations: readonly string[]): Near {
  let best = matching(body, operations);
  const letters = compact(body).length;
  const weight = 1 + Math.max(0, 6 - letters) / 4;
  for (const { front, end, cost } of LEFT_OUT) {
    const wanted = (front + body + end).replace(/\*+/g, "*");
    if (cost >= best.cost || !wanted.includes("*")) continue;
    for (const operation of operations) {
      const { pattern, slips } = mendedPattern(wanted, operation);
      if (slips * weight + cost < best.cost) best = { type: pattern, cost: slips * weight + cost };
    }
  }
  return best;
}

/** instancelaunch* is near to launchinstance.end, hence to launchinstance*. */
function byName(pattern: string, index: TypeIndex): Near[] {
  const isOpen = pattern.endsWith("*");
  return ranked(pattern.replaceAll("*", ""), index).map(({ type, cost }) => ({
    type: isOpen ? type.replace(/(\.(begin|end))?$/, "*") : type,
    cost: cost + BY_NAME,
  }));
}
