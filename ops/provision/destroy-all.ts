import { printable, styled } from "../../local/terminal.ts";
import type { ProvisionOptions } from "../provision-command.ts";
import { destroy } from "./apply.ts";
import { isWanted } from "./ask.ts";
import { carryOut, withPlaceOf } from "./carry-out.ts";
import { type Contents, contentsOf } from "./contents.ts";
import type { Actual } from "./kind.ts";
import { KINDS } from "./kinds.ts";
import { inOrderOfRemoval } from "./plan.ts";
import { type Stale, staleSettings } from "./stale-settings.ts";
import { maskedEndpoint, secretValues } from "./tell.ts";

/** @returns the exit code */
export async function destroyAll(options: ProvisionOptions): Promise<number> {
  return withPlaceOf(options, async (place) => {
    const ours = place.found.filter(({ isOurs }) => isOurs);
    const stale = await staleSettings(ours, place);
    if (ours.length === 0 && stale.length === 0) {
      if (options.json) console.log(JSON.stringify({ deleted: 0 }));
      else
        console.log(`There is nothing of ${options.name} here: nothing bears the tag oci-event-relay=${options.name}.`);
      return 0;
    }
    const contents = await contentsOf(ours, place);
    if (options.json) console.log(JSON.stringify(summary(ours, stale, contents)));
    else {
      for (const line of [
        ...stale.map(changeLine),
        ...inOrderOfRemoval(ours).map((each) => deleteLine(each, contents)),
      ])
        console.log(styled("red", printable(line)));
    }
    const full = contents.filter(({ hasLetters }) => hasLetters).map(({ bucketName }) => bucketName);
    if (full.length > 0 && !options.deleteDeadLetters) {
      console.error(
        `Nothing was done: ${full.join(", ")} still keeps dead letters or rejected input. Have them sent (npm run relay -- replay --bucket ${full[0]} --help), or destroy them too with --delete-dead-letters.`,
      );
      return 1;
    }
    if (!(await isWanted(question(ours, contents), options))) return 1;
    const note = noteOf(place.found, stale, options);
    if (note !== undefined) console.error(note);
    const destroying = { ...place, stale, deletesLetters: options.deleteDeadLetters === true };
    const secrets = stale.flatMap(([{ attributes }]) => secretValues(attributes.config as Record<string, string>));
    return (await carryOut(options, (progress) => destroy(ours, destroying, progress), secrets)) ? 0 : 1;
  });
}

function summary(ours: readonly Actual[], stale: readonly Stale[], contents: readonly Contents[]) {
  return {
    delete: ours.map(({ kind, name }) => ({ kind, name: maskedEndpoint(name) })),
    takeOut: stale.map(([{ name }, values]) => ({ function: name, settings: Object.keys(values) })),
    contents: contents.map(({ bucketName, objects }) => ({ bucket: bucketName, objects })),
  };
}

function changeLine([{ name }, values]: Stale): string {
  return `~ change  ${"function".padEnd(21)} ${name}: ${Object.keys(values).join(", ")} taken out`;
}

function deleteLine({ kind, name }: Actual, contents: readonly Contents[]): string {
  const held = contents.find(({ bucketName }) => kind === "bucket" && bucketName === name);
  const more = held === undefined ? "" : `, with ${held.objects} in it`;
  return `- delete  ${KINDS[kind].noun.padEnd(21)} ${maskedEndpoint(name)}${more}`;
}

function question(ours: readonly Actual[], contents: readonly Contents[]): string {
  if (ours.length === 0) return "take these settings out";
  const lost = contents.map(({ bucketName, objects }) => `${objects} in ${bucketName}`);
  return `delete these ${ours.length}${lost.length === 0 ? "" : `, with ${lost.join(" and ")},`}`;
}

/** What the function that stays keeps of its configuration, and what not. */
function noteOf(found: readonly Actual[], stale: readonly Stale[], options: ProvisionOptions): string | undefined {
  const fn = found.find(({ kind, isOurs, name }) => kind === "function" && !isOurs && name === options.function);
  const takenOut = Object.keys(stale.find(([actual]) => actual === fn)?.[1] ?? {});
  const kept = Object.keys((fn?.attributes.config ?? {}) as object).filter((name) => !takenOut.includes(name));
  const parts = [
    ...(takenOut.length > 0 ? [`without ${takenOut.join(", ")}`] : []),
    ...(kept.length > 0 ? [`with ${kept.join(", ")}`] : []),
  ];
  if (parts.length === 0) return undefined;
  const unset = kept.length === 0 ? "" : `: fn unset config function ${options.application} ${options.function} <name>`;
  return `note: the function ${options.function} stays, ${parts.join(" and ")}${unset}`;
}
