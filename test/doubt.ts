import { vocabulary } from "../handlers/by-name.ts";
import { handlers } from "../handlers/index.ts";
import { HAPPENING, VERB, WENT, wordsOf } from "../src/naming/grammar.ts";
import { createNaming, type Name } from "../src/naming/naming.ts";
import { createSegmenter } from "../src/naming/segment.ts";
import { type Operation, operations, typeOf } from "./documented.ts";

const nameOf = createNaming(vocabulary);
const known = new Set([...wordsOf(vocabulary.words), ...VERB, ...HAPPENING, ...WENT]);
const segment = createSegmenter(known, VERB);

export interface Doubtful {
  operation: Operation;
  name: Name;
  /** The higher, the less certain. */
  points: number;
  reasons: string[];
}

/** What the rule alone has named, least certain first: what stands in a table was judged by a person. */
export function doubts(): Doubtful[] {
  return operations()
    .filter((operation) => !isTabled(operation))
    .map(doubtful)
    .sort((one, other) => other.points - one.points);
}

function isTabled(operation: Operation): boolean {
  const isHandled = operation.phases.some((phase) =>
    handlers.some(({ actions }) => Object.hasOwn(actions, typeOf(operation, phase))),
  );
  return isHandled || Object.hasOwn(vocabulary.names, `${operation.service}.${operation.operation}`);
}

function doubtful(operation: Operation): Doubtful {
  const name = nameOf(typeOf(operation, ""));
  const words = operation.operation.split(".").flatMap(segment);
  const strange = words.filter(({ singular }) => !known.has(singular)).map(({ said }) => said);
  const noun = name.noun.split("_");
  const action = name.action.split("_");
  const hidden = noun.filter((word) => VERB.has(word) && !NOUNS_TOO.has(word));
  const isPlain = action.some((word) => VERB.has(word) || HAPPENING.has(word) || WENT.has(word));
  const found: [points: number, reason: string][] = [
    [strange.length * 4, `not a known word: ${strange.join(", ")}`],
    [isPlain ? 0 : 4, "no verb and nothing that happened"],
    [name.thing.endsWith(".") ? 3 : 0, "names no thing"],
    [hidden.length * 2, `a verb in the noun: ${hidden.join(", ")}`],
    [Math.max(0, action.length - 2), "a long action"],
    [Math.max(0, noun.length - 3), "a long noun"],
    [operation.operation.includes(".") ? 1 : 0, "in several parts"],
  ];
  const told = found.filter(([points]) => points > 0);
  return {
    operation,
    name,
    points: told.reduce((sum, [points]) => sum + points, 0),
    reasons: told.map(([, reason]) => reason),
  };
}

/** Verbs that are nouns as often. */
const NOUNS_TOO = new Set(
  `list set check run report export import schedule backup patch access request link update upload mask stage process
   state_change image test lock`.split(/\s+/),
);
