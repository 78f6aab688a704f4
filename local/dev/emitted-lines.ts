import type { EmittedEvent } from "../events/bus.ts";
import { printable, styled } from "../terminal.ts";
import { shortOcid } from "./short-ocid.ts";

/** Which rules matched an event on the bus, and what became of each action: a line each, for a terminal. */
export function emittedLines({ rules, problem }: EmittedEvent): string[] {
  if (problem !== undefined) return [styled("yellow", printable(`no rule can see it: ${problem}`))];
  if (rules.length === 0) return [styled("yellow", "no rule matched")];
  return rules.flatMap((rule) => {
    const name = `rule ${printable(rule.displayName)}`;
    if (rule.problem !== undefined) return [`${name}: ${styled("red", rule.problem)}`];
    if (rule.actions.length === 0) return [`${name}: matched, and has no action that is enabled`];
    return rule.actions.map((action) => `${name}: ${actionText(action)}`);
  });
}

function actionText(action: EmittedEvent["rules"][number]["actions"][number]): string {
  const { actionType, targetId, outcome, attempts, status, error } = action;
  const target = `${actionType} ${shortOcid(printable(targetId))}`;
  const colour = outcome === "delivered" ? "green" : "red";
  const answered = status === undefined ? "" : `, answered ${status}`;
  const tries = attempts === 1 ? "" : ` after ${attempts} attempts`;
  // What the function made of it, its own log tells: a letter that is kept is an answer of 200 too.
  const done = actionType === "FAAS" && outcome === "delivered" ? "called" : outcome;
  const why = error === undefined ? "" : `: ${printable(error)}`;
  return `${target} ${styled(colour, done)}${answered}${tries}${why}`;
}
