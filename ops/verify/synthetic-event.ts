import { randomUUID } from "node:crypto";
import type { Walk } from "./check.ts";

/** What marks an event of verify's: in the name of the thing that it tells of. */
export const MARK = "relay-verify";

export const BUCKET_CREATED = "com.oraclecloud.objectstorage.createbucket";

/** A bucket that is not there is told to be created, in the relay's compartment: so receivers can see what it is. */
export function syntheticEvent({ place, way }: Pick<Walk, "place" | "way">, nowMs: number) {
  const name = `${MARK}-${randomUUID().slice(0, 8)}`;
  const { compartmentId, namespaceName } = place;
  return {
    eventType: BUCKET_CREATED,
    cloudEventsVersion: "0.1",
    eventTypeVersion: "2.0",
    source: "ObjectStorage",
    eventTime: `${new Date(nowMs).toISOString().slice(0, 19)}Z`,
    contentType: "application/json",
    data: {
      compartmentId,
      // The real one, so that conditions on it match as they would on the bus.
      compartmentName: way.name ?? MARK,
      resourceName: name,
      // Cut off before the name, as in captured events.
      resourceId: `/n/${namespaceName}/b/`,
      availabilityDomain: "all",
      freeformTags: { [MARK]: "true" },
      definedTags: {},
      additionalDetails: {
        bucketName: name,
        publicAccessType: "NoPublicAccess",
        versioning: "Disabled",
        namespace: namespaceName,
        eTag: randomUUID(),
      },
    },
    eventID: randomUUID(),
    extensions: { compartmentId },
  };
}
