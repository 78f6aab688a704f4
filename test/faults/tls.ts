import { readFileSync } from "node:fs";
import { createSecureContext, type SecureContext } from "node:tls";
import { fileURLToPath } from "node:url";

/** The certificates of test/faults/tls/, by what a client that trusts the CA makes of them. */
export type Certificate = "trusted" | "expired" | "self-signed" | "wrong-name";

const fileOf = (name: string) => fileURLToPath(new URL(`tls/${name}.pem`, import.meta.url));

/** The CA of the tests, for NODE_EXTRA_CA_CERTS. */
export const CA_FILE = fileOf("ca");

export function secureContextOf(certificate: Certificate): SecureContext {
  return createSecureContext({ cert: readFileSync(fileOf(certificate)), key: readFileSync(fileOf("key")) });
}
