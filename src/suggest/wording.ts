import { slips } from "./distance.ts";
import { synonymsOf, THINGS, VERBS } from "./words.ts";

export type Phase = "" | "begin" | "end";

/** A deed and the thing that it is done to: launchinstance is launch + instance; a name without a known deed is all thing. */
export interface Wording {
  verb: string;
  thing: string;
  /** How far-fetched it is: 1 is a slip of the pen. */
  cost: number;
}

const OTHER_WORD = 1.2;

/** Letters and digits alone. */
export function compact(text: string): string {
  return text.replace(/[^a-z0-9]/g, "");
}

/** Forms of a deed's word: created, stopped, launching, deletion. */
const FORMS = new Map<string, { verb: string; cost: number }>(
  VERBS.flatMap((verb) => inflected(verb).map((form) => [form, { verb, cost: 0.5 }])),
);
for (const verb of VERBS) FORMS.set(verb, { verb, cost: 0 });
const LONGEST = Math.max(...[...FORMS.keys()].map(({ length }) => length));

function inflected(verb: string): string[] {
  if (verb.length < 4) return [];
  const stem = verb.replace(/e$/, "");
  const endings = ["es", "s", "ed", "ing", "ion", "tion", "ation", `${stem.at(-1)}ed`, `${stem.at(-1)}ing`];
  return endings.map((ending) => stem + ending);
}

/** A name as it stands there. */
export function wordingOf(name: string): Wording {
  for (let length = Math.min(LONGEST, name.length - 1); length > 2; length--) {
    const verb = name.slice(0, length);
    if (FORMS.get(verb)?.cost === 0) return { verb, thing: name.slice(length), cost: 0 };
  }
  return { verb: "", thing: name, cost: 0 };
}

/** A name as one whose deed comes last, if it is. */
export function endingOf(name: string): Wording[] {
  for (let length = Math.min(LONGEST, name.length - 1); length > 2; length--) {
    const verb = name.slice(-length);
    if (FORMS.get(verb)?.cost === 0) return [{ verb, thing: name.slice(0, -length), cost: 0 }];
  }
  return [];
}

/** Every way to word a name: in another order, with another word for the same deed or thing. */
export function wordingsOf(name: string): Wording[] {
  return splitsOf(name).flatMap((split) =>
    [split, ...rewordings(split)].flatMap((wording) => [
      wording,
      ...synonymsOf(wording.verb).map((verb) => ({ ...wording, verb, cost: wording.cost + OTHER_WORD })),
    ]),
  );
}

function splitsOf(name: string): Wording[] {
  const splits = [wordingOf(name)];
  for (let length = Math.min(LONGEST, name.length - 1); length > 2; length--) {
    const front = FORMS.get(name.slice(0, length));
    if (front !== undefined && front.cost > 0) splits.push({ ...front, thing: name.slice(length) });
    const end = FORMS.get(name.slice(-length));
    if (end !== undefined) splits.push({ ...end, thing: name.slice(0, -length), cost: end.cost + 0.8 });
  }
  const found = splits.filter(({ verb, thing }) => verb !== "" && thing !== "");
  return found.length > 0 ? found : misspelt(name);
}

/** One slip in the deed. */
function misspelt(name: string): Wording[] {
  return VERBS.filter((verb) => verb.length > 3).flatMap((verb) =>
    [-1, 0, 1].flatMap((more): Wording[] => {
      const length = verb.length + more;
      if (name.length < length + 2) return [];
      return [
        ...(isOneSlip(name.slice(0, length), verb) ? [{ verb, thing: name.slice(length), cost: 1 }] : []),
        ...(isOneSlip(name.slice(-length), verb) ? [{ verb, thing: name.slice(0, -length), cost: 1.8 }] : []),
      ];
    }),
  );
}

/** The ends tell most of the pairs apart, at no cost. */
function isOneSlip(a: string, b: string): boolean {
  const isNear = a[0] === b[0] || a.at(-1) === b.at(-1);
  return isNear && slips(a, b) === 1;
}

/** What Oracle words in another way than people do. */
function rewordings({ verb, thing, cost }: Wording): Wording[] {
  const alias = THINGS.get(thing) ?? THINGS.get(thing.replace(/s$/, ""));
  const ofCompartment = /^(.+)compartment$/.exec(thing)?.[1];
  const ofBackup = /^(.+)backup$/.exec(thing)?.[1];
  return [
    ...(alias ? [{ verb, thing: alias, cost: cost + 0.5 }] : []),
    ...(verb === "move" ? [{ verb: "change", thing: `${thing}compartment`, cost: cost + 0.8 }] : []),
    ...(verb === "change" && ofCompartment ? [{ verb: "move", thing: ofCompartment, cost: cost + 0.8 }] : []),
    ...(verb === "delete" ? [{ verb: "schedule", thing: `${thing}deletion`, cost: cost + 1 }] : []),
    ...(verb === "backup" ? [{ verb: "create", thing: `${thing}backup`, cost: cost + 0.8 }] : []),
    ...(verb === "create" && ofBackup ? [{ verb: "backup", thing: ofBackup, cost: cost + 1 }] : []),
  ];
}
