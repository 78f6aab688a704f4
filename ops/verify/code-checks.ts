import definition from "../../relay.config.ts";
import { loadRelay } from "../../src/config.ts";
import type { Actual, Place } from "../provision/kind.ts";
import { type Check, type DeployedFunction, failed, ok, type Walk, warning } from "./check.ts";

/** The function, with what its configuration makes of it; undefined if there is none. */
export function functionIn(found: readonly Actual[], { functionName }: Place): DeployedFunction | undefined {
  const actual = found.find(({ kind, name }) => kind === "function" && name === functionName);
  if (actual === undefined) return undefined;
  const config = (actual.attributes.config ?? {}) as Record<string, string>;
  // On OCI every function has a principal.
  const relay = loadRelay(definition, { ...config, OCI_RESOURCE_PRINCIPAL_VERSION: "2.2" });
  return { ...actual, config, relay, applicationId: String(actual.attributes.applicationId) };
}

/** The application, the function and its configuration. */
export async function codeChecks({ place, fn, refused }: Walk): Promise<Check[]> {
  if (refused.has("application") || refused.has("function")) return [];
  const { applicationName, functionName, found, compartmentId } = place;
  const application = found.find(({ kind, name }) => kind === "application" && name === applicationName);
  if (application === undefined) {
    return [
      failed(
        `application ${applicationName}`,
        `there is none of this name in ${compartmentId}`,
        `see --compartment and --application; or make it: fn create app ${applicationName} --annotation oracle.com/oci/subnetIds='["<subnet ocid>"]'`,
      ),
    ];
  }
  const there = ok(`application ${applicationName}`, application.id);
  if (fn === undefined) {
    const fix = `fn deploy --app ${applicationName} --no-bump, or see --function`;
    return [there, failed(`function ${functionName}`, "there is none of this name in the application", fix)];
  }
  return [there, await stateCheck(fn, place), ...configurationChecks(fn, functionName)];
}

async function stateCheck({ id, name }: DeployedFunction, { clients, applicationName }: Place): Promise<Check> {
  const link = `function ${name}`;
  const state = String((await clients.functions.getFunction({ functionId: id })).function.lifecycleState);
  const fix = `fn deploy --app ${applicationName} --no-bump`;
  if (state === "FAILED") return failed(link, "it has FAILED: nothing can call it", fix);
  // Oracle does not say what that means.
  if (state === "INACTIVE") return warning(link, "it is INACTIVE; the synthetic event tells whether it is called", fix);
  return ok(link, id);
}

function configurationChecks({ relay }: DeployedFunction, name: string): Check[] {
  const link = `configuration of ${name}`;
  if (!relay.ok) {
    return [
      failed(
        link,
        `the function does not start with it: ${relay.problems.join("; ")}`,
        "provision apply, or fn config function …",
      ),
    ];
  }
  const { destinations } = relay.relay;
  if (destinations.length === 0) {
    return [
      failed(
        link,
        "it has no destination",
        "set WEBHOOK_URL or ONS_TOPIC_ID, by provision apply or fn config function …",
      ),
    ];
  }
  const names = destinations.map((each) => `${each.name} (${each.type})`).join(", ");
  return [
    ok(link, `delivers to ${names}`),
    ...relay.warnings.map((text) => warning(link, text, "it works so; see README, Configuration")),
  ];
}
