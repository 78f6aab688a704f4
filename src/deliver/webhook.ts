import { type SendContext, send } from "../http/send.ts";
import type { Notification } from "../notification.ts";
import { yunionEvent, yunionMessage } from "../notification.ts";
import type { Attempt, Destination } from "./destination.ts";
import { createRedactor, excerptOf, partsOf, textsIn } from "./excerpt.ts";
import { standardWebhooksHeaders } from "./standard-webhooks.ts";
import { targetIdentity } from "./target-identity.ts";
import { refusedAttempt, unansweredAttempt, verdictOfStatus } from "./verdict.ts";
import { type Robot, yunionRequest } from "./yunion.ts";

export interface WebhookSettings {
  name: string;
  url: URL;
  robot: Robot;
  /** Keys of Standard Webhooks, newest first. */
  signingKeys: readonly Uint8Array[];
}

/** A destination that gets what the Cloudpods webhook robot sends, and beside it the headers of Standard Webhooks. */
export function createWebhook(settings: WebhookSettings, now: () => number): Destination {
  const { name, url, robot, signingKeys } = settings;
  const secrets = secretsOf(settings);
  const redact = createRedactor(secrets);
  return {
    name,
    type: "webhook",
    // The path and query of a webhook URL are often its password.
    target: url.origin,
    identity: targetIdentity(url.href),
    secrets,
    async attempt(notifications: readonly Notification[], context: SendContext): Promise<Attempt> {
      const [notification] = notifications;
      if (notification === undefined) throw new Error("a webhook takes one notification at a time");
      const message = robot.use_template ? notification.title : yunionMessage(notification);
      const { headers, body } = yunionRequest({ robot, event: yunionEvent(notification), message });
      const timestamp = Math.floor(now() / 1000);
      const signature = standardWebhooksHeaders({ eventId: notification.eventId, timestamp, body, keys: signingKeys });
      const sent = { Accept: "*/*", "Accept-Encoding": "identity", ...headers, ...signature };
      const answer = await send({ method: "POST", url, headers: sent, body }, context);
      if (!answer.ok) return unansweredAttempt(answer.code, "the receiver");
      const verdict = verdictOfStatus(answer.status);
      if (verdict === "done") return { verdict, status: answer.status };
      const response = excerptOf(answer.body, redact, signaturesIn(sent));
      return refusedAttempt(answer, { verdict, problem: problemOf(answer.status), response, nowMs: now() });
    },
  };
}

const MIN_SECRET_SEGMENT_CHARS = 8;

function problemOf(status: number): string {
  if (status >= 300 && status < 400) return `answered ${status}; redirects are not followed, so set the final URL`;
  if (status === 401 || status === 403) return `answered ${status}: the receiver does not accept our credentials`;
  if (status === 404 || status === 410) return `answered ${status}: nothing takes webhooks at this URL`;
  return `answered ${status}`;
}

function secretsOf({ url, robot, signingKeys }: WebhookSettings): string[] {
  // A short part of a path is a word that any answer may hold.
  const segments = url.pathname.split("/").filter((segment) => segment.length >= MIN_SECRET_SEGMENT_CHARS);
  const path = url.pathname + url.search;
  const inUrl = [url.href, path, ...segments, ...[path, ...segments].map(decodedPath), ...url.searchParams.values()];
  const keys = signingKeys.flatMap((key) => [
    Buffer.from(key).toString("base64"),
    Buffer.from(key).toString("hex"),
    Buffer.from(key).toString("latin1"),
  ]);
  const headers = textsIn(robot.header).flatMap(partsOf);
  return [...inUrl, ...keys, ...headers, ...textsIn([robot.secret_key, robot.body])].filter((text) => text !== "/");
}

function decodedPath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** With a body and its signature anybody could send it once more. */
function signaturesIn(headers: Record<string, string>): string[] {
  return Object.entries(headers).flatMap(([name, value]) =>
    /^(x-auth-token|webhook-signature)$/i.test(name) ? value.split(" ").flatMap((each) => [each, each.slice(3)]) : [],
  );
}
