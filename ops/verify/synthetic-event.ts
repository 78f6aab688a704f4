import { randomUUID } from "node:crypto";
import type { Walk } from "./check.ts";

/** What marks an event of verify's: in the name of the thing that it tells of. */
export const MARK = "relay-verify";

export const BUCKET_CREATED = "com.oraclecloud.objectstorage.createbucket";

/** A bucket that is not there is told to be created, in the relay's compartment: so receivers can see what it is. */
export function syntheticEvent({ place }: Pick<Walk, "place">, nowMs: number) {
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
      compartmentName: MARK,
      resourceName: name,
      resourceId: `/n/${namespaceName}/b/${name}`,
      availabilityDomain: "all",
      freeformTags: { [MARK]: "true" },
      additionalDetails: { bucketName: name, namespace: namespaceName, publicAccessType: "NoPublicAccess" },
    },
    eventID: randomUUID(),
    extensions: { compartmentId },
  };
}
