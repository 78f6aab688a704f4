import type { Received } from "../sink.ts";
import { printable, styled } from "../terminal.ts";
import { clockTime } from "./clock-time.ts";
import { emittedLines } from "./emitted-lines.ts";
import { type EventStory, type FunctionCalled, lastDeliveries } from "./event-stories.ts";
import { deliveryText, outcomeText } from "./reply-text.ts";

/** A short story for a person at a terminal. */
export function storyText(story: EventStory): string {
  const { emitted, resource, calls, webhooks } = story;
  const lines: [string, string][] = emittedLines(emitted).map((line) => ["bus", line]);
  for (const called of calls) lines.push(["function", calledText(called)]);
  for (const delivery of lastDeliveries(story)) lines.push(["", deliveryText(delivery)]);
  for (const tries of triesIn(webhooks)) lines.push(["webhook", webhookText(tries)]);
  const thing = resource === "" ? "" : ` · ${printable(resource)}`;
  const title = `${styled("dim", clockTime())}  ${styled("bold", printable(emitted.eventType))}${thing}`;
  return [title, ...lines.map(([label, text]) => `          ${label.padEnd(9)} ${text}`)].join("\n");
}

/** The same in one line. */
export function shortStoryText({ emitted, calls, webhooks }: EventStory): string {
  const last = calls.at(-1);
  const became = last === undefined ? emittedLines(emitted).join("; ") : calledText(last);
  const event = webhooks[0] === undefined ? "" : `  ${printable(webhooks[0].event)}`;
  return `${styled("dim", clockTime())}  ${printable(emitted.eventType)}  ${became}${event}`;
}

/** A call that came from somewhere else than the bus. */
export function callText(called: FunctionCalled, { from, eventType }: { from: string; eventType: string }): string {
  return `${styled("dim", clockTime())}  ${from}: ${printable(eventType)}  ${calledText(called)}`;
}

export function strayWebhookText(webhook: Received): string {
  return `${styled("dim", clockTime())}  webhook: ${webhookText([webhook])}`;
}

function calledText({ status, reply, ms }: FunctionCalled): string {
  const answered = `answered ${status} in ${Math.round(ms)} ms`;
  if (reply === undefined) return `${styled("red", "no reply")} · ${answered} · its log says why`;
  const why = reply.problem === undefined ? "" : ` · ${printable(reply.problem)}`;
  return `${outcomeText(reply.outcome)} · ${answered}${why}`;
}

/** Those of the same message, together. */
function triesIn(webhooks: readonly Received[]): Received[][] {
  const groups: Received[][] = [];
  for (const webhook of webhooks) {
    const { event, token, body } = webhook;
    const same = groups.find(([one]) => one?.event === event && one.token === token && one.body.equals(body));
    if (same === undefined) groups.push([webhook]);
    else same.push(webhook);
  }
  return groups;
}

function webhookText(tries: readonly Received[]): string {
  const [first] = tries;
  if (first === undefined) return "";
  const { event, isValidation, body, token } = first;
  const name = isValidation ? "validation request" : printable(event) || "no X-Yunion-Event";
  const shown = `X-Auth-Token ${token === "valid" ? token : styled("yellow", token)}`;
  const answered = tries.map((each) => styled(each.answered === 200 ? "green" : "red", String(each.answered)));
  return `${styled("cyan", name)} · ${body.byteLength} bytes · ${shown} · answered ${answered.join(", ")}`;
}
