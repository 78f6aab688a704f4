import type { Notification } from "../notification.ts";
import { yunionEvent, yunionMessage } from "../notification.ts";
import type { Attempt, Destination } from "./destination.ts";
import { post } from "./post.ts";
import { standardWebhooksHeaders } from "./standard-webhooks.ts";
import { refusedAttempt, verdictOfError, verdictOfStatus } from "./verdict.ts";
import { type Robot, yunionRequest } from "./yunion.ts";

export interface WebhookSettings {
  name: string;
  url: URL;
  robot: Robot;
  /** Keys of Standard Webhooks, newest first. */
  signingKeys: readonly Uint8Array[];
}

/** A destination that gets what the Cloudpods webhook robot sends, and beside it the headers of Standard Webhooks. */
export function createWebhook({ name, url, robot, signingKeys }: WebhookSettings, now: () => number): Destination {
  return {
    name,
    // The path and query of a webhook URL are often its password.
    label: `webhook ${url.origin}`,
    async attempt(notification: Notification, signal: AbortSignal): Promise<Attempt> {
      const message = robot.use_template ? notification.title : yunionMessage(notification);
      const { headers, body } = yunionRequest({ robot, event: yunionEvent(notification), message });
      const timestamp = Math.floor(now() / 1000);
      const signature = standardWebhooksHeaders({ eventId: notification.eventId, timestamp, body, keys: signingKeys });
      const sent = { Accept: "*/*", "Accept-Encoding": "identity", ...headers, ...signature };
      const answer = await post({ url, headers: sent, body }, signal);
      if (!answer.ok) return { verdict: verdictOfError(answer.code), problem: `no answer (${answer.code})` };
      const verdict = verdictOfStatus(answer.status);
      if (verdict === "done") return { verdict, status: answer.status };
      return refusedAttempt(answer, { verdict, problem: problemOf(answer.status), nowMs: now() });
    },
  };
}

function problemOf(status: number): string {
  if (status >= 300 && status < 400) return `answered ${status}; redirects are not followed, so set the final URL`;
  if (status === 401 || status === 403) return `answered ${status}: the receiver does not accept our credentials`;
  if (status === 404 || status === 410) return `answered ${status}: nothing takes webhooks at this URL`;
  return `answered ${status}`;
}
