import definition from "../relay.config.ts";
import { referenceTo, vaultSecret } from "../src/config/reference.ts";

const OUR_VARIABLE =
  /^(WEBHOOK_|ONS_|ROUTES$|EGRESS_|DEAD_LETTER_|DEDUPE_|LOG_LEVEL$|OCI_ENDPOINT_URL$|OCI_RESOURCE_PRINCIPAL_|NODE_EXTRA_CA_CERTS$)/;

/** What this environment says of the relay: the names of its configuration, and those that relay.config.ts reads with env(). */
export function ownConfiguration(): Record<string, string> {
  const asked = new Set<string>();
  const env = (name: string) => {
    asked.add(name);
    return referenceTo(name);
  };
  definition({ env, vault: vaultSecret, variables: process.env });
  const own = Object.entries(process.env).filter(([name]) => asked.has(name) || OUR_VARIABLE.test(name));
  return Object.fromEntries(own.map(([name, value]) => [name, value ?? ""]));
}
