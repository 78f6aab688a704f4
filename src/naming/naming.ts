import type { NotificationResult } from "../notification.ts";
import { didOf } from "./did.ts";
import { FAILED, HAPPENING, HOW, VERB, WENT, wordsOf } from "./grammar.ts";
import { createSegmenter, type Word } from "./segment.ts";
import { readSentence } from "./sentence.ts";

/** What the words of OCI's event types are: handlers/vocabulary.ts. */
export interface Vocabulary {
  /** Every word that operations are run together of, in the singular, in any order; "load_balancer" belongs together. */
  words: string;
  /** What has no life of its own: the "acl" of updateautonomousdatabaseacl, which updates the database's. */
  attributes: string;
  /** Nouns that many services have, and that say too little alone: named with the service's word before them. */
  generic: string;
  /** Dotted parts that name nothing: the "cp" of bds.cp.createinstance. */
  fillers: string;
  /** What is not written in lower case, by commas: "VCN, MySQL, Cloud Guard". */
  spelling: string;
  /** Service -> the word that stands for it in a name (devopsbuild: "devops"), and what it is about where nothing is named. */
  services: Readonly<Record<string, string>>;
  /** What the rule would name badly: <service>.<operation without phase> -> <noun>/<action>[/failed]; for all below a part,
   * <service>.<part>. -> <noun> */
  names: Readonly<Record<string, string>>;
}

/** What an event type says by its name alone. */
export interface Name {
  /** <service>.<noun>, as the event type has them: functions.application. */
  thing: string;
  /** OCI's own noun, its words joined by `_`, so that it says what it is: boot_volume_backup, functions_application. */
  noun: string;
  /** The noun to begin a sentence with: "Boot volume backup". */
  spoken: string;
  action: string;
  /** What happened, to follow the name: "created", "is being created"; undefined where English has no few words for it. */
  did: string | undefined;
  result: NotificationResult;
}

type Said = Pick<Name, "noun" | "action" | "result"> & { named: string };

const MAX_REMEMBERED = 1_000;

/**
 * The rule that names an event type: what no table names still becomes a sensible notification, however new it is.
 *
 * com.oraclecloud.<service>.<operation>[.<phase>]: the operation is taken apart into words, and they are read as the sentence
 * that they are:
 *
 * - a verb first: the action is the verb and the rest the noun; what stands after to, from, on or for is the noun, and the
 *   rest belongs to the action (installpackagesonmanagedinstance: managed_instance/install_packages);
 * - what happened last: problemdetected is problem/detected, cloudvmcluster.critical cloud_vm_cluster/critical;
 * - how it went first: failedjobrun is job_run/run/failed, scheduledstopautonomousdatabase autonomous_database/scheduled_stop;
 * - neither: the last part is the action.
 *
 * `.end` says no more than that it is done; `.begin` stands in the action, for nothing is there yet.
 */
