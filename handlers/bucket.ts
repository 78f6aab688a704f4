import * as z from "zod/mini";
import { defineHandler, text } from "../src/handler.ts";

/**
 * Object Storage buckets. additionalDetails, captured 2019:
 * { "bucketName": "logs", "publicAccessType": "NoPublicAccess", "namespace": "devrel", "eTag": "47b1…" }
 */
export const bucket = defineHandler({
  resourceType: "bucket",
  noun: "Bucket",
  actions: {
    "com.oraclecloud.objectstorage.createbucket": "create",
    "com.oraclecloud.objectstorage.updatebucket": "update",
    "com.oraclecloud.objectstorage.deletebucket": "delete",
  },
  additionalDetails: () => z.object({ bucketName: text, namespace: text, publicAccessType: text }),
  normalise({ event, action, additionalDetails: { bucketName, namespace, publicAccessType } }) {
    const { resourceId } = event.data;
    const name = bucketName ?? event.data.resourceName;
    // Captured events cut the path off before the bucket's name: "/n/devrel/b/".
    const isCut = resourceId === undefined || resourceId === "" || resourceId.endsWith("/b/");
    const id = isCut && name !== undefined && namespace !== undefined ? `/n/${namespace}/b/${name}` : resourceId;
    return {
      id,
      // As Oracle's LiveLabs write it: https://cloud.oracle.com/object-storage/buckets/<namespace>/<bucket>/objects?region=…
      page: name && namespace ? ["object-storage", "buckets", namespace, name, "objects"] : undefined,
      details: {
        acl: ACLS.get(publicAccessType ?? ""),
        status: action === "delete" ? undefined : "ready",
      },
    };
  },
});

/** publicAccessType -> Yunion's bucket acl. */
const ACLS = new Map<string, "private" | "public-read">([
  ["NoPublicAccess", "private"],
  ["ObjectRead", "public-read"],
  ["ObjectReadWithoutList", "public-read"],
]);
