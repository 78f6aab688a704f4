import type { TryRecord } from "../deliver/retry.ts";
import { verdictOfError } from "../deliver/verdict.ts";

/** What a person can do about a delivery that failed, by its last try. */
export function nextStepOf(
  { last, reason }: { last: TryRecord | undefined; reason: string },
  destination: string,
): string {
  const command = `npm run relay -- replay --bucket <bucket> --function <ocid> --destination ${destination}`;
  return `${last === undefined ? mendingWithoutTry(reason) : mendingOf(last)}, then: ${command}`;
}

function mendingWithoutTry(reason: string): string {
  if (reason.startsWith("not tried"))
    return "see why the destination failed each time: the letters beside this one say it";
  if (reason.startsWith("internal error")) return "see the function's log of that call";
  return "give the function more time (timeout in func.yaml), or see why the destination is so slow";
}

function mendingOf(last: TryRecord): string {
  const { status, error, about } = last;
  if (about === "vault") return "see that the secret is in the vault and that the function may read it";
  if (about === "token") return "see what the token URL has against the client: `problem` and `response` say it";
  if (status === 401 || status === 403) return "see that the relay's credentials are those that the destination wants";
  if (status === 404 || status === 410) return "see that the destination's URL or topic still exists";
  if (status === 429) return "see what rate the destination allows";
  if (status !== undefined && status >= 300 && status < 400) return "set the URL that the redirect leads to";
  if (status !== undefined && status >= 400 && status < 500) {
    return "see in `response` what the destination has against the message";
  }
  if (error === "RENDER") return "see render in relay.config.ts: `problem` says what it made of the event";
  if (error === "CONFIGURATION") return "see the secret in the vault: `problem` says what is wrong with it";
  if (error === "EGRESS_REFUSED") return "allow the destination's address in EGRESS_ALLOW if it is meant";
  if (error === "UNSIGNED") return "see that the function has a resource principal";
  if (error !== undefined && verdictOfError(error) === "give-up")
    return "see the destination's certificate and protocol";
  return "see that the destination is up and can be reached from the function's subnet";
}