export function createNaming(vocabulary: Vocabulary): (type: string) => Name {
  const segment = createSegmenter([...wordsOf(vocabulary.words), ...VERB, ...HOW, ...HAPPENING, ...WENT], VERB);
  const generic = new Set(wordsOf(vocabulary.generic));
  const fillers = new Set(wordsOf(vocabulary.fillers));
  const attributes = new Set(wordsOf(vocabulary.attributes));
  const spelling = new Map(vocabulary.spelling.split(", ").map((phrase) => [phrase.toLowerCase(), phrase]));
  const remembered = new Map<string, Name>();

  function nameOf(type: string): Name {
    const [service = "", ...operation] = type.split(".").slice(2);
    const phase = PHASES.has(operation.at(-1) ?? "") && operation.length > 1 ? operation.pop() : undefined;
    const { named, noun, action, result } = tabled(service, operation) ?? ruled(service, operation);
    const done = VAGUE.has(action) ? `${action}_change` : action || "change";
    return {
      thing: `${service}.${named}`,
      noun,
      spoken: spokenOf(noun),
      action: phase === "begin" ? `${done}_begin` : done,
      did: result === "failed" ? undefined : didOf(done, phase === "begin"),
      result,
    };
  }

  // No regular expression of all phrases: to compile it takes longer than all else at the first event.
  function spokenOf(noun: string): string {
    const words = noun.split("_");
    const said: string[] = [];
    for (let at = 0; at < words.length; at++) {
      const pair = spelling.get(words.slice(at, at + 2).join(" "));
      said.push(pair ?? spelling.get(words[at] ?? "") ?? words[at] ?? "");
      if (pair?.includes(" ")) at++;
    }
    const text = said.join(" ");
    return text.charAt(0).toUpperCase() + text.slice(1);
  }

  /** autonomous_database_acl: the acl, of an autonomous_database. The longest there is. */
  function attributeIn(phrase: string): { owner: string; part: string } | undefined {
    for (let at = phrase.indexOf("_"); at !== -1; at = phrase.indexOf("_", at + 1)) {
      const part = phrase.slice(at + 1);
      if (attributes.has(part)) return { owner: phrase.slice(0, at), part };
    }
    return undefined;
  }

  function tabled(service: string, operation: string[]): Said | undefined {
    const [noun = "", action = "", failed] = own(vocabulary.names, [service, ...operation].join("."))?.split("/") ?? [];
    if (action !== "") return { named: noun, noun, action, result: failed === undefined ? "succeed" : "failed" };
    const above = own(vocabulary.names, `${service}.${operation[0]}.`);
    if (above === undefined || operation.length < 2) return undefined;
    // Between the two may stand a category, which the last part says again: event.softwareupdate.updatepackages.
    const last = segment(operation.at(-1) ?? "");
    const { said, result } = told(last.length > 1 ? last : operation.slice(1).flatMap(segment), false);
    return { named: above, noun: above, action: said, result };
  }

  function ruled(service: string, operation: string[]): Said {
    const [word = wireWord(service), subject = ""] = own(vocabulary.services, service)?.split(" ") ?? [];
    const parts = operation.filter((part, at) => at === operation.length - 1 || !fillers.has(part)).map(segment);
    const { noun, action, isRun } = readSentence(parts);
    const { said, result } = told(action, isRun === true);
    const { owner, part } = attributeIn(phraseOf(noun)) ?? {};
    const named = owner ?? (nounOf(noun) || subject);
    const isVague = named === "" || VAGUE.has(named) || generic.has(named);
    const says = named === "" || `_${word}`.endsWith(`_${named}`) ? word : `${word}_${named}`;
    return {
      named,
      noun: !isVague ? named : VAGUE.has(says) ? `oci_${says}` : says,
      action: part === undefined ? said : said.replace(/^[a-z]+/, `$&_${part}`),
      result,
    };
  }

  return (type) => {
    const known = remembered.get(type);
    if (known !== undefined) return known;
    const name = nameOf(type);
    if (remembered.size === MAX_REMEMBERED) remembered.clear();
    remembered.set(type, name);
    return name;
  };
}

const PHASES = new Set(["begin", "end"]);

// Alone they would tell a receiver nothing.
const VAGUE = new Set(["unknown", "event", "other", "resource"]);

/** Yunion's words for OCI's. */
const SAME_AS: ReadonlyMap<string, string> = new Map([
  ["launch", "create"],
  ["terminate", "delete"],
  ["drop", "delete"],
  ["alter", "update"],
  ["modify", "update"],
]);

/** The words of an action, and whether it succeeded: of "failedjobrun" the run has failed. */
function told(action: Word[], isRun: boolean): { said: string; result: NotificationResult } {
  const happened = action.map((word) => word.said);
  const rest = happened.filter((word) => !FAILED.has(word));
  const words = isRun ? ["run"] : rest.length === 0 || rest.at(-1) === "state" ? happened : rest;
  const said = words.join("_");
  return {
    said: wireWord((SAME_AS.get(said) ?? said).replace(/[0-9]/g, "")),
    result: rest.length < happened.length ? "failed" : "succeed",
  };
}

/** In the singular: of one thing tells a notification. */
function nounOf(words: Word[]): string {
  return wireWord([...words.slice(0, -1).map((word) => word.said), words.at(-1)?.singular ?? ""].join("_"));
}

function phraseOf(words: Word[]): string {
  return wireWord(words.map((word) => word.said).join("_"));
}

function own(table: Readonly<Record<string, string>>, key: string): string | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}

/** Letters, digits and single underscores, as a resource_type is written. */
function wireWord(text: string): string {
  return text.replace(/[^a-z0-9]+/g, "_").replace(/^_+|_+$/g, "");
}
