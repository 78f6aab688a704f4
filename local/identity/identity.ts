import type { Operation } from "../emulator/api.ts";
import type { Cloud } from "../emulator/cloud.ts";
import { createWorkRequests } from "../emulator/work-requests.ts";
import { createCompartments } from "./compartments.ts";
import { createDynamicGroups } from "./dynamic-groups.ts";
import { createPolicies } from "./policies.ts";
import { createTenancy } from "./tenancy.ts";

/**
 * The Identity service, as far as a relay needs it. OCI refuses writes outside of the home region with 403 NotAllowed
 * ("Please go to your home region PHX ..."). All regions are one URL here, and no request tells which it was meant for:
 * writes are taken as if they came to the home region.
 */
export function createIdentity(cloud: Cloud): { operations: Operation[] } {
  const workRequests = createWorkRequests(cloud, { version: "20160918", permission: "COMPARTMENT_INSPECT" });
  return {
    operations: [
      createTenancy(cloud),
      createCompartments(cloud, workRequests),
      createDynamicGroups(cloud),
      createPolicies(cloud),
      workRequests,
    ].flatMap(({ operations }) => operations),
  };
}
