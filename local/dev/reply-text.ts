import type { Delivery, Outcome, Reply } from "../../src/outcome.ts";
import { printable, styled } from "../terminal.ts";

/** What the relay says of one event, a line each: its outcome, then what became of it at each destination. */
export function replyLines(reply: Reply): string[] {
  const { outcome, problem } = reply;
  const why = problem === undefined ? "" : `: ${printable(problem)}`;
  const deliveries = "deliveries" in reply ? reply.deliveries : [];
  return [`${outcomeText(outcome)}${why}`, ...deliveries.map(deliveryText)];
}

export function outcomeText(outcome: Outcome): string {
  const isWell = outcome === "delivered" || outcome === "duplicate" || outcome === "ignored";
  return styled(isWell ? "green" : "red", outcome);
}

export function deliveryText({ destination, outcome, attempts, status, problem }: Delivery): string {
  const answered = status === undefined ? "" : `, answered ${status}`;
  const tries = attempts > 1 ? ` after ${attempts} attempts` : "";
  return `${printable(destination)} ${outcomeText(outcome)}${tries}${answered}${problem === undefined ? "" : `: ${printable(problem)}`}`;
}
