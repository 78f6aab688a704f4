import type { Desired } from "../desired.ts";
import { whyRefused } from "../refusal.ts";
import { keepsLetters } from "./contents.ts";
import { takeOutOfConfig } from "./functions.ts";
import type { Actual, Attributes, Place } from "./kind.ts";
import { KINDS } from "./kinds.ts";
import { createKnown, inOrderOfRemoval, type Known, planOf, type Step, stepFor } from "./plan.ts";
import type { Stale } from "./stale-settings.ts";
import { maskedEndpoint } from "./tell.ts";

/** Is told of each step: `done` undefined where it is about to begin. */
export type Progress = (step: Done, position: { number: number; of: number }) => void;

/** What was done with one thing. */
export interface Done {
  action: Exclude<Step["action"], "refuse"> | "take out";
  kind: Actual["kind"];
  name: string;
  ms: number;
}

/** One thing to do. */
interface Work {
  /** For people, with nothing secret in it. */
  title: string;
  carryOut: () => Promise<Omit<Done, "ms">>;
}

/**
 * Makes all as it is wanted, one after another. What is there already is not made again, so whoever was stopped goes on by the same
 * command.
 * @throws Error that says what stopped it, what is done and what is left
 */
export async function apply(desired: readonly Desired[], place: Place, progress: Progress): Promise<void> {
  const { found } = place;
  const orphans = planOf(desired, found).flatMap((step) => (step.action === "delete" ? [step.actual] : []));
  const known = createKnown();
  const works = [
    ...desired.map((each) => ({ title: maskedEndpoint(each.key), carryOut: () => bringAbout(each, known, place) })),
    ...orphans.map((actual) => removal(actual, place)),
  ];
  await inOrder(works, progress);
}

export interface DestroyOptions {
  /** Also what could not be delivered, or came while this was under way. */
  deletesLetters: boolean;
  /** What to take out of functions that stay. */
  stale: readonly Stale[];
}

/**
 * Removes all that is ours, and takes out of the function's configuration what pointed to it: first what brings events, so that
 * whatever comes meanwhile is still kept.
 * @throws Error that says what stopped it, what is done and what is left
 */
export async function destroy(
  ours: readonly Actual[],
  place: Place & DestroyOptions,
  progress: Progress,
): Promise<void> {
  const isBringing = ({ kind }: Actual) => kind === "rule" || kind === "alarm";
  const removals = (things: readonly Actual[]) => inOrderOfRemoval(things).map((actual) => removal(actual, place));
  const takingOut = place.stale.map(
    ([actual, values]): Work => ({
      title: `the configuration of function ${actual.name}`,
      async carryOut() {
        await takeOutOfConfig(actual.id, values, place);
        return { action: "take out", kind: "function", name: `${Object.keys(values).join(", ")} of ${actual.name}` };
      },
    }),
  );
  const rest = ours.filter((actual) => !isBringing(actual));
  await inOrder([...removals(ours.filter(isBringing)), ...takingOut, ...removals(rest)], progress);
}

async function bringAbout(desired: Desired, known: Known, place: Place): Promise<Omit<Done, "ms">> {
  const wanted = known.attributesOf(desired);
  const step = stepFor(desired, wanted, place.found);
  const { kind } = desired;
  if (step.action === "refuse") throw new Error(step.problem);
  const id = step.action === "create" ? await KINDS[kind].create(wanted, place) : undefined;
  const actual = "actual" in step ? step.actual : undefined;
  if (step.action === "change" && actual !== undefined) {
    await KINDS[kind].update(actual, withOtherTags(wanted, actual), place);
  }
  known.add(desired.key, { id: id ?? actual?.id, attributes: wanted });
  return { action: step.action as Done["action"], kind, name: nameIn(desired, wanted) };
}

/** An update replaces all tags: those of others stay. */
function withOtherTags(wanted: Attributes, { attributes }: Actual): Attributes {
  if (wanted.freeformTags === undefined) return wanted;
  return { ...wanted, freeformTags: { ...(attributes.freeformTags as object), ...(wanted.freeformTags as object) } };
}

function removal(actual: Actual, place: Place & Partial<DestroyOptions>): Work {
  const { kind, name } = actual;
  return {
    title: `removal of the ${KINDS[kind].noun} ${maskedEndpoint(name)}`,
    async carryOut() {
      if (kind === "bucket" && !place.deletesLetters && (await keepsLetters(name, place))) {
        throw new Error(`it keeps dead letters or rejected input; have them sent, or say --delete-dead-letters`);
      }
      await KINDS[kind].remove(actual, place);
      return { action: "delete", kind, name };
    },
  };
}

function nameIn({ key, kind }: Desired, wanted: Attributes): string {
  return String(wanted.displayName ?? wanted.name ?? wanted.bucketName ?? key.replace(`${kind} `, ""));
}

async function inOrder(works: readonly Work[], progress: Progress): Promise<void> {
  const titles = works.map(({ title }) => title);
  for (const [index, { carryOut }] of works.entries()) {
    const startedMs = performance.now();
    const done = await carryOut().catch((error: unknown) => {
      throw new Error(stopped(titles, index, error));
    });
    progress({ ...done, ms: performance.now() - startedMs }, { number: index + 1, of: works.length });
  }
}

function stopped(titles: readonly string[], index: number, error: unknown): string {
  const title = titles[index] ?? "";
  const left = titles.slice(index + 1);
  const rest = left.length === 0 ? "It was the last step." : `Not begun: ${left.join("; ")}.`;
  // OCI may quote what it does not take.
  const why = maskedEndpoint(whyRefused(title, error));
  return `stopped at step ${index + 1} of ${titles.length}.\n${why}${why.endsWith("?") ? "" : "."}\n${rest}\nWhat was done stays. Mend that, and give the same command again: it goes on from there.`;
}
