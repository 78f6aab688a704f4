import type { AuthenticationDetailsProvider } from "oci-common";
import type { Access } from "../access.ts";
import { whyRefused } from "../refusal.ts";
import { type Clients, clientsOf } from "./clients.ts";
import type { Place } from "./kind.ts";

export interface PlaceOptions {
  name: string;
  compartment: string;
  application: string;
  function: string;
  /** Where the identity does not tell it. */
  tenancy?: string;
}

/** Where the relay's things stand, and which regions that concerns. */
export interface OpenPlace extends Omit<Place, "found"> {
  /** us-ashburn-1; that of the topic, the function, the rules. */
  region: string;
  homeRegion: string;
}

/** @throws Error that says who could not get in, and why */
export async function openPlace(access: Access, options: PlaceOptions): Promise<OpenPlace> {
  const tenancyId = options.tenancy ?? (await tenancyOf(access.identity));
  const region = access.region ?? regionOf(access.identity);
  if (region === undefined) throw new Error("no region: name it with --region, such as --region us-ashburn-1");
  const near = clientsOf({ ...access, region });
  const homeRegion = await near.identity.listRegionSubscriptions({ tenancyId }).then(
    ({ items }) => items.find(({ isHomeRegion }) => isHomeRegion)?.regionName ?? region,
    (error) => {
      near.close();
      throw new Error(whyRefused("the regions of the tenancy", error));
    },
  );
  // Identity is written in the home region only.
  const home = homeRegion === region ? near : clientsOf({ ...access, region: homeRegion });
  const clients = { ...near, identity: home.identity, close: () => closeAll(near, home) };
  const namespaceName = await clients.storage.getNamespace({}).then(
    ({ value }) => value,
    (error) => {
      clients.close();
      throw new Error(whyRefused("the namespace of Object Storage", error));
    },
  );
  return {
    ...{ clients, tenancyId, namespaceName, region, homeRegion },
    ...{ owner: options.name, compartmentId: options.compartment },
    ...{ applicationName: options.application, functionName: options.function },
  };
}

async function tenancyOf(identity: AuthenticationDetailsProvider): Promise<string> {
  const { getTenantId, getStringClaim } = identity as {
    getTenantId?: () => string;
    getStringClaim?: (name: string) => Promise<string> | string;
  };
  // A resource principal knows it from its token only.
  const tenancyId = getTenantId ? getTenantId.call(identity) : await getStringClaim?.call(identity, "res_tenant");
  if (!tenancyId) throw new Error("this identity does not tell its tenancy: name it with --tenancy <ocid>");
  return tenancyId;
}

function regionOf(identity: AuthenticationDetailsProvider): string | undefined {
  const region = (identity as { getRegion?: () => { regionId?: string } | undefined }).getRegion?.call(identity);
  return region?.regionId;
}

function closeAll(...clients: Clients[]): void {
  for (const each of new Set(clients)) each.close();
}
