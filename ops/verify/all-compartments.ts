import type { models } from "oci-identity";
import { listAll } from "../provision/kind.ts";
import type { Walk } from "./check.ts";
import { seen } from "./seen.ts";

/** Every compartment of the tenancy but its root; undefined where the operator may not see them. */
export function allCompartments({ clients, tenancyId }: Walk["place"]): Promise<models.Compartment[] | undefined> {
  const inTenancy = { compartmentId: tenancyId, compartmentIdInSubtree: true };
  return seen(listAll((page) => clients.identity.listCompartments({ ...inTenancy, ...page })));
}
