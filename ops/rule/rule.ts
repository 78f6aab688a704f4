import type { Condition } from "../../src/condition.ts";
import type { Result } from "../../src/problem.ts";
import { sidesOf } from "./identity-types.ts";

/** The event types that rules are to bring; literal ones and patterns, lower case. */
export interface Selection {
  eventTypes: readonly string[] | "all";
}

/** One Events rule, but for whose it is. */
export interface Rule {
  /** Follows a hyphen after the installation's own name: "identity", "2"; "" for the first. */
  name: string;
  /** It belongs into the root compartment of the tenancy, in the home region. */
  isIdentity: boolean;
  condition: Condition;
}

export interface Rules {
  rules: readonly Rule[];
  /** What whoever makes the rules should know, a line each. */
  notes: readonly string[];
}

/** OCI's limit in one region of a tenancy. */
export const MAX_RULES = 50;

/**
 * OCI documents no limit for a condition. With so many bytes every pack is one rule, all types that Oracle documents are less
 * than half the rules that a region may have, and the Console still shows a condition whole.
 */
export const DEFAULT_MAX_BYTES = 10_000;

/**
 * The rules that bring a selection of event types to a function: sorted, each type once, identity types apart from all others.
 * The problem says why there can be none.
 * @param maxBytes of one condition as JSON
 */
export function rulesFor({ eventTypes }: Selection, maxBytes = DEFAULT_MAX_BYTES): Result<Rules> {
  if (eventTypes === "all") {
    return { ok: true, value: { rules: [{ name: "", isIdentity: false, condition: {} }], notes: [ALL] } };
  }
  const types = [...new Set(eventTypes)].sort();
  if (types.length === 0) return { ok: false, problem: "no event type is left that an Events rule could bring" };
  const sides = types.map((type) => ({ type, ...sidesOf(type) }));
  const other = splitted(
    sides.flatMap((side) => side.other),
    maxBytes,
  );
  const identity = splitted(
    sides.flatMap((side) => side.identity),
    maxBytes,
  );
  if (!other.ok) return other;
  if (!identity.ok) return identity;
  const rules = [
    ...other.value.map((condition, at) => ({ name: at === 0 ? "" : String(at + 1), isIdentity: false, condition })),
    ...identity.value.map((condition, at) => ({
      name: at === 0 ? "identity" : `identity-${at + 1}`,
      isIdentity: true,
      condition,
    })),
  ];
  if (rules.length > MAX_RULES) {
    const problem =
      `${types.length} event types take ${rules.length} rules, and a region has ${MAX_RULES}: ` +
      "raise --max-bytes, or write patterns in the place of single types";
    return { ok: false, problem };
  }
  const spanning = sides.filter((side) => side.identity.length > 0 && side.other.length > 0);
  return { ok: true, value: { rules, notes: [...spanning.map(spanNote), ...placeNotes(identity.value.length)] } };
}

function spanNote({ type, identity }: { type: string; identity: readonly string[] }): string {
  return `${type} fits identity types and others: it stands in both rules, for identity as ${identity.join(", ")}`;
}

function placeNotes(count: number): string[] {
  return count === 0 ? [] : [IDENTITY];
}

/** Where the rule for identity has to stand. */
export const IDENTITY =
  "identity events fire only in the tenancy's home region, and only a rule in the root compartment gets them: make the identity " +
  "rule there, with a function in the home region as its action (this one, or a second one deployed there)";

const ALL =
  "{} brings every event of the rule's compartment and those below; identity events are among them only if the rule stands in the " +
  "root compartment, in the home region";

/** As many conditions as it takes for none to be longer than that. */
function splitted(types: readonly string[], maxBytes: number): Result<Condition[]> {
  const parts: string[][] = [];
  for (const type of new Set(types)) {
    if (bytesOf([type]) > maxBytes) {
      const problem = `--max-bytes ${maxBytes} is too little: the condition for ${type} alone takes ${bytesOf([type])}`;
      return { ok: false, problem };
    }
    const last = parts.at(-1);
    if (last === undefined || bytesOf([...last, type]) > maxBytes) parts.push([type]);
    else last.push(type);
  }
  return { ok: true, value: parts.map((eventType) => ({ eventType })) };
}

function bytesOf(eventType: readonly string[]): number {
  return Buffer.byteLength(JSON.stringify({ eventType }));
}
