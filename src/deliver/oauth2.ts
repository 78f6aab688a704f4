import type { Egress } from "../egress/guard.ts";
import type { Channel, Tls } from "../http/channel.ts";
import { type HttpResult, type SendContext, send } from "../http/send.ts";
import { parseJson } from "../json.ts";
import { isRecord } from "../problem.ts";
import type { Failure } from "./destination.ts";
import { createRedactor, excerptOf } from "./excerpt.ts";
import { refusedAttempt, unansweredAttempt, verdictOfStatus } from "./verdict.ts";

export interface OAuth2Settings {
  url: URL;
  clientId: string;
  clientSecret: string;
  scope: string | undefined;
  audience: string | undefined;
  clientAuth: "basic" | "body";
  tls: Tls | undefined;
  egress: Egress;
}

export interface TokenSource {
  /** One that is good for a while yet, asked for where there is none. */
  token: (context: SendContext) => Promise<{ ok: true; token: string } | { ok: false; failure: Failure }>;
  /** The receiver has refused this one: it is not given out again. */
  refused: (token: string) => void | Promise<void>;
}

/** Before its end a token is no longer given out: it must still be good when it arrives. */
const MARGIN_MS = 60_000;
/** Of a token that lives shorter than that. */
const MAX_MARGIN_SHARE = 1 / 4;
/** RFC 6749 recommends to tell `expires_in`; of a token that does not tell no more is assumed. */
const DEFAULT_LIFETIME_MS = 5 * 60_000;

/**
 * Access tokens by client credentials (RFC 6749, 4.4), kept in this container's memory until shortly before their end. Who asks
 * while one is being fetched waits for it.
 */
export function createTokenSource(settings: OAuth2Settings, now: () => number): TokenSource {
  const { url, egress, tls } = settings;
  const channel: Channel = { refusal: (address) => egress.refusal(url, address), tls };
  const redact = createRedactor([settings.clientSecret, basicOf(settings)]);
  let current: { token: string; untilMs: number } | undefined;
  let pending: Promise<string | Failure> | undefined;

  async function fetchToken(context: SendContext): Promise<string | Failure> {
    const askedMs = now();
    const answer = await send(
      { method: "POST", url, headers: headersOf(settings), body: formOf(settings), channel, wantsBody: true },
      context,
    );
    if (!answer.ok) return { ...unansweredAttempt(answer, "the token URL"), about: "token" };
    const verdict = verdictOfStatus(answer.status);
    if (verdict !== "done") {
      const response = excerptOf(answer.body, redact);
      return {
        ...refusedAttempt(answer, { verdict, problem: refusalOf(answer), response, nowMs: now() }),
        about: "token",
      };
    }
    if (!answer.isWhole) {
      return {
        verdict: "retry",
        status: answer.status,
        problem: "the token URL's answer was cut short",
        about: "token",
      };
    }
    const granted = grantedIn(answer.body);
    // Nothing is quoted: it may be a token.
    if (typeof granted === "string") {
      return {
        verdict: "give-up",
        status: answer.status,
        problem: `the token URL answered ${answer.status}, but ${granted}`,
        about: "token",
      };
    }
    const { token, lifetimeMs } = granted;
    current = { token, untilMs: askedMs + lifetimeMs - Math.min(MARGIN_MS, lifetimeMs * MAX_MARGIN_SHARE) };
    return token;
  }

  return {
    async token(context) {
      if (current !== undefined && now() < current.untilMs) return { ok: true, token: current.token };
      pending ??= fetchToken(context).finally(() => {
        pending = undefined;
      });
      const token = await pending;
      return typeof token === "string" ? { ok: true, token } : { ok: false, failure: token };
    },
    refused(token) {
      if (current?.token === token) current = undefined;
    },
  };
}

function headersOf(settings: OAuth2Settings): Record<string, string> {
  return {
    Accept: "application/json",
    "Accept-Encoding": "identity",
    "Content-Type": "application/x-www-form-urlencoded",
    ...(settings.clientAuth === "basic" && { Authorization: `Basic ${basicOf(settings)}` }),
  };
}

/** Both parts form-encoded first, as RFC 6749, 2.3.1 has it. */
function basicOf({ clientId, clientSecret }: OAuth2Settings): string {
  return Buffer.from(`${formEncoded(clientId)}:${formEncoded(clientSecret)}`).toString("base64");
}

function formEncoded(text: string): string {
  return new URLSearchParams({ "": text }).toString().slice(1);
}

function formOf({ clientId, clientSecret, scope, audience, clientAuth }: OAuth2Settings): string {
  return new URLSearchParams({
    grant_type: "client_credentials",
    ...(scope !== undefined && { scope }),
    ...(audience !== undefined && { audience }),
    ...(clientAuth === "body" && { client_id: clientId, client_secret: clientSecret }),
  }).toString();
}

/** Error code of RFC 6749, 5.2 -> what to do. */
const REFUSALS = new Map([
  ["invalid_client", "it does not accept the client's id and secret"],
  [
    "invalid_scope",
    "it does not give this client the scope that is asked for; see scope, and what the client may have",
  ],
  ["invalid_target", "it does not know the audience that is asked for"],
  ["unauthorized_client", "the client may not use client credentials; see the grant types that it is allowed"],
  ["unsupported_grant_type", "it does not know client credentials; see that this is the token URL"],
  ["invalid_request", "it does not understand the request; see clientAuth, and that this is the token URL"],
]);

function refusalOf({ status, body }: Extract<HttpResult, { ok: true }>): string {
  if (status >= 300 && status < 400)
    return `the token URL answered ${status}; redirects are not followed, so set the final URL`;
  const code = /"error"\s*:\s*"([a-z_]{1,40})"/.exec(body)?.[1];
  const hint = code === undefined ? undefined : REFUSALS.get(code);
  return `the token URL answered ${status}${code === undefined ? "" : ` ${code}`}${hint === undefined ? "" : `: ${hint}`}`;
}

/** The token and its life, or what is wrong with the answer. */
function grantedIn(body: string): { token: string; lifetimeMs: number } | string {
  const parsed = parseJson(body);
  if (!parsed.ok || !isRecord(parsed.value)) return "with no JSON object; see that this is the token URL";
  const { access_token: token, token_type: type, expires_in: expiresIn } = parsed.value;
  if (typeof token !== "string" || !/^[\x21-\x7e]+$/.test(token)) return "with no access_token";
  if (typeof type === "string" && type.toLowerCase() !== "bearer") return "with a token that is no Bearer token";
  const seconds = Number(expiresIn);
  const lifetimeMs =
    expiresIn !== undefined && Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : DEFAULT_LIFETIME_MS;
  return { token, lifetimeMs };
}
