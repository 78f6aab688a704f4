import { isRecord } from "../src/problem.ts";

const TO_DO = new Map([
  [401, "see the key, the user and the clock"],
  [404, "there is no such thing, or no policy lets you see it"],
  [429, "wait a minute"],
]);

/** What OCI refused, in one line. The SDK throws OciError for an answer, and plain objects for none. */
export function whyRefused(what: string, error: unknown): string {
  if (!isRecord(error)) return `${what}: ${String(error)}`;
  const { statusCode, serviceCode, message, code } = error;
  if (typeof statusCode !== "number")
    return `${what}: no answer (${String(code ?? message)}); see the endpoint and the network`;
  const hint = TO_DO.get(statusCode);
  return `${what}: answered ${statusCode} ${String(serviceCode ?? "")}${hint ? `; ${hint}` : ""}`;
}
