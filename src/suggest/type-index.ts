import { type DocumentedTypes, documentedTypes } from "../documented.ts";
import { compact, endingOf, type Phase, type Wording, wordingOf } from "./wording.ts";

/** One operation, by one of its wordings, and all its types: launchinstance.begin and launchinstance.end. */
export interface Entry extends Wording {
  /** All of the operation, without separators, as all that is compared. */
  name: string;
  /** Of this wording, the deed first. */
  text: string;
  types: ReadonlyMap<Phase, string>;
}

/** The operations of a service that do the same. */
export interface Group {
  service: string;
  verb: string;
  entries: readonly Entry[];
}

/** What is documented, made ready to be searched. */
export interface TypeIndex {
  services: readonly string[];
  types: readonly string[];
  /** How many services have an operation of that name. */
  uses: ReadonlyMap<string, number>;
  groups: readonly Group[];
}

const LAST_PART_ONLY = 0.4;

/** To be made once, and only where something is to be looked for: it takes some milliseconds. */
export function typeIndexOf(documented: DocumentedTypes): TypeIndex {
  const groups = Object.entries(documented).flatMap(([service, operations]) => groupsOf(service, operations));
  return { services: Object.keys(documented), types: documentedTypes(documented), uses: usesIn(groups), groups };
}

function usesIn(groups: readonly Group[]): Map<string, number> {
  const uses = new Map<string, number>();
  // A name stands once among those of the service that are as it is.
  for (const { entries } of groups)
    for (const { name, text } of entries) if (text === name) uses.set(name, (uses.get(name) ?? 0) + 1);
  return uses;
}

function groupsOf(service: string, operations: string): Group[] {
  const byVerb = new Map<string, Entry[]>();
  for (const [stem, types] of typesByStem(service, operations)) {
    const name = compact(stem);
    for (const { verb, thing, cost } of documentedWordings(stem, name)) {
      const entry = { verb, thing, cost, name, text: verb + thing, types };
      const entries = byVerb.get(verb);
      if (entries === undefined) byVerb.set(verb, [entry]);
      else entries.push(entry);
    }
  }
  return [...byVerb].map(([verb, entries]) => ({ service, verb, entries }));
}

function typesByStem(service: string, operations: string): Map<string, Map<Phase, string>> {
  const byStem = new Map<string, Map<Phase, string>>();
  for (const operation of operations.split(" ")) {
    const phase = operation.endsWith(".end") ? "end" : operation.endsWith(".begin") ? "begin" : "";
    const stem = phase === "" ? operation : operation.slice(0, -phase.length - 1);
    const types = byStem.get(stem) ?? new Map<Phase, string>();
    byStem.set(stem, types.set(phase, `com.oraclecloud.${service}.${operation}`));
  }
  return byStem;
}

/**
 * autonomous.database.instance.create is also create + autonomousdatabaseinstance, autokeyrotate also rotate + autokey; of
 * cp.addnode people write addnode.
 */
function documentedWordings(stem: string, name: string): Wording[] {
  const plain = wordingOf(name);
  const atEnd = plain.verb === "" || stem.includes(".") ? endingOf(name) : [];
  if (!stem.includes(".")) return [plain, ...atEnd];
  const last = compact(stem.slice(stem.lastIndexOf(".")));
  const { verb, thing } = wordingOf(last);
  const front = name.slice(0, -last.length);
  return [
    ...[plain, ...atEnd, ...(verb === "" ? [] : [{ verb, thing: front + thing, cost: 0 }])],
    ...(last.length < 6 ? [] : [{ verb, thing, cost: LAST_PART_ONLY }]),
  ];
}
