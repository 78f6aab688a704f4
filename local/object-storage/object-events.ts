import type { Cloud } from "../emulator/cloud.ts";
import { emitServiceEvent } from "../events/bus-event.ts";
import { type Bucket, LOCAL_NAMESPACE } from "./bucket.ts";

/** Of every bucket. resourceId is cut off before the name, as in captured events: "/n/devrel/b/". */
export function emitBucketEvent(cloud: Cloud, operation: "create" | "update" | "delete", bucket: Bucket): void {
  const { name, compartmentId, freeformTags, definedTags, publicAccessType, versioning, etag } = bucket;
  emitServiceEvent(cloud, {
    eventType: `com.oraclecloud.objectstorage.${operation}bucket`,
    source: SOURCE,
    compartmentId,
    data: {
      resourceName: name,
      resourceId: `/n/${LOCAL_NAMESPACE}/b/`,
      freeformTags,
      definedTags,
      additionalDetails: { bucketName: name, publicAccessType, versioning, namespace: LOCAL_NAMESPACE, eTag: etag },
    },
  });
}

/** Only of a bucket that has them switched on. */
export function emitObjectEvent(
  cloud: Cloud,
  operation: "create" | "update" | "delete",
  { bucket, name, etag }: { bucket: Bucket; name: string; etag: string },
): void {
  if (!bucket.objectEventsEnabled) return;
  emitServiceEvent(cloud, {
    eventType: `com.oraclecloud.objectstorage.${operation}object`,
    source: SOURCE,
    compartmentId: bucket.compartmentId,
    data: {
      resourceName: name,
      resourceId: `/n/${LOCAL_NAMESPACE}/b/${bucket.name}/o/${name}`,
      additionalDetails: {
        bucketName: bucket.name,
        archivalState: "Available",
        namespace: LOCAL_NAMESPACE,
        bucketId: bucket.id,
        eTag: etag,
      },
    },
  });
}

const SOURCE = "ObjectStorage";
