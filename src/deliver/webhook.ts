import type { Tls } from "../http/channel.ts";
import { type SendContext, send } from "../http/send.ts";
import { stringifyJson } from "../json.ts";
import { type Notification, yunionEvent, yunionMessage } from "../notification.ts";
import { isRecord, type Result } from "../problem.ts";
import type { Vault } from "../vault.ts";
import { createCredentials, type Settled, type WebhookSource } from "./credentials.ts";
import type { Attempt, Destination, Failure } from "./destination.ts";
import { excerptOf, partsOf } from "./excerpt.ts";
import { rendered } from "./render.ts";
import { standardWebhooksHeaders } from "./standard-webhooks.ts";
import { targetIdentity } from "./target-identity.ts";
import { refusedAttempt, unansweredAttempt, verdictOfStatus } from "./verdict.ts";
import type { WebhookTarget } from "./webhook-target.ts";
import { yunionHeaders, yunionRequest } from "./yunion.ts";

export interface WebhookOptions extends WebhookSource {
  name: string;
  /** The origin of its URL; undefined while only the vault knows it. */
  origin: string | undefined;
  /** Tells its URL from any other, also while it is in the vault. */
  address: string;
  vault: Vault;
}

/** A destination that gets what the Cloudpods webhook robot sends, and beside it the headers of Standard Webhooks. */
export function createWebhook(options: WebhookOptions, now: () => number): Destination {
  const { name, origin, address, secretIds, vault } = options;
  const credentials = createCredentials(options, vault, now);
  return {
    name,
    type: "webhook",
    // The path and query of a webhook URL are often its password.
    target: origin ?? "a URL in the vault",
    identity: targetIdentity(address),
    secrets: credentials.secrets,
    ...(secretIds.length > 0 && { prepare: vault.prepare }),
    async attempt(notifications: readonly Notification[], context: SendContext): Promise<Attempt> {
      const [notification] = notifications;
      if (notification === undefined) throw new Error("a webhook takes one notification at a time");
      return credentials.attempt((settled, token) => post(notification, { settled, token, context }), context);
    },
  };

  async function post(
    notification: Notification,
    { settled, token, context }: { settled: Settled; token: string | undefined; context: SendContext },
  ): Promise<Attempt> {
    const { webhook, channel, redact } = settled;
    const request = requestOf(webhook, notification);
    if (!request.ok) return { verdict: "give-up", error: "RENDER", problem: request.problem };
    const { body, headers } = request.value;
    const signature = standardWebhooksHeaders({
      eventId: notification.eventId,
      timestamp: Math.floor(now() / 1000),
      body,
      keys: webhook.signingKeys,
    });
    const sent = {
      ...{ Accept: "*/*", "Accept-Encoding": "identity" },
      ...headers,
      ...signature,
      ...(token !== undefined && { Authorization: `Bearer ${token}` }),
    };
    const answer = await send({ method: "POST", url: webhook.url, headers: sent, body, channel }, context);
    if (!answer.ok) return unanswered(answer, webhook);
    const verdict = verdictOfStatus(answer.status);
    if (verdict === "done") return { verdict, status: answer.status };
    const response = excerptOf(answer.body, redact, ownTo(sent));
    return refusedAttempt(answer, { verdict, problem: problemOf(answer.status, webhook), response, nowMs: now() });
  }

  function unanswered(answer: { code: string; reason?: string }, { tls }: WebhookTarget): Failure {
    const attempt = unansweredAttempt(answer, "the receiver");
    const hint = certificateHint(answer.code, tls);
    return hint === undefined ? attempt : { ...attempt, problem: `${attempt.problem}; ${hint}` };
  }

  /** A receiver that does not accept a certificate may say so, or break the connection without a word. */
  function certificateHint(code: string, tls: Tls | undefined): string | undefined {
    if (tls?.validTo === undefined || !/^(ECONNRESET|EPIPE|EPROTO$|ERR_SSL)/.test(code)) return undefined;
    if (Date.parse(tls.validTo) < now()) return `the relay's certificate ended on ${tls.validTo}`;
    return "if it is so each time, see that the receiver trusts who signed the relay's certificate";
  }
}

/** As Cloudpods tells of what it has found, rather than done. */
const SYNC_ACTIONS = new Set(["create", "update", "delete"]);

/** The request of one notification, but for what is of this very try. */
function requestOf(
  { robot, render, syncActions, authHeader }: WebhookTarget,
  notification: Notification,
): Result<{ headers: Record<string, string>; body: string }> {
  const isSynced = syncActions && SYNC_ACTIONS.has(notification.action);
  const told = isSynced ? { ...notification, action: `sync_${notification.action}` } : notification;
  const authorized =
    authHeader === undefined
      ? robot
      : { ...robot, header: { ...asRecord(robot.header), [authHeader[0]]: authHeader[1] } };
  const event = yunionEvent(told);
  if (render === undefined) {
    const message = robot.use_template ? told.title : yunionMessage(told);
    return { ok: true, value: yunionRequest({ robot: authorized, event, message }) };
  }
  const payload = rendered(render, told);
  if (!payload.ok) return payload;
  // The robot's body is laid over it as it is over the relay's own.
  const whole = isRecord(payload.value) ? { ...payload.value, ...asRecord(robot.body) } : payload.value;
  const body = stringifyJson(whole);
  return { ok: true, value: { headers: yunionHeaders({ robot: authorized, event, body }), body } };
}

function asRecord(value: unknown): Record<string, unknown> {
  return isRecord(value) ? value : {};
}

function problemOf(status: number, { hints }: WebhookTarget): string {
  const hint = hints.get(status);
  if (hint !== undefined) return `answered ${status}: ${hint}`;
  if (status >= 300 && status < 400) return `answered ${status}; redirects are not followed, so set the final URL`;
  if (status === 401 || status === 403) return `answered ${status}: the receiver does not accept our credentials`;
  if (status === 404 || status === 410) return `answered ${status}: nothing takes webhooks at this URL`;
  return `answered ${status}`;
}

/** What of one request no excerpt may quote: with a body and its signature, or with a token, anybody could send one. */
function ownTo(headers: Record<string, string>): string[] {
  return Object.entries(headers).flatMap(([name, value]) => {
    if (/^(x-auth-token|webhook-signature)$/i.test(name))
      return value.split(" ").flatMap((each) => [each, each.slice(3)]);
    return name === "Authorization" ? partsOf(value) : [];
  });
}
