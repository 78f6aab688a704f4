import type { Attempt } from "./destination.ts";

/** `{ "code": "NotAuthorizedOrNotFound", "message": … }`; the message may quote anything, the code is a word. */
export function serviceCode(body: string): string {
  return /"code"\s*:\s*"([A-Za-z]{1,60})"/.exec(body)?.[1] ?? "";
}

/** What of a signed request's headers no excerpt may quote: the token of the key id, and the signature. */
export function secretsOfSigned(headers: Record<string, string>): string[] {
  const { authorization = "" } = headers;
  return [authorization, ...[...authorization.matchAll(/"([^"]{20,})"/g)].map(([, quoted]) => quoted ?? "")];
}

/** A request to OCI that could not be signed, in the SDK's words: about files and keys, never their content. */
export function unsignedAttempt(error: unknown): Attempt {
  const reason = error instanceof Error ? error.message.replace(/\s+/g, " ").slice(0, 200) : "unknown error";
  return {
    verdict: "retry",
    error: "UNSIGNED",
    problem: `the request could not be signed as resource principal: ${reason}`,
  };
}
