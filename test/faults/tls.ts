import { readFileSync } from "node:fs";
import { createSecureContext, type SecureContext } from "node:tls";
import { fileURLToPath } from "node:url";

/** The certificates of servers in test/faults/tls/, by what a client that trusts the CA makes of them; `oic` has names of Oracle's. */
export type Certificate = "trusted" | "expired" | "self-signed" | "wrong-name" | "oic";

/** The certificates of clients there, by what a server that trusts the CA makes of them. */
export type ClientCertificate = "client" | "client-expired" | "client-stranger";

/** All but `other-key` go with every certificate but the CA's. */
export type PrivateKey = "key" | "key-encrypted" | "other-key";

const fileOf = (name: string) => fileURLToPath(new URL(`tls/${name}.pem`, import.meta.url));

/** The CA of the tests, for NODE_EXTRA_CA_CERTS. */
export const CA_FILE = fileOf("ca");

/** Of `key-encrypted`. */
export const KEY_PASSPHRASE = "correct horse battery";

/** A file of test/faults/tls/, as its text. */
export function pemOf(name: "ca" | Certificate | ClientCertificate | PrivateKey): string {
  return readFileSync(fileOf(name), "utf8");
}

export function secureContextOf(certificate: Certificate): SecureContext {
  return createSecureContext({ cert: pemOf(certificate), key: pemOf("key") });
}
