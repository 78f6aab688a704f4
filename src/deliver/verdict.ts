import type { IncomingHttpHeaders } from "node:http";
import type { Attempt } from "./destination.ts";

type Failure = Exclude<Attempt["verdict"], "done">;

/** What one HTTP status means for a delivery. Redirects are not followed: they are an answer like any other. */
export function verdictOfStatus(status: number): Attempt["verdict"] {
  if (status >= 200 && status < 300) return "done";
  if (status === 408 || status === 425 || status === 429) return "retry";
  return status >= 500 && status !== 501 ? "retry" : "give-up";
}

// What no second try can mend: a certificate that does not fit, a URL that names no protocol we speak.
const FINAL_ERROR =
  /^(CERT_|ERR_TLS_CERT|ERR_SSL|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|HOSTNAME_MISMATCH|EPROTO|ERR_INVALID)/;

/** What a failed connection means, by its error code. */
export function verdictOfError(code: string): Failure {
  return FINAL_ERROR.test(code) ? "give-up" : "retry";
}

/** A refusal as an attempt, with the wait that the receiver asks for. */
export function refusedAttempt(
  { status, headers }: { status: number; headers: IncomingHttpHeaders },
  { verdict, problem, nowMs }: { verdict: Failure; problem: string; nowMs: number },
): Attempt {
  const wait = retryAfterMs(headers["retry-after"], nowMs);
  return { verdict, status, problem, ...(wait !== undefined && { retryAfterMs: wait }) };
}

/** Retry-After in milliseconds, from delta-seconds or an HTTP date; undefined if absent or unreadable. */
export function retryAfterMs(header: string | undefined, nowMs: number): number | undefined {
  if (header === undefined) return undefined;
  if (/^\s*\d{1,9}\s*$/.test(header)) return Number(header) * 1000;
  // Date.parse takes "-5" and "1.5" for dates.
  const dateMs = / GMT\s*$/.test(header) ? Date.parse(header) : Number.NaN;
  return Number.isNaN(dateMs) ? undefined : Math.max(0, dateMs - nowMs);
}
