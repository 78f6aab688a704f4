import { isRecord } from "../src/problem.ts";

const TROUBLE = "trouble inside of OCI: try again; if it stays, see https://ocistatus.oraclecloud.com";
const LIMIT =
  "the tenancy is at a limit (of Events rules 50 a region, 0 in some Always Free tenancies): see Limits, Quotas and Usage in the console, and ask for more";

/**
 * What an answer of OCI means, and what to do: by status and code, else by the status alone. The code is free text to OCI.
 * @see https://docs.oracle.com/en-us/iaas/Content/API/References/apierrors.htm
 */
const TO_DO = new Map<number | string, string>([
  ["400 CannotParseRequest", "the request is no JSON to it: see that nothing between changes requests"],
  [
    "400 InsufficientServicePermissions",
    "the service itself needs a policy; if it was just made, try again in a minute",
  ],
  ["400 InvalidParameter", "it names what it does not take"],
  ["400 LimitExceeded", LIMIT],
  ["400 MissingParameter", "it names what is missing"],
  ["400 QuotaExceeded", "a quota of the compartment is used up: see the policies that set quotas"],
  [
    "400 RelatedResourceNotAuthorizedOrNotFound",
    "what it refers to is not there, or no policy lets you use it: see its OCID",
  ],
  ["400 TopicLimitReached", LIMIT],
  [401, "see the key, its fingerprint, the user and the clock; a session token is renewed by oci session refresh"],
  [403, "no policy lets you do this"],
  [404, "there is no such thing in this region, or no policy lets you see it"],
  ["409 BucketNotEmpty", "there are objects in it"],
  ["409 IncorrectState", "it is just being changed: try again in a minute"],
  [
    409,
    "there is one already by that name (of topics, dynamic groups and policies in the whole tenancy, of buckets in its namespace), or it is being changed: give another --name, or try again",
  ],
  [412, "somebody else has changed it meanwhile: try again"],
  [429, "OCI does not say how long to wait: try again in a minute"],
  [500, TROUBLE],
  [502, TROUBLE],
  [503, TROUBLE],
  [504, TROUBLE],
]);

/** What OCI refused, in one line. The SDK throws OciError for an answer, and plain objects for none. */
export function whyRefused(what: string, error: unknown): string {
  if (!isRecord(error)) return `${what}: ${String(error)}`;
  const { statusCode, serviceCode, message, code } = error;
  if (typeof statusCode === "number") {
    // Where the answer is not in OCI's words, the SDK calls its code None.
    const answered = serviceCode === undefined || serviceCode === "None" ? statusCode : `${statusCode} ${serviceCode}`;
    const hint = toDo(error);
    return `${what}: answered ${answered}${saidIn(message)}${hint ? `; ${hint}` : ""}`;
  }
  // Our own say what to do themselves.
  if (error instanceof Error && error.constructor === Error && code === undefined) return `${what}: ${error.message}`;
  return `${what}: no answer (${String(code ?? message)}); see the endpoint and the network`;
}

/** The first line of what OCI says; of a page that something in between has sent, nothing. */
function saidIn(message: unknown): string {
  const [line = ""] = typeof message === "string" ? message.split("\n") : [];
  return line === "" || /^\s*</.test(line) ? "" : `: ${line.replace(/\.$/, "")}`;
}

function toDo(error: Record<string, unknown>): string | undefined {
  const { statusCode, serviceCode, message, targetService, requestEndpoint } = error;
  const answered = `${statusCode} ${serviceCode}`;
  if (answered === "400 InvalidParameter" && targetService === "Events") {
    return "it names what it does not take; of a rule that is mostly the condition (npm run relay -- rule)";
  }
  // "POST https://identity.us-phoenix-1.oci.oraclecloud.com/20160918/policies"
  if (answered === "403 NotAllowed" && targetService === "Identity" && !/^GET /.test(String(requestEndpoint))) {
    return "identity is written in the home region only: give it as --region";
  }
  const [, wait] = /\(Retry-After: ([^)]+)\)$/.exec(String(message)) ?? [];
  if (statusCode === 429 && wait !== undefined)
    return `try again ${/^\d+$/.test(wait) ? `in ${wait} s` : `after ${wait}`}`;
  return TO_DO.get(answered) ?? TO_DO.get(Number(statusCode));
}
