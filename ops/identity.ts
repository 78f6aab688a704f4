import {
  type AuthenticationDetailsProvider,
  ConfigFileAuthenticationDetailsProvider,
  InstancePrincipalsAuthenticationDetailsProviderBuilder,
  ResourcePrincipalAuthenticationDetailsProvider,
  SessionAuthDetailProvider,
} from "oci-common";
import type { AccessOptions } from "./access.ts";

/**
 * Who the operator is to OCI: an API key or a session token of ~/.oci/config, or the principal of the machine that this runs on.
 * @throws Error that says what is missing
 */
export async function identityOf({
  auth,
  configFile,
  profile,
}: Pick<AccessOptions, "auth" | "configFile" | "profile">): Promise<AuthenticationDetailsProvider> {
  try {
    if (auth === "session") return new SessionAuthDetailProvider(configFile, profile);
    if (auth === "instance") return await new InstancePrincipalsAuthenticationDetailsProviderBuilder().build();
    if (auth === "resource") return ResourcePrincipalAuthenticationDetailsProvider.builder();
    return new ConfigFileAuthenticationDetailsProvider(configFile, profile);
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    const isMissing = /does not exist|ENOENT|no such file/i.test(said);
    const reason = isMissing ? "there is no such file; name another with --config-file, or use --auth" : said;
    const where =
      auth === "config" || auth === "session" ? `${configFile ?? "~/.oci/config"}, profile ${profile}: ` : "";
    throw new Error(`no access to OCI as ${auth}: ${where}${reason.split("\n")[0]}`);
  }
}
