import type { Item } from "./classify.ts";
import type { Result, Results } from "./deliveries.ts";
import {
  type BatchReply,
  type Counts,
  type Delivery,
  type EventReply,
  INTERNAL_ERROR,
  isError,
  OUTCOMES,
  type Reply,
  worst,
} from "./outcome.ts";
import type { Plan } from "./plan.ts";

const MAX_ITEMS = 100;

/**
 * What the caller is told.
 * @param told notKept: why what was rejected could not be kept, so that it has failed; problems: what else went wrong
 */
export function replyOf(
  { isBatch, plans, results }: { isBatch: boolean; plans: readonly Plan[]; results: Results },
  { notKept, problems = [] }: { notKept?: string | undefined; problems?: readonly (string | undefined)[] },
): Reply {
  const problem = problems.filter((each) => each !== undefined).join("; ") || undefined;
  const replies = plans.map((plan, place) => eventReply(plan, results[place] ?? new Map(), notKept));
  const [only] = replies;
  if (!isBatch && only !== undefined) return withProblem(only, problem);
  return withProblem(batchReply(replies), problem);
}

function withProblem<R extends Reply>(reply: R, problem: string | undefined): R {
  if (problem === undefined) return reply;
  return { ...reply, problem: reply.problem === undefined ? problem : `${reply.problem}; ${problem}` };
}

function eventReply(plan: Plan, results: ReadonlyMap<string, Result>, notKept: string | undefined): EventReply {
  if (plan.fate === "rejected") {
    const { item, problem } = plan;
    const ids = { eventID: textOf(item, ["eventID", "id", "eventId"]), eventType: textOf(item, ["eventType", "type"]) };
    if (notKept === undefined) return { outcome: "rejected", ...ids, deliveries: [], problem };
    return { outcome: "failed", ...ids, deliveries: [], problem: `${problem}; and it could not be kept: ${notKept}` };
  }
  const { event, problem } = plan;
  const names = plan.fate === "wanted" ? [...plan.destinations] : [];
  const deliveries = names.map((name) => results.get(name)?.delivery ?? unknownDelivery(name));
  const outcome = plan.fate === "ignored" ? "ignored" : worst(deliveries.map((delivery) => delivery.outcome));
  const ids = { eventID: echo(event.eventID), eventType: event.eventType };
  return { outcome, ...ids, deliveries, ...(problem !== undefined && { problem }) };
}

/** What nobody has told of is not delivered. */
function unknownDelivery(destination: string): Delivery {
  return { destination, outcome: "failed", attempts: 0, problem: INTERNAL_ERROR };
}

function batchReply(replies: readonly EventReply[]): BatchReply {
  const counts: Counts = {};
  for (const { outcome } of replies) counts[outcome] = (counts[outcome] ?? 0) + 1;
  const items = replies.map((reply, index) => ({ index, ...reply }));
  // Those that somebody has to look at come first.
  const errors = items.filter(({ outcome }) => isError(outcome));
  const others = items.filter(({ outcome }) => !isError(outcome) && outcome !== "delivered");
  const shown = items.length <= MAX_ITEMS ? items : [...errors, ...others].slice(0, MAX_ITEMS);
  const inOrder = Object.fromEntries(
    OUTCOMES.flatMap((outcome) => (counts[outcome] ? [[outcome, counts[outcome]]] : [])),
  );
  return { outcome: worst(replies.map(({ outcome }) => outcome)), counts: inOrder, items: shown };
}

function textOf(item: Item, fields: readonly string[]): string | null {
  if (item.shape === "unreadable") return null;
  const text = fields.map((field) => item.value[field]).find((value) => typeof value === "string");
  return typeof text === "string" ? echo(text) : null;
}

// Enough to recognise an event by, too little to flood a log: a real eventID has 36 characters.
const MAX_ECHO_CHARS = 200;

export function echo(text: string): string {
  return text.length > MAX_ECHO_CHARS ? `${text.slice(0, MAX_ECHO_CHARS)}…`.toWellFormed() : text;
}
