import type { DocumentedTypes } from "../../src/documented.ts";

/** A type as somebody may write it by mistake, and the documented one that was meant. */
export interface Misspelling {
  kind: Kind;
  written: string;
  meant: string;
}

export const KINDS = ["dropped phase", "swapped words or letters", "case or separators", "wrong service"] as const;
export type Kind = (typeof KINDS)[number];

interface Documented {
  service: string;
  /** Less its phase. */
  stem: string;
  /** "", ".begin", ".end" */
  phase: string;
}

type Random = () => number;

const DEED =
  /^(create|delete|update|change|attach|detach|start|stop|enable|disable|launch|terminate|add|remove|move|cancel)/;

/**
 * So many misspellings of each kind, the same for the same seed, a service at a time, so that all have their turn.
 *
 * - dropped phase: launchinstance.end without .end, where the type does not exist without; meant is the .end
 * - swapped words or letters: the deed moves to the end (instancelaunch.end), or two neighbouring letters change places
 * - case or separators: LaunchInstance with a letter left out or doubled, or launch_instance, launch-instance, launch.instance
 * - wrong service: the name, which one service alone has, under another service
 */
export function misspellings(documented: DocumentedTypes, seed: number, ofEachKind: number): Misspelling[] {
  const random = mulberry32(seed);
  const services = shuffled(Object.keys(documented), random);
  const all = services.flatMap((service) =>
    (documented[service] ?? "").split(" ").map((text) => parsed(service, text)),
  );
  const known = new Set(all.map(typeOf));
  const turns = new Map(services.map((service) => [service, 0]));
  return KINDS.flatMap((kind) => {
    const found: Misspelling[] = [];
    while (found.length < ofEachKind) {
      // Those with the fewest so far first.
      const order = [...services].sort((a, b) => (turns.get(a) ?? 0) - (turns.get(b) ?? 0));
      const before = found.length;
      for (const service of order) {
        if (found.length === ofEachKind) break;
        const made = misspelt(
          kind,
          shuffled(
            all.filter((each) => each.service === service),
            random,
          ),
          { all, known, random },
        );
        if (made === undefined || found.some(({ written }) => written === made.written)) continue;
        found.push(made);
        turns.set(service, (turns.get(service) ?? 0) + 1);
      }
      if (found.length === before) throw new Error(`no more misspellings of the kind ${kind}`);
    }
    return found;
  });
}

interface World {
  all: readonly Documented[];
  known: ReadonlySet<string>;
  random: Random;
}

/** The first of a service's types that can be misspelt so, and that stays the only one that can be meant. */
function misspelt(kind: Kind, types: readonly Documented[], world: World): Misspelling | undefined {
  for (const type of types) {
    const made = MAKERS[kind](type, world);
    if (made === undefined || world.known.has(typeOf(made)) || isAsNearToAnother(made, type, world.all)) continue;
    const written =
      kind === "case or separators" ? cased(typeOf(made), made.stem !== made.stem.toLowerCase()) : typeOf(made);
    return { kind, written, meant: typeOf(type) };
  }
  return undefined;
}

const MAKERS: Readonly<Record<Kind, (type: Documented, world: World) => Documented | undefined>> = {
  "dropped phase": (type, { known }) =>
    type.phase === ".end" && !known.has(typeOf({ ...type, phase: "" })) ? { ...type, phase: "" } : undefined,
  "swapped words or letters": (type, { random }) => {
    const deed = DEED.exec(type.stem)?.[0];
    const isWords = deed !== undefined && random() < 0.5;
    return { ...type, stem: isWords ? type.stem.slice(deed.length) + deed : swapped(type.stem, random) };
  },
  "case or separators": (type, { random }) => {
    const deed = DEED.exec(type.stem)?.[0];
    if (deed === undefined) return undefined;
    const thing = type.stem.slice(deed.length);
    if (random() < 0.5) return { ...type, stem: deed + pick(["_", "-", "."], random) + thing };
    return { ...type, stem: capital(deed) + capital(slipped(thing, random)) };
  },
  "wrong service": (type, { all, random }) => {
    if (all.some(({ service, stem }) => stem === type.stem && service !== type.service)) return undefined;
    return { ...type, service: pick([...new Set(all.map(({ service }) => service))], random) };
  },
};

/** Another documented name of the same service that is no further off: then nobody can tell which one was meant. */
function isAsNearToAnother(made: Documented, meant: Documented, all: readonly Documented[]): boolean {
  const stem = made.stem.toLowerCase();
  const letters = [...stem].sort().join("");
  return all.some(
    (each) =>
      each.service === made.service &&
      (each.stem !== meant.stem || made.service !== meant.service) &&
      Math.abs(each.stem.length - stem.length) <= 1 &&
      (isOneEdit(stem, each.stem) || [...each.stem].sort().join("") === letters),
  );
}

function isOneEdit(a: string, b: string): boolean {
  let start = 0;
  while (start < a.length && a[start] === b[start]) start++;
  let tail = 0;
  while (tail < Math.min(a.length, b.length) - start && a.at(-1 - tail) === b.at(-1 - tail)) tail++;
  return Math.max(a.length, b.length) - start - tail <= 1;
}

function swapped(text: string, random: Random): string {
  const places = [...text].flatMap((letter, at) =>
    at > 0 && /[a-z]{2}/.test(text.slice(at - 1, at + 1)) && text[at - 1] !== letter ? [at] : [],
  );
  const at = pick(places, random);
  return text.slice(0, at - 1) + text[at] + text[at - 1] + text.slice(at + 1);
}

function slipped(text: string, random: Random): string {
  const at = Math.floor(random() * text.length);
  return random() < 0.5 && text.length > 3
    ? text.slice(0, at) + text.slice(at + 1)
    : text.slice(0, at + 1) + text.slice(at);
}

function cased(type: string, isCamel: boolean): string {
  return isCamel
    ? type.replace(/^com\.oraclecloud\.(.)/, (_, letter: string) => `com.oraclecloud.${letter.toUpperCase()}`)
    : type;
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

function parsed(service: string, operation: string): Documented {
  const phase = /\.(begin|end)$/.exec(operation)?.[0] ?? "";
  return { service, stem: operation.slice(0, operation.length - phase.length), phase };
}

function typeOf({ service, stem, phase }: Documented): string {
  return `com.oraclecloud.${service}.${stem}${phase}`;
}

function shuffled<T>(items: readonly T[], random: Random): T[] {
  return items
    .map((item) => ({ item, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}

function pick<T>(items: readonly T[], random: Random): T {
  const item = items[Math.floor(random() * items.length)];
  if (item === undefined) throw new Error("nothing to pick from");
  return item;
}

/** A small generator of random numbers, the same ones for the same seed (Tommy Ettinger, public domain). */
function mulberry32(seed: number): Random {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
