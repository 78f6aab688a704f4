import { newThing, type Thing } from "../emulator/api.ts";
import { given } from "../emulator/given.ts";
import { liveObjects } from "./live-objects.ts";
import type { StoredObject } from "./objects.ts";

export const LOCAL_NAMESPACE = "localtenancy";

/** As it is kept, by its name: all buckets of the local OCI are in one namespace. */
export interface Bucket extends Thing {
  name: string;
  metadata: Record<string, string>;
  /** OCID of the user or function. */
  createdBy: string;
  publicAccessType: "NoPublicAccess" | "ObjectRead" | "ObjectReadWithoutList";
  storageTier: "Standard" | "Archive";
  objectEventsEnabled: boolean;
  /** What is asked for. Older versions of an object are not kept. */
  versioning: "Enabled" | "Suspended" | "Disabled";
  autoTiering: "Disabled" | "InfrequentAccess";
  bucketScope: "NAMESPACE" | "REGION";
  /** Empty: a key of Oracle's. */
  kmsKeyId: string;
  isBucketKeyEnabled: boolean;
  lifecyclePolicy?: { etag: string; timeCreated: string; items: unknown[] } | undefined;
  objects: Map<string, StoredObject>;
}

type Chosen = { [Key in keyof Bucket]?: Bucket[Key] | null | undefined };

/** A bucket with nothing in it, and the defaults of CreateBucket for what nobody chose. */
export function newBucket(
  chosen: Chosen & { name: string; compartmentId: string },
  { createdBy, region }: { createdBy: string; region: string },
): Bucket {
  return {
    metadata: {},
    publicAccessType: "NoPublicAccess",
    storageTier: "Standard",
    objectEventsEnabled: false,
    versioning: "Disabled",
    autoTiering: "Disabled",
    bucketScope: "NAMESPACE",
    kmsKeyId: "",
    isBucketKeyEnabled: false,
    ...given(chosen),
    ...newThing({ kind: "bucket", region }, chosen),
    createdBy,
    objects: liveObjects(),
  };
}
