import type { Channel } from "../http/channel.ts";
import type { Connections } from "../http/connections.ts";
import type { SendContext } from "../http/send.ts";
import { madeOnce } from "../made-once.ts";
import type { Result } from "../problem.ts";
import type { Vault } from "../vault.ts";
import type { Attempt, Failure } from "./destination.ts";
import { createRedactor } from "./excerpt.ts";
import type { OAuth2Settings, TokenSource } from "./oauth2.ts";
import { quotableOf, secretsOf } from "./webhook-secrets.ts";
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
  /** Every secret that was ever in use in this container, and the latest tokens. */
  secrets: () => readonly string[];
}

/** What one attempt was made with. */
interface Used {
  settled: Settled;
  token: string | undefined;
}

/** Is there anything newer? Unknown where nobody could say, just now. */
type Renewal = "newer" | "nothing" | "unknown";

/** A token lives for an hour; an answer that quotes one comes sooner. */
const MAX_TOKENS_SEEN = 10;

const NONE: ReadonlyMap<string, string> = new Map();

export function createCredentials({ secretIds, settle }: WebhookSource, vault: Vault, now: () => number): Credentials {
  const seen = new Set<string>();
  const tokensSeen: string[] = [];
  let last: { texts: string; settled: Settled } | undefined;
  /** What a lane was refused with: a receiver that refuses everything is no reason to ask the vault for each event. */
  const refusals = new WeakMap<Connections, { used: Used; renewal: Promise<Renewal> }>();

  /** @param sinceMs what was read from the vault until then does not count */
  async function settledFor(context: SendContext, sinceMs?: number): Promise<Settled | Failure> {
    // Nothing of it can change: a batch asks a thousand times.
    if (secretIds.length === 0 && last !== undefined) return last.settled;
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
    for (const secret of secretsOf(webhook)) seen.add(secret);
    return {
      webhook,
      channel: { refusal: (address) => egress.refusal(url, address), tls },
      redact: createRedactor([...secretsOf(webhook), ...quotableOf(webhook)]),
      tokens: oauth2 === undefined ? undefined : lazyTokenSource(oauth2, now),
    };
  }

  /** Asks for what may be newer than what has just been refused. */
  async function askedAnew(
    { settled, token, sentMs }: Used & { sentMs: number },
    context: SendContext,
  ): Promise<Renewal> {
    if (token !== undefined) await settled.tokens?.refused(token);
    const again = await settledFor(context, sentMs);
    if (!("webhook" in again)) return again.verdict === "retry" ? "unknown" : "nothing";
    if (again !== settled) return "newer";
    const granted = token === undefined ? undefined : await settled.tokens?.token(context);
    if (granted?.ok === false) return granted.failure.verdict === "retry" ? "unknown" : "nothing";
    return granted !== undefined && granted.token !== token ? "newer" : "nothing";
  }

  function renew(used: Used & { sentMs: number }, context: SendContext): Promise<Renewal> {
    const before = refusals.get(context.connections);
    // Others were refused with the same; what came after it is the last word.
    if (before !== undefined) return isSame(before.used, used) ? before.renewal : Promise.resolve("nothing");
    const renewal = askedAnew(used, context);
    refusals.set(context.connections, { used, renewal });
    // Who could not be asked is asked again.
    renewal.then((found) => found === "unknown" && refusals.delete(context.connections));
    return renewal;
  }

  /** What has come after a refusal and was accepted may be refused in its turn. */
  function accepted(used: Used, { connections }: SendContext): void {
    const before = refusals.get(connections);
    if (before !== undefined && !isSame(before.used, used)) refusals.delete(connections);
  }

  return {
    async attempt(attempt, context) {
      const settled = await settledFor(context);
      if (!("webhook" in settled)) return settled;
      const sentMs = now();
      const granted = await settled.tokens?.token(context);
      const token = granted?.ok ? granted.token : undefined;
      if (token !== undefined && !tokensSeen.includes(token)) tokensSeen.unshift(token);
      tokensSeen.length = Math.min(tokensSeen.length, MAX_TOKENS_SEEN);
      const attempted = granted?.ok === false ? granted.failure : await attempt(settled, token);
      const used = { settled, token };
      if (attempted.verdict === "done") accepted(used, context);
      if (attempted.verdict === "done" || attempted.status !== 401) return attempted;
      const renewal = await renew({ ...used, sentMs }, context);
      return renewal === "nothing" ? attempted : { ...attempted, verdict: "retry" };
    },
    secrets: () => [...seen, ...tokensSeen],
  };
}

/** Its code is loaded with the first token. */
function lazyTokenSource(settings: OAuth2Settings, now: () => number): TokenSource {
  const source = madeOnce(async () => (await import("./oauth2.ts")).createTokenSource(settings, now));
  return {
    token: async (context) => (await source()).token(context),
    refused: async (token) => (await source()).refused(token),
  };
}

function isSame(a: Used, b: Used): boolean {
  return a.settled === b.settled && a.token === b.token;
}
