import type { Channel } from "../http/channel.ts";
import type { Connections } from "../http/connections.ts";
import type { SendContext } from "../http/send.ts";
import type { Result } from "../problem.ts";
import type { Vault } from "../vault.ts";
import type { Attempt, Failure } from "./destination.ts";
import { createRedactor } from "./excerpt.ts";
import { createTokenSource, type TokenSource } from "./oauth2.ts";
import { secretsOf } from "./webhook-secrets.ts";
import type { WebhookTarget } from "./webhook-target.ts";

/** How a webhook becomes whole. */
export interface WebhookSource {
  /** OCIDs of the secrets that it needs from the vault. */
  secretIds: readonly string[];
  settle: (secrets: ReadonlyMap<string, string>) => Result<WebhookTarget>;
}

/** All that a webhook is sent with; made anew only when its secrets have changed. */
export interface Settled {
  webhook: WebhookTarget;
  channel: Channel;
  /** Takes the secrets out of a text. */
  redact: (text: string) => string;
  tokens: TokenSource | undefined;
}

export interface Credentials {
  /**
   * Makes an attempt with what there is to send with. Where it is refused with 401 and there is something newer, because a
   * secret was changed or a token revoked, it is worth another try.
   */
  attempt(
    attempt: (settled: Settled, token: string | undefined) => Promise<Attempt>,
    context: SendContext,
  ): Promise<Attempt>;
  /** Every secret that was ever in use in this container. */
  secrets: () => readonly string[];
}

const NONE: ReadonlyMap<string, string> = new Map();

export function createCredentials({ secretIds, settle }: WebhookSource, vault: Vault, now: () => number): Credentials {
  const seen = new Set<string>();
  let last: { texts: string; settled: Settled } | undefined;
  /** Once a lane: a receiver that refuses everything is no reason to ask the vault for each event. */
  const renewals = new WeakMap<Connections, { settled: Settled; token: string | undefined; isNew: Promise<boolean> }>();

  /** @param sinceMs what was read from the vault until then does not count */
  async function settledFor(context: SendContext, sinceMs?: number): Promise<Settled | Failure> {
    const read =
      secretIds.length === 0 ? { ok: true as const, secrets: NONE } : await vault.read(secretIds, context, sinceMs);
    if (!read.ok) return read.failure;
    const texts = JSON.stringify([...read.secrets]);
    if (last?.texts === texts) return last.settled;
    const webhook = settle(read.secrets);
    if (!webhook.ok) return { verdict: "give-up", error: "CONFIGURATION", problem: webhook.problem };
    const settled = whole(webhook.value);
    last = { texts, settled };
    return settled;
  }

  function whole(webhook: WebhookTarget): Settled {
    const { url, egress, tls, oauth2 } = webhook;
    const secrets = secretsOf(webhook);
    for (const secret of secrets) seen.add(secret);
    return {
      webhook,
      channel: { refusal: (address) => egress.refusal(url, address), tls },
      redact: createRedactor(secrets),
      tokens: oauth2 === undefined ? undefined : createTokenSource(oauth2, now),
    };
  }

  /** Is there something newer than what has just been refused? */
  function isRenewed(
    refused: { settled: Settled; token: string | undefined; sentMs: number },
    context: SendContext,
  ): Promise<boolean> {
    const { settled, token, sentMs } = refused;
    const before = renewals.get(context.connections);
    if (before !== undefined) {
      // Others were refused with the same; what came after it is the last word.
      return before.settled === settled && before.token === token ? before.isNew : Promise.resolve(false);
    }
    if (token !== undefined) settled.tokens?.refused(token);
    const isNew = settledFor(context, sentMs).then(
      (again) => token !== undefined || ("webhook" in again && again !== settled),
    );
    renewals.set(context.connections, { settled, token, isNew });
    return isNew;
  }

  return {
    async attempt(attempt, context) {
      const settled = await settledFor(context);
      if (!("webhook" in settled)) return settled;
      const sentMs = now();
      const granted = await settled.tokens?.token(context);
      const token = granted?.ok ? granted.token : undefined;
      if (token !== undefined) seen.add(token);
      const attempted = granted?.ok === false ? granted.failure : await attempt(settled, token);
      if (attempted.verdict === "done" || attempted.status !== 401) return attempted;
      return (await isRenewed({ settled, token, sentMs }, context)) ? { ...attempted, verdict: "retry" } : attempted;
    },
    secrets: () => [...seen],
  };
}
