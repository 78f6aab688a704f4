import { CIRCUMSTANCES, DOING, FAILED, HAPPENING, HOW, OUTCOME, PREPOSITIONS, VERB, WENT } from "./grammar.ts";
import type { Word } from "./segment.ts";

/** @param parts of an operation, each taken apart into its words */
export function readSentence(parts: Word[][]): Sentence {
  return sentenceOf(contextOf(parts), parts.at(-1) ?? []);
}

/** What the parts before the last one say, once: of autonomous.autonomouscloudvmcluster the second says it all. */
function contextOf(parts: Word[][]): Word[] {
  return parts.slice(0, -1).flatMap((part, at) => {
    const next = (at + 2 < parts.length ? parts[at + 1] : undefined) ?? [];
    return part.every((word) => next.some(({ said }) => said === word.said)) ? [] : part;
  });
}

export interface Sentence {
  noun: Word[];
  action: Word[];
  /** "failedjobrun": the run of it has failed. */
  isRun?: boolean;
}

/**
 * What the words of an operation say was done, and to what.
 * @param context the words of the parts before its last one
 */
function sentenceOf(context: Word[], words: Word[]): Sentence {
  const [first, second] = words;
  const verbs = is(VERB, first) ? 1 : is(HOW, first) && is(VERB, second) ? 2 : 0;
  if (verbs === words.length) return { noun: context, action: words };
  if (verbs > 0 && is(OUTCOME, words.at(-1))) {
    const { noun, action } = sentenceOf(context, words.slice(0, -1));
    return { noun, action: [...action, ...words.slice(-1)] };
  }
  if (verbs > 0) return inContext(context, verbFirst(words, verbs));
  if (is(VERB, context[0])) {
    // executescheduledjob.failed
    const { noun, action } = verbFirst(context, 1);
    return { noun, action: [...action, ...words] };
  }
  if (is(WENT, first) && second !== undefined && context.length === 0) {
    return { ...withoutDoing(words.slice(1), words.slice(0, 1)), isRun: is(FAILED, first) };
  }
  const all = [...context, ...words];
  const at = all.findIndex(
    (word, index) => index > 0 && (word.isPast === true || [HAPPENING, WENT, VERB].some((words) => is(words, word))),
  );
  if (at !== -1) return { noun: all.slice(0, at), action: all.slice(at) };
  return { noun: context, action: words };
}

/** dbsystem.disablemgmt: what is done is done to the db system; unless the last part names it itself. */
function inContext(context: Word[], { noun, action }: Sentence): Sentence {
  const namesIt = noun.some((word) => context.some(({ said }) => said === word.said));
  return context.length === 0 || namesIt ? { noun, action } : { noun: context, action: [...action, ...noun] };
}

function verbFirst(words: Word[], verbs: number): Sentence {
  const action = words.slice(0, verbs);
  const object = words.slice(verbs);
  if (object.at(-1)?.said === "compartment" && action[0]?.said === "change") {
    return { noun: object.slice(0, -1), action: [...action, ...object.slice(-1)] };
  }
  const by = object.findIndex((word, at) => at > 0 && is(CIRCUMSTANCES, word));
  if (by !== -1) {
    const plain = verbFirst(words.slice(0, verbs + by), verbs);
    return { noun: plain.noun, action: [...plain.action, ...object.slice(by)] };
  }
  if (is(PREPOSITIONS, object[0])) return { noun: [], action: words };
  const to = object.findIndex((word, at) => at > 0 && is(PREPOSITIONS, word));
  if (to === -1 || to === object.length - 1) return withoutDoing(object, action);
  return { noun: object.slice(to + 1), action: [...action, ...object.slice(0, to)] };
}

/** A deletion that is scheduled, or a creation that is skipped, is nothing that there is. */
function withoutDoing(noun: Word[], action: Word[]): Sentence {
  const isDoing = is(DOING, noun.at(-1));
  return isDoing ? { noun: noun.slice(0, -1), action: [...action, ...noun.slice(-1)] } : { noun, action };
}

function is(words: ReadonlySet<string>, word: Word | undefined): boolean {
  return word !== undefined && words.has(word.said);
}
