import type { NotificationResult } from "./notification.ts";

/** What an event type says by its name alone. */
export interface Name {
  resourceType: string;
  action: string;
  result: NotificationResult;
}

/**
 * The rule that names an event type which no family knows: a type is never dropped for being new.
 *
 * com.oraclecloud.<service>.<operation>[.<phase>]: a verb at the operation's beginning is the action and the rest the
 * resource (createvolume: volume, create); so is a last word that is a verb (database.instance.create) or tells what
 * happened (problemdetected); where there is neither, the last word is the action and the service the resource. `.end`
 * says no more than that it is done; `.begin` stands in the action, for nothing is created yet. A trailing fail(ed) makes
 * the result `failed`.
 *
 * @param type lower case
 * @param resourceTypes OCI's noun -> Yunion's resource_type
 */
export function nameOf(type: string, resourceTypes: Readonly<Record<string, string>>): Name {
  const [service = "", ...words] = type.split(".").slice(2);
  const phase = PHASES.has(words.at(-1) ?? "") && words.length > 1 ? words.pop() : undefined;
  const whole = words.join(".");
  // "jobrun.failed", "instancefail" and "failedjobrun" tell of a failure.
  const operation = whole.replace(/\.?(failed|failure|fail)$/, "").replace(/(^|\.)failed(?=[a-z])/, "$1run");
  const result = operation !== whole && operation !== "" ? "failed" : "succeed";
  const { noun, verb } = split(operation === "" ? words : operation.split("."));
  const resource = wireWord(noun) || wireWord(service);
  const action =
    wireWord(VERB_WORDS.get(verb) ?? verb)
      .replace(/[0-9]/g, "")
      .replace(/^_+|_+$/g, "") || "change";
  return {
    resourceType: Object.hasOwn(resourceTypes, resource)
      ? (resourceTypes[resource] ?? resource)
      : VAGUE.has(resource)
        ? `${wireWord(service)}_${resource}`
        : resource,
    action: phase === "begin" ? `${action}_begin` : VAGUE.has(action) ? `${action}_change` : action,
    result,
  };
}

const PHASES = new Set(["begin", "end"]);

// Alone they would tell a receiver nothing.
const VAGUE = new Set(["unknown", "event", "other", "resource"]);

// Longest first: "deactivate" before "delete", "softstop" before "stop".
const VERBS = `
  create delete update launch terminate change attach detach add remove enable disable start stop restart reset
  softstop softreset activate deactivate move copy clone export import schedule cancel rotate upload download
  patch upgrade restore backup register deregister configure generate run put set associate disassociate scale
  migrate convert validate verify failover switchover reinstate install uninstall refresh apply assign unassign
  compare deploy provision publish request approve reject revoke renew resume suspend retry rollback promote
  execute purge archive edit lock unlock discover resolve trigger sync link unlink connect disconnect expand
  resize replace unregister get list read capture train detect test
`
  .trim()
  .split(/\s+/)
  .sort((a, b) => b.length - a.length);

const VERB_WORDS = new Map([
  ["launch", "create"],
  ["terminate", "delete"],
]);

const HAPPENINGS = `
  detected dismissed remediated completed scheduled rescheduled created updated deleted enabled disabled succeeded
  canceled expired maintenance reminder drift critical warning information action announcements status
`
  .trim()
  .split(/\s+/)
  .sort((a, b) => b.length - a.length);

// What follows is no noun but the rest of a longer word: cancel|ed, deploy|ment, set|ting, list|ener.
const WORD_GOES_ON = /^(e?d$|ment|tings?|ener)/;

function split(words: string[]): { noun: string; verb: string } {
  const last = words.at(-1) ?? "";
  const before = words.slice(0, -1).join("_");
  if (VERBS.includes(last) || HAPPENINGS.includes(last)) return { noun: before, verb: last };
  const moved = /^change(.+)compartment$/.exec(last);
  if (moved !== null) return { noun: moved[1] ?? "", verb: "change_compartment" };
  // "scheduledstopdatabase": what was scheduled is the stopping of a database.
  const [, state, planned] = /^(scheduled|canceled|changed)(.+)$/.exec(last) ?? [];
  if (state !== undefined && planned !== undefined) {
    const plan = split([planned]);
    return plan.noun === "" ? { noun: planned, verb: state } : { noun: plan.noun, verb: `${state}_${plan.verb}` };
  }
  const verb = VERBS.find(
    (candidate) => last.startsWith(candidate) && !WORD_GOES_ON.test(last.slice(candidate.length)),
  );
  if (verb !== undefined) return { noun: last.slice(verb.length), verb };
  const ending = HAPPENINGS.find((candidate) => last.endsWith(candidate));
  if (ending !== undefined) return { noun: last.slice(0, -ending.length), verb: ending };
  const beginning = HAPPENINGS.find((candidate) => last.startsWith(candidate));
  if (beginning !== undefined) return { noun: last.slice(beginning.length), verb: beginning };
  return { noun: before, verb: last };
}

function wireWord(text: string): string {
  return text.replace(/[^a-z0-9]+/g, "_").replace(/^_+|_+$/g, "");
}
