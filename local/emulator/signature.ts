import { createHash, createVerify, type KeyObject } from "node:crypto";
import type { LoopbackRequest } from "../loopback.ts";

const MAX_SKEW_MS = 5 * 60_000;

const SIGNED_ALWAYS = ["(request-target)", "host"];
const SIGNED_WITH_BODY = ["content-length", "content-type", "x-content-sha256"];

/** The key id of a request's signature; empty if it has none. */
export function keyIdOf({ headers: { authorization = "" } }: LoopbackRequest): string {
  return new Map(parametersOf(authorization)).get("keyId") ?? "";
}

function parametersOf(authorization: string): [name: string, value: string][] {
  return [...authorization.matchAll(/(\w+)="([^"]*)"/g)].map(([, name = "", value = ""]) => [name, value]);
}

export interface SignatureOptions {
  /** PutObject, PutMessages of Streaming: the body may stay out of the signature. Where it is signed all the same, it is verified. */
  mayExcludeBody?: boolean;
}

/**
 * Verifies an OCI request signature (draft-cavage HTTP signatures, version 1) without any of the SDK's code.
 * @returns why the request is refused; undefined if it is sound
 * @see https://docs.oracle.com/en-us/iaas/Content/API/Concepts/signingrequests.htm
 */
export function signatureProblem(
  request: LoopbackRequest,
  publicKey: (keyId: string) => KeyObject | undefined,
  { mayExcludeBody = false }: SignatureOptions = {},
): string | undefined {
  const authorization = request.headers.authorization;
  if (!authorization?.startsWith("Signature ")) return "the Authorization header holds no Signature";
  const named = parametersOf(authorization);
  const parameters = new Map(named);
  // Else the key that verifies might be another one than the caller's.
  if (parameters.size < named.length) return "a parameter of the signature is there twice";
  if (parameters.get("version") !== "1") return 'version is not "1"';
  if (parameters.get("algorithm") !== "rsa-sha256") return "the algorithm is not rsa-sha256";

  const signed = (parameters.get("headers") ?? "").toLowerCase().split(" ");
  const dated = signed.includes("x-date") ? "x-date" : "date";
  const isBodySigned = signed.includes("x-content-sha256") || !mayExcludeBody;
  const coversBody = ["POST", "PUT", "PATCH"].includes(request.method) && isBodySigned;
  const missing = [dated, ...SIGNED_ALWAYS, ...(coversBody ? SIGNED_WITH_BODY : [])].filter(
    (name) => !signed.includes(name),
  );
  if (missing.length > 0) return `not signed: ${missing.join(", ")}`;

  const date = Date.parse(String(request.headers[dated]));
  if (Number.isNaN(date) || Math.abs(Date.now() - date) > MAX_SKEW_MS) return `${dated} is more than 5 minutes off`;
  const digest = createHash("sha256").update(request.body).digest("base64");
  if (coversBody && request.headers["x-content-sha256"] !== digest) return "x-content-sha256 is not the body's";

  const key = publicKey(parameters.get("keyId") ?? "");
  if (key === undefined) return "the token of the key id is not valid";
  const lines = signed.map((name) =>
    name === "(request-target)"
      ? `${name}: ${request.method.toLowerCase()} ${request.path}`
      : `${name}: ${String(request.headers[name] ?? "")}`,
  );
  const isValid = createVerify("RSA-SHA256")
    .update(lines.join("\n"))
    .verify(key, parameters.get("signature") ?? "", "base64");
  return isValid ? undefined : "the signature does not verify";
}
