import type { HttpResult } from "../http/send.ts";
import type { Attempt } from "./destination.ts";
import { excerptOf } from "./excerpt.ts";
import { refusedAttempt, unansweredAttempt, verdictOfStatus } from "./verdict.ts";

/** What there is to know about one service of OCI. */
export interface Service {
  /** "ONS" */
  name: string;
  /** What to do, by the status (404), or by status and code where that says more ("400 InvalidParameter"). */
  hints: ReadonlyMap<number | string, string>;
  /** Refusals that pass, beside those of the table of verdicts. */
  isPassing: (status: number, code: string) => boolean;
}

export const NOT_AUTHENTICATED =
  "the resource principal is not accepted; check the dynamic group and the function's clock";

/**
 * What OCI has answered to a signed request, as an attempt.
 * @param sent the request's headers: nothing of its signature may stand in the excerpt
 */
export function serviceAttempt(
  answer: HttpResult,
  { name, hints, isPassing }: Service,
  { sent, nowMs }: { sent: Record<string, string>; nowMs: number },
): Attempt {
  if (!answer.ok) return unansweredAttempt(answer, name);
  const { status, body } = answer;
  const verdict = verdictOfStatus(status);
  if (verdict === "done") return { verdict, status };
  const code = serviceCode(body);
  const hint = hints.get(`${status} ${code}`) ?? hints.get(status) ?? (status === 401 ? NOT_AUTHENTICATED : undefined);
  const problem = `${name} answered ${status}${code && ` ${code}`}${hint ? `: ${hint}` : ""}`;
  const response = excerptOf(body, (text) => text, secretsOfSigned(sent));
  return refusedAttempt(answer, { verdict: isPassing(status, code) ? "retry" : verdict, problem, response, nowMs });
}

/** `{ "code": "NotAuthorizedOrNotFound", "message": … }`; the message may quote anything, the code is a word. */
function serviceCode(body: string): string {
  return /"code"\s*:\s*"([A-Za-z]{1,60})"/.exec(body)?.[1] ?? "";
}

/** What of a signed request's headers no excerpt may quote: the token of the key id, and the signature. */
function secretsOfSigned({ authorization = "" }: Record<string, string>): string[] {
  return [authorization, ...[...authorization.matchAll(/"([^"]{20,})"/g)].map(([, quoted]) => quoted ?? "")];
}
