import * as z from "zod/mini";
import { defineHandler, text } from "../src/handler.ts";

/**
 * Objects of a bucket that has object events switched on. additionalDetails, captured 2022:
 * { "bucketName": "src", "versionId": "2a33…", "archivalState": "Available", "namespace": "axhl", "bucketId": "ocid1.bucket…",
 *   "eTag": "5b97…" }; versionId may be null
 */
export const object = defineHandler({
  resourceType: "object",
  noun: "Object",
  actions: {
    "com.oraclecloud.objectstorage.createobject": "create",
    "com.oraclecloud.objectstorage.updateobject": "update",
    "com.oraclecloud.objectstorage.deleteobject": "delete",
  },
  additionalDetails: () =>
    z.object({ bucketName: text, bucketId: text, namespace: text, versionId: text, archivalState: text }),
  normalise({ event, additionalDetails: { bucketName, bucketId, namespace, versionId, archivalState } }) {
    const { resourceId, resourceName } = event.data;
    // Empty in captures of 2019.
    const id =
      resourceId || (bucketName && namespace && resourceName && `/n/${namespace}/b/${bucketName}/o/${resourceName}`);
    return {
      id,
      details: {
        bucket: bucketName,
        bucket_id: bucketId,
        version_id: versionId,
        archival_state: archivalState,
      },
      regionOf: bucketId,
    };
  },
});
