import type { AuthenticationDetailsProvider } from "oci-common";
import { isRecord } from "../../src/problem.ts";
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
  homeRegion: string;
}

/** A slip in an OCID would be planned for as if it were there. */
async function compartmentProblem(compartmentId: string, { identity }: Clients): Promise<string | undefined> {
  if (compartmentId.startsWith("ocid1.tenancy.")) return undefined;
  return identity.getCompartment({ compartmentId }).then(
    ({ compartment }) =>
      String(compartment.lifecycleState) === "ACTIVE"
        ? undefined
        : `the compartment ${compartmentId} is ${compartment.lifecycleState}: name another with --compartment`,
    (error) => whyRefused(`the compartment ${compartmentId}`, error),
  );
}

/** Where an instance of Compute learns of itself. */
const METADATA_URL = "http://169.254.169.254/opc/v2/instance/";
const METADATA_TIMEOUT_MS = 2_000;

/** @throws Error that says who could not get in, and why */
export async function openPlace(access: Access, options: PlaceOptions): Promise<OpenPlace> {
  const tenancyId = options.tenancy ?? (await tenancyOf(access.identity));
  const region = access.region ?? regionOf(access.identity);
  if (region === undefined) throw new Error("no region: name it with --region, such as --region us-ashburn-1");
  const near = clientsOf({ ...access, region });
  const homeRegion = await near.identity.listRegionSubscriptions({ tenancyId }).then(
    ({ items }) => items.find(({ isHomeRegion }) => isHomeRegion)?.regionName ?? region,
    (error) => {
      // Who may not see the regions is told by OCI itself if this is not the home region.
      if (error?.statusCode === 403 || error?.statusCode === 404) return region;
      near.close();
      throw new Error(whyRefused("the regions of the tenancy", error));
    },
  );
  const missing = await compartmentProblem(options.compartment, near);
  if (missing !== undefined) {
    near.close();
    throw new Error(missing);
  }
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

export async function tenancyOf(identity: AuthenticationDetailsProvider): Promise<string> {
  const { getTenantId, getStringClaim } = identity as {
    getTenantId?: () => string;
    getStringClaim?: (name: string) => Promise<string> | string;
  };
  // A resource principal knows it from its token only, an instance from its metadata.
  const tenancyId = getTenantId
    ? getTenantId.call(identity)
    : ((await getStringClaim?.call(identity, "res_tenant")) ?? (await tenancyOfInstance()));
  if (!tenancyId) throw new Error("this identity does not tell its tenancy: name it with --tenancy <ocid>");
  return tenancyId;
}

async function tenancyOfInstance(): Promise<string | undefined> {
  const headers = { Authorization: "Bearer Oracle" };
  const asked = fetch(METADATA_URL, { headers, signal: AbortSignal.timeout(METADATA_TIMEOUT_MS) });
  const metadata = await asked.then((answer) => answer.json()).catch(() => undefined);
  return isRecord(metadata) && typeof metadata.tenantId === "string" ? metadata.tenantId : undefined;
}

function regionOf(identity: AuthenticationDetailsProvider): string | undefined {
  const region = (identity as { getRegion?: () => { regionId?: string } | undefined }).getRegion?.call(identity);
  return region?.regionId;
}

function closeAll(...clients: Clients[]): void {
  for (const each of new Set(clients)) each.close();
}
