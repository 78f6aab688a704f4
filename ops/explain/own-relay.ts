import { ownConfiguration } from "../../local/own-configuration.ts";
import definition from "../../relay.config.ts";
import type { Relay } from "../../src/config/relay.ts";
import { loadRelay, relayFromVariables } from "../../src/config.ts";
import { regionId } from "../../src/region.ts";

export interface OwnRelay {
  relay: Relay;
  /** Of the function, where this environment says it. */
  region: string | undefined;
  /** What is not as the environment says. */
  notes: readonly string[];
}

/** A host name that no receiver can have. */
const EXAMPLES = {
  WEBHOOK_URL: "https://receiver.example/webhook",
  WEBHOOK_SECRET_KEY: "example-secret-key-of-32-letters",
  ONS_TOPIC_ID: "ocid1.onstopic.oc1.iad.exampletopic",
};

/**
 * The relay that relay.config.ts and this environment describe; where they name no destination, one with an example of each.
 * @throws Error that lists every problem of the configuration
 */
export function ownRelay(): OwnRelay {
  const own = ownConfiguration();
  const isWithout = definition === relayFromVariables && !own.WEBHOOK_URL && !own.ONS_TOPIC_ID;
  const loaded = loadRelay(definition, isWithout ? { ...own, ...EXAMPLES } : own);
  if (!loaded.ok) throw new Error(`the configuration of this environment: ${loaded.problems.join("; ")}`);
  const note =
    "this environment names no destination, so an example of each is shown; set WEBHOOK_URL or ONS_TOPIC_ID as your function has them";
  return { relay: loaded.relay, region: regionId(own.OCI_RESOURCE_PRINCIPAL_REGION), notes: isWithout ? [note] : [] };
}
