import { createInterface } from "node:readline/promises";
import type { ProvisionOptions } from "../provision-command.ts";
import type { Step } from "./plan.ts";

/** What nobody does by the way: deleting, and having rules and permissions meant for another function. */
export function questionOf(steps: readonly Step[]): string | undefined {
  const going = steps.filter(({ action }) => action === "delete").length;
  const isTurned = steps.some(
    (step) =>
      step.action === "change" &&
      step.differences.some(({ path }) => path === "matchingRule" || path.endsWith(".functionId")),
  );
  const parts = [...(going > 0 ? [`delete ${going}`] : []), ...(isTurned ? ["turn to another function"] : [])];
  return parts.length === 0 ? undefined : parts.join(" and ");
}

/** @returns false after it has said that nothing was done */
export async function isWanted(question: string, { yes, name }: ProvisionOptions): Promise<boolean> {
  if (yes) return true;
  if (!process.stdin.isTTY) {
    console.error(
      `Nothing was done: to ${question} has to be confirmed, and nobody is there to ask. Say --yes if it is meant.`,
    );
    return false;
  }
  const terminal = createInterface({ input: process.stdin, output: process.stderr, terminal: true });
  // Ctrl-C and Ctrl-D are answers too.
  const answer = await terminal
    .question(`To ${question}: type the relay's name, ${name}, to go on: `)
    .catch(() => undefined);
  terminal.close();
  if (answer?.trim() === name) return true;
  console.error(`${answer === undefined ? "\n" : ""}Nothing was done.`);
  return false;
}
