import type { Thing } from "../emulator/api.ts";
import type { Cloud } from "../emulator/cloud.ts";
import { emitServiceEvent } from "../events/bus-event.ts";

/**
 * What Identity says of a change on the bus. How OCI spells its source, and what else stands in the data, is not
 * documented.
 * @param operation service and operation: identitycontrolplane.createpolicy
 */
export function emitIdentityEvent(cloud: Cloud, operation: string, thing: Thing & { name: string }): void {
  const { id, name, compartmentId, freeformTags, definedTags } = thing;
  emitServiceEvent(cloud, {
    eventType: `com.oraclecloud.${operation}`,
    source: "IdentityControlPlane",
    compartmentId,
    data: { resourceName: name, resourceId: id, freeformTags, definedTags },
  });
}
