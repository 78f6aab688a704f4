import { type Desired, type Kind, type Ref, resolve } from "../desired.ts";
import { whyRefused } from "../refusal.ts";
import { type Difference, differences } from "./difference.ts";
import type { Actual, Attributes, Place } from "./kind.ts";
import { KIND_ORDER, KINDS } from "./kinds.ts";

/** What is to be done with one thing. */
export type Step =
  | { action: "create"; desired: Desired }
  | { action: "change"; desired: Desired; actual: Actual; differences: Difference[] }
  | { action: "keep"; desired: Desired; actual: Actual }
  /** It is ours, and nobody wants it any more. */
  | { action: "delete"; actual: Actual }
  /** Nothing can be done before somebody has done something about it. */
  | { action: "refuse"; desired: Desired; problem: string; actual?: Actual };

/**
 * All that is there, kind after kind.
 * @param refused is told which list OCI refused, and what to do; as it stands that ends the survey
 */
export async function survey(
  place: Omit<Place, "found">,
  refused = (_: Kind, problem: string): void => {
    throw new Error(problem);
  },
): Promise<Actual[]> {
  const found: Actual[] = [];
  for (const kind of KIND_ORDER) {
    const listed = await KINDS[kind].list({ ...place, found }).catch((error): Actual[] => {
      refused(kind, whyRefused(`the list of each ${KINDS[kind].noun}`, error));
      return [];
    });
    found.push(...listed);
  }
  return found;
}

/** The OCIDs and names that are known so far. */
export interface Known {
  /** @param thing id undefined: it is not there yet */
  add: (key: string, thing: { id: string | undefined; attributes: Attributes }) => void;
  /** The attributes with all that is known put in. */
  attributesOf: (desired: Desired) => Attributes;
}

export function createKnown(): Known {
  const things = new Map<string, { id: string | undefined; attributes: Attributes }>();
  const lookup = ({ ref, attribute }: Ref): string | undefined => {
    const thing = things.get(ref);
    const value = attribute === "id" ? thing?.id : thing?.attributes[attribute];
    return typeof value === "string" ? value : undefined;
  };
  return {
    add: (key, thing) => void things.set(key, thing),
    attributesOf: ({ attributes }) =>
      Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, resolve(value, lookup)])),
  };
}

/** What to do so that all is as it is wanted, in the order of doing it. */
export function planOf(desired: readonly Desired[], found: readonly Actual[]): Step[] {
  const known = createKnown();
  const kept = new Set<Actual>();
  const steps = desired.map((each): Step => {
    const step = stepFor(each, known.attributesOf(each), found);
    const actual = "actual" in step ? step.actual : undefined;
    if (actual !== undefined) kept.add(actual);
    known.add(each.key, { id: actual?.id, attributes: known.attributesOf(each) });
    return step;
  });
  const orphans = found.filter((actual) => actual.isOurs && !kept.has(actual));
  return [...steps, ...inOrderOfRemoval(orphans).map((actual) => ({ action: "delete" as const, actual }))];
}

/** What to do for one thing, as far as it is known now. */
export function stepFor(desired: Desired, wanted: Attributes, found: readonly Actual[]): Step {
  const { kind, mustExist } = desired;
  const same = found.filter((each) => each.kind === kind && KINDS[kind].isSame(each, wanted));
  const actual = same.find(({ isOurs }) => isOurs) ?? same[0];
  if (actual === undefined && mustExist) return { action: "refuse", desired, problem: missing(desired, wanted) };
  const { mayBeOthers, fixed = [], isFailed, obstacle } = KINDS[kind];
  const problem = obstacle?.(wanted, actual);
  if (problem !== undefined) return { action: "refuse", desired, problem, ...(actual !== undefined && { actual }) };
  if (actual === undefined) return { action: "create", desired };
  if (!actual.isOurs && mayBeOthers) return { action: "keep", desired, actual };
  if (!actual.isOurs && !mustExist) {
    const problem = `${actual.name} is there, but does not bear the tags of this relay: it is another one's, of another compartment or region perhaps. Give another --name, or remove it`;
    return { action: "refuse", desired, problem, actual };
  }
  const changes = differences(wanted, actual.attributes);
  const stuck = changes.find(({ path }) => fixed.some((name) => path === name || path.startsWith(`${name}.`)));
  if (stuck !== undefined) {
    const problem = `${actual.name}: OCI cannot change ${stuck.path} of what is there. Delete it (provision destroy, or in the console), and apply again`;
    return { action: "refuse", desired, problem, actual };
  }
  if (isFailed?.(actual)) changes.push({ path: "lifecycleState", is: "FAILED", wanted: "ACTIVE" });
  return changes.length === 0
    ? { action: "keep", desired, actual }
    : { action: "change", desired, actual, differences: changes };
}

/** What depends on others goes before them. */
export function inOrderOfRemoval(things: readonly Actual[]): Actual[] {
  const place = ({ kind }: { kind: Kind }) => KIND_ORDER.indexOf(kind);
  return [...things].sort((one, other) => place(other) - place(one));
}

function missing({ kind }: Desired, wanted: Attributes): string {
  const name = String(wanted.displayName);
  if (kind === "application") {
    return `there is no application ${name} in this compartment: make it (fn create app ${name} --annotation oracle.com/oci/subnetIds='["<subnet ocid>"]') and deploy the function (fn deploy --app ${name} --no-bump), or have both made by --image and --subnet`;
  }
  return `there is no function ${name} in the application: deploy it (fn deploy --app <application> --no-bump), or have it made by --image`;
}
