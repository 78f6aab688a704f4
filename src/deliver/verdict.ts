import type { IncomingHttpHeaders } from "node:http";
import type { Attempt, Failure } from "./destination.ts";

type Verdict = Attempt["verdict"];
type FailureVerdict = Failure["verdict"];

/** What each HTTP status means for a delivery; the first row that holds it counts. Redirects are answers like any other. */
export const STATUSES: readonly { from: number; to: number; verdict: Verdict; why: string }[] = [
  { from: 200, to: 299, verdict: "done", why: "accepted" },
  { from: 408, to: 408, verdict: "retry", why: "the receiver waited too long for the request" },
  { from: 425, to: 425, verdict: "retry", why: "too early" },
  { from: 429, to: 429, verdict: "retry", why: "too many: waited for until the deadline, however often" },
  { from: 100, to: 399, verdict: "give-up", why: "no answer to a webhook; redirects are not followed" },
  { from: 400, to: 499, verdict: "give-up", why: "the same request would be refused again" },
  {
    from: 0,
    to: Number.POSITIVE_INFINITY,
    verdict: "retry",
    why: "the receiver's own trouble, or a number nobody knows",
  },
];

/** What a request that got no answer means, by Node's error code; the first row that fits counts. */
export const ERRORS: readonly { codes: RegExp; verdict: FailureVerdict; why: string }[] = [
  {
    codes:
      /^(CERT_|ERROR_IN_CERT_|PATH_LENGTH_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|HOSTNAME_MISMATCH|ERR_TLS_CERT|INVALID_(CA|PURPOSE)|CRL_)/,
    verdict: "give-up",
    why: "the certificate is not one to trust",
  },
  { codes: /^EGRESS_REFUSED$/, verdict: "give-up", why: "its address is private or reserved, and not permitted" },
  {
    codes: /^ERR_SSL_\S*ALERT_(\w*CERTIFICATE|UNKNOWN_CA|ACCESS_DENIED|DECRYPT_ERROR)/,
    verdict: "give-up",
    why: "it wants a certificate of the relay's own, and does not accept this one or none",
  },
  { codes: /^(EPROTO$|ERR_SSL)/, verdict: "give-up", why: "what listens there does not speak TLS as we do" },
  { codes: /^ERR_(INVALID|UNESCAPED|HTTP_INVALID)/, verdict: "give-up", why: "the request itself cannot be sent" },
  { codes: /^(CONNECT_TIMEOUT|ETIMEDOUT)$/, verdict: "retry", why: "no connection in time" },
  { codes: /^(HEADERS_TIMEOUT|NO_TIME_LEFT)$/, verdict: "retry", why: "no answer in time" },
  { codes: /^(ENOTFOUND|EAI_)/, verdict: "retry", why: "the name is not known, just now" },
  { codes: /^(ECONN|EHOST|ENET|EPIPE|EADDR)/, verdict: "retry", why: "the connection was refused, cut or has no way" },
  { codes: /^HPE_/, verdict: "retry", why: "the answer was no HTTP" },
  { codes: /^/, verdict: "retry", why: "whatever else keeps a request from its answer" },
];

export function verdictOfStatus(status: number): Verdict {
  return STATUSES.find(({ from, to }) => status >= from && status <= to)?.verdict ?? "retry";
}

export function verdictOfError(code: string): FailureVerdict {
  return ERRORS.find(({ codes }) => codes.test(code))?.verdict ?? "retry";
}

/** A request that got no answer, as an attempt. `who`: whoever should have answered, such as "ONS". */
export function unansweredAttempt({ code, reason }: { code: string; reason?: string }, who: string): Failure {
  const row = ERRORS.find(({ codes }) => codes.test(code));
  return {
    verdict: row?.verdict ?? "retry",
    error: code,
    problem: `no answer from ${who} (${code}): ${reason ?? row?.why}`,
  };
}

/** A refusal as an attempt, with the wait that the receiver asks for. */
export function refusedAttempt(
  { status, headers }: { status: number; headers: IncomingHttpHeaders },
  refusal: { verdict: FailureVerdict; problem: string; response: string; nowMs: number },
): Failure {
  const { verdict, problem, response, nowMs } = refusal;
  const wait = retryAfterMs(headers["retry-after"], nowMs);
  return {
    verdict,
    status,
    problem,
    ...(response !== "" && { response }),
    ...(wait !== undefined && { retryAfterMs: wait }),
  };
}

/** Retry-After in milliseconds, from delta-seconds or an HTTP date; undefined if absent or unreadable. */
export function retryAfterMs(header: string | undefined, nowMs: number): number | undefined {
  if (header === undefined) return undefined;
  if (/^\s*\d{1,9}\s*$/.test(header)) return Number(header) * 1000;
  // Date.parse takes "-5" and "1.5" for dates.
  const dateMs = / GMT\s*$/.test(header) ? Date.parse(header) : Number.NaN;
  return Number.isNaN(dateMs) ? undefined : Math.max(0, dateMs - nowMs);
}
