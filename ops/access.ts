import { type Command, InvalidArgumentError, Option } from "commander";
import type { AuthenticationDetailsProvider } from "oci-common";
import { ociEndpoint } from "../src/egress/endpoint.ts";
import { regionId } from "../src/region.ts";

const AUTHS = ["config", "session", "instance", "resource"] as const;
type Auth = (typeof AUTHS)[number];

/** By whom and where OCI is asked, as the command line says it. */
export interface AccessOptions {
  auth: Auth;
  configFile?: string;
  profile: string;
  region?: string;
  endpoint?: string;
}

/** What every client of OCI is made with. */
export interface Access {
  identity: AuthenticationDetailsProvider;
  /** Instead of the region's own, for the emulator. */
  endpoint?: string;
  /** Instead of the identity's own. */
  region?: string;
}

/** The command with the options by which it reaches OCI. */
export function withAccess(command: Command): Command {
  return command
    .addOption(new Option("--auth <kind>", "who you are to OCI").choices([...AUTHS]).default("config" satisfies Auth))
    .option("--config-file <path>", "OCI configuration file, default ~/.oci/config")
    .option("--profile <name>", "its profile", "DEFAULT")
    .option("--region <id>", "another region than the profile's")
    .addOption(
      new Option("--endpoint <url>", "one base URL for every OCI service, for the emulator")
        .env("OCI_ENDPOINT_URL")
        .argParser(endpointText),
    );
}

/** @throws Error that says what is missing */
export async function accessOf(options: AccessOptions): Promise<Access> {
  const { endpoint, region } = options;
  // Not before it is needed: Oracle's SDK takes a second.
  const { identityOf } = await import("./identity.ts");
  return {
    identity: await identityOf(options),
    ...(endpoint !== undefined && { endpoint }),
    // Whoever writes phx means us-phoenix-1; a region that is new is taken as it is.
    ...(region !== undefined && { region: regionId(region) ?? region }),
  };
}

/** By the rule of the function itself. */
function endpointText(text: string): string {
  const url = ociEndpoint(text);
  if (url.ok) return text;
  throw new InvalidArgumentError(`It ${url.problem}.`);
}
