import type { Failure } from "./destination.ts";

/** A request to OCI that could not be signed, in the SDK's words: about files and keys, never their content. */
export function unsignedAttempt(error: unknown): Failure {
  const reason = error instanceof Error ? error.message.replace(/\s+/g, " ").slice(0, 200) : "unknown error";
  return {
    verdict: "retry",
    error: "UNSIGNED",
    problem: `the request could not be signed as resource principal: ${reason}`,
  };
}
