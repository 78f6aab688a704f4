import { isRecord } from "./problem.ts";

// Events about credentials: their additionalDetails may hold the credential itself under any key.
const CREDENTIAL_TYPE =
  /token|password|secretkey|apikey|sshkey|totp|mfa|authcode|oauth|credential|wallet|idpscimclient|\.(create|update|delete|rotate|generate)\w*secret/;

const SECRET_KEY =
  /password|passwd|pwd|passphrase|secret|token|credential|authorization|cookie|privatekey|apikey|accessuri|preauth/;

export const REDACTED = "[redacted]";

/** True for a type such as identitycontrolplane.createauthtoken: its additionalDetails are not forwarded. */
export function isAboutCredential(type: string): boolean {
  return CREDENTIAL_TYPE.test(type);
}

/** A copy in which the value of every key that names a secret, in any case and at any depth, reads `[redacted]`. */
export function redact(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(redact);
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, namesSecret(key) && item !== null ? REDACTED : redact(item)]),
  );
}

function namesSecret(key: string): boolean {
  return SECRET_KEY.test(key.toLowerCase().replace(/[^a-z0-9]/g, ""));
}
