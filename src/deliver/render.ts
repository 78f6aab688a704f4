import { type JsonValue, jsonProblem } from "../json-value.ts";
import type { Notification } from "../notification.ts";
import type { Result } from "../problem.ts";

/** A payload of its owner's own, as relay.config.ts has it; nothing is known of what it gives. */
export type Render = (notification: Notification) => unknown;

/** What `render` makes of a notification, if it can be sent as JSON. */
export function rendered(render: Render, notification: Notification): Result<JsonValue> {
  let payload: unknown;
  let problem: string | undefined;
  try {
    // Its own copy: it may write into it, and the details hold parts of the event that a dead letter keeps.
    payload = render(structuredClone(notification));
    // A promise is told as what it is; that it may fail must not end the process.
    if (payload instanceof Promise) payload.catch(() => undefined);
    problem = jsonProblem(payload);
  } catch (error) {
    // Its message may quote the event.
    return { ok: false, problem: `render: threw ${error instanceof Error ? error.name : `a ${typeof error}`}` };
  }
  if (problem === undefined) return { ok: true, value: payload as JsonValue };
  return { ok: false, problem: `render: expected a text or what JSON can say, but ${problem}` };
}
