import { checkRelay } from "./config/check-relay.ts";
import { readVariables } from "./config/environment.ts";
import { type Reference, referenceTo, vaultSecret } from "./config/reference.ts";
import type { Definition, Exact, Relay, RelayConfig, Variables } from "./config/relay.ts";

export { customType } from "./event-type.ts";

export interface Sources {
  /** A value of the function's configuration, read and checked at start. */
  env: (name: string) => Reference;
  /** A secret of OCI Vault, by its OCID, read when it is first needed. */
  vault: (secretId: string) => Reference;
  /** The function's configuration itself; undefined at build, when it is not known yet. */
  variables: Variables | undefined;
}

/** What relay.config.ts exports. Returns undefined where everything is decided by variables that are not known yet. */
export type RelayDefinition = (sources: Sources) => Definition | undefined;

/** Says what THIS relay does, in code. */
export function defineRelay<Config extends RelayConfig>(
  define: (sources: Pick<Sources, "env" | "vault">) => Config & Exact<Config>,
): RelayDefinition {
  return (sources) => ({ config: define(sources) });
}

/** The relay that its function configuration describes: WEBHOOK_URL, ONS_TOPIC_ID, ROUTES … (README has the table). */
export const relayFromVariables: RelayDefinition = ({ variables }) =>
  variables === undefined ? undefined : readVariables(variables);

export type Loaded = { ok: true; relay: Relay; warnings: string[] } | { ok: false; problems: string[] };

/**
 * Reads and checks the whole configuration and finds every problem at once.
 * @param variables of the running function; undefined at build: then only what does not depend on them is checked
 */
export function loadRelay(definition: RelayDefinition, variables: Variables | undefined): Loaded {
  if (typeof definition !== "function") {
    return {
      ok: false,
      problems: ["relay.config.ts: expected export default defineRelay(({ env, vault }) => ({ … }))"],
    };
  }
  const defined = definition({ env: referenceTo, vault: vaultSecret, variables });
  if (defined === undefined) {
    if (variables === undefined) return { ok: true, relay: NOTHING, warnings: [] };
    return { ok: false, problems: ["relay.config.ts: returned nothing; expected destinations"] };
  }
  const { label = (path: string) => path } = defined;
  const checked = checkRelay(defined.config, { variables, label });
  const problems = [...(defined.problems ?? []), ...checked.problems];
  if (problems.length > 0) return { ok: false, problems };
  const standing = variables === undefined ? [] : standingWarnings(checked, variables, label("deadLetterBucket"));
  return { ok: true, relay: checked.relay, warnings: [...(defined.warnings ?? []), ...standing] };
}

/** What whoever runs this relay should know, however sound its configuration. */
function standingWarnings(
  { relay, secretIds, plainSecrets }: ReturnType<typeof checkRelay>,
  variables: Variables,
  bucketName: string,
): string[] {
  const unsigned = relay.destinations.flatMap((destination) =>
    destination.type === "webhook" && !destination.isAuthentic
      ? [`destination ${destination.name}: not signed, so its receiver cannot tell who sends; give it a secret key`]
      : [],
  );
  const inPlain =
    `${[...plainSecrets].join(", ")}: in plain in the function's configuration; ` +
    "better kept in OCI Vault, and here as vault:<OCID of the secret>";
  const keepsNothing =
    `no bucket for dead letters (${bucketName}): of a rejected input only a log line remains, ` +
    "and what cannot be delivered is left to whoever called to send again";
  const needsPrincipal =
    relay.deadLetterBucket !== undefined ||
    relay.dedupeBucket !== undefined ||
    secretIds.size > 0 ||
    relay.destinations.some((destination) => destination.type === "ons");
  const hasPrincipal = Boolean(variables.OCI_RESOURCE_PRINCIPAL_VERSION);
  return [
    ...unsigned,
    ...(plainSecrets.size > 0 ? [inPlain] : []),
    ...(relay.deadLetterBucket === undefined ? [keepsNothing] : []),
    ...(needsPrincipal && !hasPrincipal
      ? ["no resource principal in the environment: without one no topic, bucket or secret can be reached"]
      : []),
  ];
}

const NOTHING: Relay = {
  destinations: [],
  routes: [],
  deadLetterBucket: undefined,
  dedupeBucket: undefined,
  ociEndpointUrl: undefined,
  logLevel: "info",
};

/** One error for all problems. */
export function configurationError(problems: readonly string[]): string {
  const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
  return `oci-event-relay: the configuration has ${count}:\n${problems.map((problem) => `  ${problem}`).join("\n")}`;
}

/** The only place that reads the process environment. */
export function processVariables(): Variables {
  return process.env;
}
