import * as z from "zod";
import { bodyOf, type Call, change, json, notFound, type Operation, page, refuse } from "../emulator/api.ts";
import type { Cloud } from "../emulator/cloud.ts";
import { compartmentIdSchema, isForeign, queriedCompartment } from "../emulator/compartment-id.ts";
import { denial } from "../emulator/denial.ts";
import { given } from "../emulator/given.ts";
import { tagsSchema } from "../emulator/tags.ts";
import type { HttpAnswer } from "../loopback.ts";
import { type Bucket, LOCAL_NAMESPACE, newBucket } from "./bucket.ts";
import { ifMatchProblem, withBucket } from "./bucket-access.ts";
import { emitBucketEvent } from "./object-events.ts";

const MAX_METADATA_BYTES = 4 * 1024;
const NAME = /^[A-Za-z0-9._-]{1,256}$/;

const changeable = {
  metadata: z
    .record(z.string(), z.string().nullable())
    .refine(
      (metadata) => Buffer.byteLength(Object.entries(metadata).flat().join("")) <= MAX_METADATA_BYTES,
      "over 4 KB",
    )
    .nullish(),
  publicAccessType: z.enum(["NoPublicAccess", "ObjectRead", "ObjectReadWithoutList"]).nullish(),
  objectEventsEnabled: z.boolean().nullish(),
  autoTiering: z.enum(["Disabled", "InfrequentAccess"]).nullish(),
  bucketScope: z.enum(["NAMESPACE", "REGION"]).nullish(),
  kmsKeyId: z.string().nullish(),
  isBucketKeyEnabled: z.boolean().nullish(),
  ...tagsSchema,
};
const createDetails = z.object({
  name: z.string(),
  compartmentId: compartmentIdSchema,
  storageTier: z.enum(["Standard", "Archive"]).nullish(),
  versioning: z.enum(["Enabled", "Disabled"]).nullish(),
  ...changeable,
});
const updateDetails = z.object({
  namespace: z.literal(LOCAL_NAMESPACE).nullish(),
  name: z.string().nullish(),
  compartmentId: compartmentIdSchema.nullish(),
  versioning: z.enum(["Enabled", "Suspended"]).nullish(),
  ...changeable,
});

