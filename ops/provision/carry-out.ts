import { printable, styled } from "../../local/terminal.ts";
import { createRedactor } from "../../src/deliver/excerpt.ts";
import { accessOf } from "../access.ts";
import { asTyped } from "../as-typed.ts";
import { desiredOf } from "../desired.ts";
import type { ProvisionOptions } from "../provision-command.ts";
import { apply, type Done, type Progress } from "./apply.ts";
import { isWanted, questionOf } from "./ask.ts";
import { isOwned, listAll, type Place } from "./kind.ts";
import { KINDS } from "./kinds.ts";
import { openPlace } from "./place.ts";
import { planOf, type Step, survey } from "./plan.ts";
import { settingsOf } from "./settings-of.ts";
import { maskedEndpoint, planText, secretValues, summaryOf } from "./tell.ts";

/** @returns the exit code */
export async function planOnly(options: ProvisionOptions): Promise<number> {
  return withPlaceOf(options, async (place) => {
    const { steps } = await planned(options, place);
    return refusals(steps) === 0 ? 0 : 1;
  });
}

/** @returns the exit code */
export async function applyAll(options: ProvisionOptions): Promise<number> {
  return withPlaceOf(options, async (place) => {
    const { desired, steps, isDone, secrets } = await planned(options, place);
    if (refusals(steps) > 0) {
      console.error("Nothing was done: first see to what is marked with !");
      return 1;
    }
    if (isDone) return 0;
    const question = questionOf(steps);
    if (question !== undefined && !(await isWanted(question, options))) return 1;
    const isThrough = await carryOut(options, (progress) => apply(desired, place, progress), secrets);
    if (isThrough && !options.json) await tellNext(options, place);
    return isThrough ? 0 : 1;
  });
}

/** Where the relay stands, with all that is there. */
export async function withPlaceOf(
  options: ProvisionOptions,
  work: (place: Place & { region: string; homeRegion: string }) => Promise<number>,
) {
  const open = await openPlace(await accessOf(options), options);
  try {
    return await work({ ...open, found: await survey(open) });
  } finally {
    open.clients.close();
  }
}

async function planned(options: ProvisionOptions, place: Place & { region: string; homeRegion: string }) {
  const { settings, notes } = await settingsOf(options, place);
  const desired = desiredOf(settings);
  const steps = planOf(desired, place.found);
  if (!options.json) for (const note of notes) console.error(printable(`note: ${note}`));
  const isDone = steps.every(({ action }) => action === "keep");
  if (options.json) console.log(JSON.stringify({ summary: summaryOf(steps), notes, steps: steps.map(stepSummary) }));
  else console.log(planText(steps));
  // An update sends what others have set, too.
  const before = place.found.filter(({ kind }) => kind === "function").map(({ attributes }) => attributes.config ?? {});
  const secrets = [settings.config, ...(before as Record<string, string>[])].flatMap(secretValues);
  return { desired, steps, isDone, secrets };
}

function stepSummary(step: Step): Record<string, unknown> {
  const { action } = step;
  if (action === "delete") return { action, kind: step.actual.kind, name: maskedEndpoint(step.actual.name) };
  const { kind, key } = step.desired;
  const told = { action, kind, key: maskedEndpoint(key) };
  if (action === "change") return { ...told, changes: step.differences.map(({ path }) => path) };
  return action === "refuse" ? { ...told, problem: maskedEndpoint(step.problem) } : told;
}

function refusals(steps: readonly Step[]): number {
  return steps.filter(({ action }) => action === "refuse").length;
}

/** @returns false after it has said where it stopped, and how to go on */
export async function carryOut(
  { json }: ProvisionOptions,
  work: (progress: Progress) => Promise<void>,
  secrets: readonly string[] = [],
): Promise<boolean> {
  let changed = 0;
  // Whoever stops it learns what that means; the step that was under way may be done all the same.
  const interrupted = () =>
    console.error("\nStopped in the middle; what was done stays. Give the same command again: it goes on from there.");
  process.once("exit", interrupted);
  try {
    await work((done, { number, of }) => {
      if (done.action !== "keep") changed++;
      if (json) console.log(JSON.stringify({ step: number, of, ...done, name: maskedEndpoint(done.name) }));
      else if (done.action !== "keep") console.log(progressLine(done, number, of));
    });
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    const message = createRedactor(secrets, "****")(said);
    if (json) console.log(JSON.stringify({ stopped: message }));
    for (const line of message.split("\n")) console.error(styled("red", printable(line)));
    return false;
  } finally {
    process.off("exit", interrupted);
  }
  if (!json) console.log(styled("green", `Done: ${changed} ${changed === 1 ? "step" : "steps"}.`));
  return true;
}

const PAST: Record<Done["action"], string> = {
  create: "created",
  change: "changed",
  keep: "kept",
  delete: "deleted",
  "take out": "took out",
};

function progressLine({ action, kind, name, ms }: Done, number: number, of: number): string {
  const count = `[${String(number).padStart(String(of).length)}/${of}]`;
  const what = action === "take out" ? name : `${KINDS[kind].noun} ${maskedEndpoint(name)}`;
  return printable(`${count} ${PAST[action]} ${what} (${(ms / 1000).toFixed(1)} s)`);
}

async function tellNext(options: ProvisionOptions, place: Place): Promise<void> {
  const { compartmentId, clients } = place;
  const all = await listAll((page) => clients.subscriptions.listSubscriptions({ compartmentId, ...page }));
  const pending = all.filter((each) => String(each.lifecycleState) === "PENDING" && isOwned(each, place));
  for (const { protocol, endpoint } of pending) {
    const who = `${protocol} ${maskedEndpoint(endpoint)}`;
    console.log(printable(`Still to do: ${who} has to confirm its subscription, by the link that was sent to it.`));
  }
  console.log(`Then see that it all works: npm run relay -- verify ${asTyped(options)}`);
}
