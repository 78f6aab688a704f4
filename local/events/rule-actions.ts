import { stringifyJson } from "../../src/json.ts";
import type { Clock } from "../emulator/clock.ts";
import type { Cloud } from "../emulator/cloud.ts";
import { type Rule, type RuleAction, targetIdOf } from "./rule.ts";

/** What became of one action of a rule for one event; brought up to date with every try. */
export interface ActionOutcome {
  actionType: RuleAction["actionType"];
  /** Of the function, topic or stream. */
  targetId: string;
  outcome: "waiting" | "delivered" | "failed";
  attempts: number;
  /** Of the last answer: the function's, or that of PublishMessage. */
  status?: number;
  /** Why the last try failed. */
  error?: string;
  /** What a function answered that succeeded, if it is no longer than a reply of the relay for one event. OCI throws it away. */
  reply?: string;
}

export interface RuleActions {
  /** Begins all enabled actions at once. `done` resolves when each is delivered or given up; it never rejects. */
  carryOut: (rule: Rule, event: Record<string, unknown>) => { outcomes: ActionOutcome[]; done: Promise<void> };
  /** No more tries: what waits for one is given up. */
  close: () => void;
}

type Tried = { status: number; error?: string; reply?: string } | { error: string };

const MAX_REPLY_CHARS = 10_000;

/** Several tries are promised, at least one delivery; how many, when and after which errors is not documented. */
export const RETRY_DELAYS_MS = [1_000, 2_000, 4_000];

export function createRuleActions(
  cloud: Cloud,
  { clock, retryDelaysMs }: { clock: Clock; retryDelaysMs: readonly number[] },
): RuleActions {
  const pauses = new Set<() => void>();
  let isClosed = false;
  return {
    carryOut(rule, event) {
      const begun = rule.actions
        .filter(({ isEnabled }) => isEnabled)
        .map((action) => {
          const { actionType } = action;
          const outcome: ActionOutcome = { actionType, targetId: targetIdOf(action), outcome: "waiting", attempts: 0 };
          return { outcome, done: deliver(rule, { action, event, outcome }) };
        });
      const all = Promise.all(begun.map(({ done }) => done));
      return { outcomes: begun.map(({ outcome }) => outcome), done: all.then(() => {}) };
    },
    close() {
      isClosed = true;
      for (const end of pauses) end();
    },
  };

  async function deliver(
    { id: resourceId, displayName: resourceDisplayName, compartmentId }: Rule,
    { action, event, outcome }: { action: RuleAction; event: Record<string, unknown>; outcome: ActionOutcome },
  ): Promise<void> {
    const body = stringifyJson(event);
    for (const delayMs of [...retryDelaysMs, undefined]) {
      const tried = await attempt(cloud, action, body);
      tell(outcome, tried);
      if (outcome.outcome === "delivered" || delayMs === undefined || !mayHelp(tried) || isClosed) break;
      await pause(delayMs);
      if (isClosed) break;
    }
    if (outcome.outcome !== "delivered") outcome.outcome = "failed";
    const name = outcome.outcome === "delivered" ? "DeliverySucceedEvents" : "DeliveryFailedEvents";
    const dimensions = { actionType: action.actionType, resourceDisplayName, resourceId };
    cloud.count({ namespace: "oci_cloudevents", name, compartmentId, dimensions });
  }

  function pause(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      const end = () => {
        stop();
        pauses.delete(end);
        resolve();
      };
      const stop = clock.after(delayMs, end);
      pauses.add(end);
    });
  }
}

async function attempt(cloud: Cloud, action: RuleAction, body: string): Promise<Tried> {
  switch (action.actionType) {
    case "FAAS":
      return invoke(cloud, action.functionId, body);
    case "ONS": {
      const result = await cloud.publish(action.topicId, { body });
      return result.ok ? { status: 202 } : { status: result.status, error: `${result.code}: ${result.message}` };
    }
    case "OSS":
      if (cloud.putOnStream(action.streamId, { value: body })) return { status: 200 };
      return { status: 404, error: "NotAuthorizedOrNotFound: there is no such stream" };
  }
}

/** The bare event, no wrapper; which headers come with it is not documented. */
async function invoke(cloud: Cloud, functionId: string, body: string): Promise<Tried> {
  try {
    const reply = await cloud.invoke(functionId, body, { "content-type": "application/json" });
    const { status, body: said } = reply;
    if (status < 200 || status > 299)
      return { status, error: `the function answered ${status}: ${said.slice(0, 200)}` };
    return said.length > MAX_REPLY_CHARS ? { status } : { status, reply: said };
  } catch (error) {
    // A host that can not start the function is a target that does not answer.
    return { error: error instanceof Error ? error.message : String(error) };
  }
}

/** What is not there, or may not, will not be there a second later. */
function mayHelp(tried: Tried): boolean {
  return !("status" in tried) || tried.status === 429 || tried.status >= 500;
}

function tell(outcome: ActionOutcome, tried: Tried): void {
  outcome.attempts += 1;
  delete outcome.status;
  delete outcome.error;
  if (tried.error === undefined) outcome.outcome = "delivered";
  Object.assign(outcome, tried);
}