/** Buckets of Object Storage: create, list, get, head, update, delete. */
export function bucketOperations(cloud: Cloud, buckets: Map<string, Bucket>): Operation[] {
  const list = "/n/{namespaceName}/b";
  const path = `${list}/{bucketName}`;
  const by =
    (permission: string, answer: (call: Call, bucket: Bucket) => HttpAnswer) =>
    (call: Call): HttpAnswer =>
      withBucket(call, { cloud, buckets, permissions: [permission] }, (bucket) => {
        return ifMatchProblem(call, bucket.etag) ?? answer(call, bucket);
      });
  return [
    { method: "POST", path: list, answer: create },
    { method: "GET", path: list, answer: listBuckets },
    { method: "GET", path, answer: by("BUCKET_READ", get) },
    { method: "HEAD", path, answer: by("BUCKET_INSPECT", get) },
    { method: "POST", path, answer: by("BUCKET_UPDATE", update) },
    { method: "DELETE", path, answer: by("BUCKET_DELETE", remove) },
  ];

  function create(call: Call): HttpAnswer {
    const details = bodyOf(call, createDetails);
    if (!details.ok) return details.answer;
    const { name, compartmentId } = details.value;
    const problem = placeProblem(call, { name, compartmentId });
    if (problem !== undefined) return problem;
    const { caller } = call;
    const createdBy = caller?.kind === "function" ? caller.functionId : (caller?.userId ?? "");
    const chosen = { ...details.value, metadata: withoutNulls(details.value.metadata ?? {}) };
    const bucket = newBucket(chosen, { createdBy, region: cloud.region });
    buckets.set(name, bucket);
    emitBucketEvent(cloud, "create", bucket);
    return json(call, 200, bodyFor(bucket), { ETag: bucket.etag, Location: pathOf(bucket) });
  }

  /** Why there can be no such bucket there. */
  function placeProblem(
    call: Call,
    { name, compartmentId, own }: { name: string; compartmentId: string; own?: Bucket },
  ): HttpAnswer | undefined {
    if (!NAME.test(name)) {
      const message = "A bucket's name has 1 to 256 letters, digits, hyphens, underscores and periods";
      return refuse(call, 400, "InvalidBucketName", message);
    }
    if (isForeign(compartmentId, cloud)) return notFound(call);
    const variables = { "target.bucket.name": name };
    const denied = denial(cloud, call, { permission: "BUCKET_CREATE", compartmentId, variables });
    if (denied !== undefined) return denied;
    const known = buckets.get(name);
    return known === undefined || known === own ? undefined : taken(call, name);
  }

  function listBuckets(call: Call): HttpAnswer {
    const queried = queriedCompartment(call, cloud);
    if ("answer" in queried) return queried.answer;
    const compartmentId = queried.id;
    const denied = denial(cloud, call, { permission: "BUCKET_INSPECT", compartmentId });
    if (denied !== undefined) return denied;
    const fields = fieldsOf(call);
    const unknown = fields.find((field) => field !== "tags");
    if (unknown !== undefined) return refuse(call, 400, "InvalidParameter", "fields: only tags can be asked for");
    const found = [...buckets.values()]
      .filter((bucket) => bucket.compartmentId === compartmentId)
      .sort((one, other) => (one.name < other.name ? -1 : 1));
    return page(
      call,
      found.map((bucket) => summaryOf(bucket, { hasTags: fields.includes("tags") })),
    );
  }

  function get(call: Call, bucket: Bucket): HttpAnswer {
    const headers = { ETag: bucket.etag };
    if (call.request.headers["if-none-match"] === bucket.etag) return json(call, 304, undefined, headers);
    const fields = fieldsOf(call);
    const sizes = [...bucket.objects.values()].map(({ body }) => body.byteLength);
    const asked = {
      ...(fields.includes("approximateCount") && { approximateCount: sizes.length }),
      ...(fields.includes("approximateSize") && { approximateSize: sizes.reduce((sum, size) => sum + size, 0) }),
      ...(fields.includes("autoTiering") && { autoTiering: bucket.autoTiering }),
    };
    return json(call, 200, { ...bodyFor(bucket), ...asked }, headers);
  }

  function update(call: Call, bucket: Bucket): HttpAnswer {
    const details = bodyOf(call, updateDetails);
    if (!details.ok) return details.answer;
    const { namespace: _, metadata, ...named } = given(details.value);
    const { name, compartmentId } = { ...bucket, ...named };
    const isMoved = compartmentId !== bucket.compartmentId || name !== bucket.name;
    const problem = isMoved ? placeProblem(call, { name, compartmentId, own: bucket }) : undefined;
    if (problem !== undefined) return problem;
    buckets.delete(bucket.name);
    change(bucket, { ...named, metadata: withoutNulls({ ...bucket.metadata, ...metadata }) });
    buckets.set(bucket.name, bucket);
    emitBucketEvent(cloud, "update", bucket);
    return json(call, 200, bodyFor(bucket), { ETag: bucket.etag });
  }

  function remove(call: Call, bucket: Bucket): HttpAnswer {
    if (bucket.objects.size > 0) {
      const message = `Bucket named '${bucket.name}' is not empty. Delete all objects first.`;
      return refuse(call, 409, "BucketNotEmpty", message);
    }
    buckets.delete(bucket.name);
    emitBucketEvent(cloud, "delete", bucket);
    return json(call, 204, undefined);
  }
}

/** As the API shows a bucket. Count, size and auto tiering only on demand. */
export function bodyFor({ objects: _, lifecyclePolicy, autoTiering: __, ...bucket }: Bucket): Record<string, unknown> {
  return {
    namespace: LOCAL_NAMESPACE,
    ...bucket,
    kmsKeyId: bucket.kmsKeyId || null,
    objectLifecyclePolicyEtag: lifecyclePolicy?.etag ?? null,
    replicationEnabled: false,
    isReadOnly: false,
  };
}

function summaryOf(bucket: Bucket, { hasTags }: { hasTags: boolean }) {
  const { name, compartmentId, createdBy, timeCreated, etag, freeformTags, definedTags, bucketScope } = bucket;
  const summary = { namespace: LOCAL_NAMESPACE, name, compartmentId, createdBy, timeCreated, etag, bucketScope };
  return hasTags ? { ...summary, freeformTags, definedTags } : summary;
}

function pathOf({ name }: Bucket): string {
  return `/n/${LOCAL_NAMESPACE}/b/${name}`;
}

function taken(call: Call, name: string): HttpAnswer {
  const message = `Either the bucket '${name}' in namespace '${LOCAL_NAMESPACE}' already exists or you are not authorized to create it`;
  return refuse(call, 409, "BucketAlreadyExists", message);
}

function fieldsOf({ query }: Call): string[] {
  return query.getAll("fields").flatMap((fields) => fields.split(",").filter((field) => field !== ""));
}

function withoutNulls(metadata: Record<string, string | null>): Record<string, string> {
  return given(metadata) as Record<string, string>;
}
