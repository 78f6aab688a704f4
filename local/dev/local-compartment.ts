import { ConfigFileAuthenticationDetailsProvider } from "oci-common";
import { IdentityClient } from "oci-identity";

const NAME = "local";

/** The OCID of the compartment `local` in the root of a local tenancy, made if it is not there. */
export async function localCompartment({ url, configFile }: { url: string; configFile: string }): Promise<string> {
  const authenticationDetailsProvider = new ConfigFileAuthenticationDetailsProvider(configFile);
  const identity = new IdentityClient({ authenticationDetailsProvider });
  identity.endpoint = url;
  try {
    const compartmentId = authenticationDetailsProvider.getTenantId();
    const { items } = await identity.listCompartments({ compartmentId, name: NAME, lifecycleState: "ACTIVE" });
    const [known] = items;
    if (known !== undefined) return known.id;
    const details = { compartmentId, name: NAME, description: "Made for trying things on this machine." };
    return (await identity.createCompartment({ createCompartmentDetails: details })).compartment.id;
  } finally {
    identity.close();
  }
}
