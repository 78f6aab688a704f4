/** A word of a run-together name. */
export interface Word {
  /** As it stands there: "packages"; "load_balancer" for what belongs together. */
  said: string;
  singular: string;
  /** What was done: "reopened", of a verb that is known. */
  isPast?: boolean;
}

/** Costs of a reading; the cheapest is taken: few words, and known ones. */
const WORD = 1;
/** Prepositions and abbreviations, which stand inside of longer words too. */
const SHORT_WORD = 2;
const PLURAL = 0.1;
const UNKNOWN = 6;
const UNKNOWN_CHAR = 0.5;
/** What an operation begins with as a rule is worth a guess: create dedicatedthing, not created edicatedthing. */
const OPENING = 0.5;

/** Longer than the longest word, shorter than what an unknown word would cost dearly. */
const MAX_WORD_CHARS = 24;

/**
 * Takes run-together names apart into known words: "createnetworkfirewallpolicy" -> create network firewall policy. What is
 * between the words that are known is a word of its own: "createqubitarray" -> create qubitarray.
 *
 * @param vocabulary known words in the singular
 * @param openings those of them that a name often begins with
 */
export function createSegmenter(vocabulary: Iterable<string>, openings: ReadonlySet<string>): (name: string) => Word[] {
  const known = new Map<string, string>();
  for (const word of vocabulary) known.set(word.replaceAll("_", ""), word);

  function readings(name: string): Word[] {
    const best: Reading[] = [{ cost: 0, words: undefined }];
    for (let end = 1; end <= name.length; end++) {
      let cheapest: Reading = { cost: Number.POSITIVE_INFINITY, words: undefined };
      for (let start = Math.max(0, end - MAX_WORD_CHARS); start < end; start++) {
        const before = best[start];
        const text = name.slice(start, end);
        const word = wordOf(text) ?? (start === 0 ? undefined : formOf(text));
        const own = word === undefined ? UNKNOWN + UNKNOWN_CHAR * text.length : costOf(word);
        const cost =
          (before?.cost ?? 0) + (start === 0 && word !== undefined && openings.has(word.said) ? OPENING : own);
        if (cost < cheapest.cost) {
          cheapest = { cost, words: { word: word ?? { said: text, singular: text }, before: before?.words } };
        }
      }
      best.push(cheapest);
    }
    const words: Word[] = [];
    for (let link = best.at(-1)?.words; link !== undefined; link = link.before) words.unshift(link.word);
    return words;
  }

  function wordOf(text: string): Word | undefined {
    const word = known.get(text);
    if (word !== undefined) return { said: word, singular: word };
    for (const [plural, ending] of PLURALS) {
      const singular = text.endsWith(plural) ? known.get(text.slice(0, -plural.length) + ending) : undefined;
      if (singular !== undefined)
        return { said: singular.slice(0, singular.length - ending.length) + plural, singular };
    }
    return undefined;
  }

  /** Not at the beginning: there "createor ganization" would come of createorganization. */
  function formOf(text: string): Word | undefined {
    const singular = text.endsWith("s") ? text.slice(0, -1) : text;
    for (const ending of ENDINGS) {
      const stem = singular.slice(0, -ending.length);
      if (stem.length < MIN_STEM_CHARS || !singular.endsWith(ending)) continue;
      if (openings.has(stem) || openings.has(`${stem}e`)) return { said: text, singular, isPast: ending === "ed" };
    }
    return undefined;
  }

  return (name) => name.split(/[^a-z0-9]+/).flatMap((part) => (part === "" ? [] : readings(part)));
}

interface Reading {
  cost: number;
  words: Link | undefined;
}

interface Link {
  word: Word;
  before: Link | undefined;
}

/** detector, imported, subscriber, installation: what is made of a verb. */
const ENDINGS = ["ed", "er", "or", "ing", "ation", "ion"];
const MIN_STEM_CHARS = 3;

const PLURALS = [
  ["ies", "y"],
  ["es", ""],
  ["s", ""],
] as const;

function costOf({ said, singular }: Word): number {
  return (singular.length < 3 ? SHORT_WORD : WORD) + (said === singular ? 0 : PLURAL);
}
