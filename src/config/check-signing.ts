import type { Check } from "./check.ts";
import type { WebhookConfig } from "./relay.ts";

// Standard Webhooks asks for 24 to 64 bytes.
const MIN_SECRET_BYTES = 24;
const MAX_SECRET_BYTES = 64;

/** The keys of both signatures; those of Standard Webhooks newest first. */
export function checkSigning(
  path: string,
  config: Pick<WebhookConfig, "secretKey" | "signingSecrets">,
  check: Check,
): { secretKey: string | undefined; signingKeys: Uint8Array[] } {
  const secretKey = check.secretOf(`${path}.secretKey`, config.secretKey);
  const text = check.secretOf(`${path}.signingSecrets`, config.signingSecrets);
  if (text !== undefined) return { secretKey, signingKeys: keysIn(`${path}.signingSecrets`, text, check) };
  return { secretKey, signingKeys: secretKey === undefined ? [] : [Buffer.from(secretKey)] };
}

function keysIn(path: string, text: string, check: Check): Uint8Array[] {
  const secrets = text.split(/\s+/).filter((secret) => secret !== "");
  if (secrets.length === 0) check.report(path, "holds no secret; expected whsec_…, or remove it");
  return secrets.map((secret, index) => {
    const base64 = secret.slice("whsec_".length);
    const key = Buffer.from(base64, "base64");
    const isSound =
      secret.startsWith("whsec_") &&
      /^[A-Za-z0-9+/]+=*$/.test(base64) &&
      key.length >= MIN_SECRET_BYTES &&
      key.length <= MAX_SECRET_BYTES;
    if (!isSound) {
      check.report(
        path,
        `secret ${index + 1} of ${secrets.length} is not whsec_ and the base64 of ${MIN_SECRET_BYTES} to ${MAX_SECRET_BYTES} bytes`,
      );
    }
    return key;
  });
}
