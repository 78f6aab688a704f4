import { randomUUID } from "node:crypto";
import * as z from "zod";
import { bodyOf, type Call, json, type Operation, refuse } from "../emulator/api.ts";
import type { Cloud } from "../emulator/cloud.ts";
import type { HttpAnswer } from "../loopback.ts";
import type { Bucket } from "./bucket.ts";
import { ifMatchProblem, withBucket } from "./bucket-access.ts";

const patterns = z.array(z.string().min(1).max(1024)).nullish();
const rule = z
  .object({
    name: z.string().min(1).max(256),
    target: z
      .enum(["objects", "multipart-uploads", "previous-object-versions"])
      .nullish()
      .transform((it) => it ?? "objects"),
    action: z.enum(["ARCHIVE", "INFREQUENT_ACCESS", "DELETE", "ABORT"]),
    timeAmount: z.int().min(1),
    timeUnit: z.enum(["DAYS", "YEARS"]),
    isEnabled: z.boolean(),
    objectNameFilter: z
      .object({ inclusionPrefixes: patterns, inclusionPatterns: patterns, exclusionPatterns: patterns })
      .nullish(),
  })
  .refine(({ target, action }) => (target === "multipart-uploads") === (action === "ABORT"), {
    path: ["action"],
    error: "ABORT is the action for multipart-uploads, and the only one",
  });
const details = z.object({
  items: z
    .array(rule)
    .max(1000)
    .refine((rules) => new Set(rules.map(({ name }) => name)).size === rules.length, "names of rules are unique")
    .nullish(),
});

export interface LifecycleOptions {
  cloud: Cloud;
  buckets: ReadonlyMap<string, Bucket>;
  /** Whether a policy lets the service itself, objectstorage-<region>, manage the objects of a bucket. */
  serviceMayManage: (bucket: Bucket) => boolean;
}

/** The lifecycle policy of a bucket: put, get, delete. It is kept and not carried out. */
export function lifecyclePolicyOperations({ cloud, buckets, serviceMayManage }: LifecycleOptions): Operation[] {
  const path = "/n/{namespaceName}/b/{bucketName}/l";
  const by =
    (permissions: string[], answer: (call: Call, bucket: Bucket) => HttpAnswer) =>
    (call: Call): HttpAnswer =>
      withBucket(call, { cloud, buckets, permissions }, (bucket) => answer(call, bucket));
  return [
    { method: "PUT", path, answer: by(["BUCKET_UPDATE", "OBJECT_CREATE", "OBJECT_DELETE"], put) },
    { method: "GET", path, answer: by(["BUCKET_READ"], get) },
    { method: "DELETE", path, answer: by(["BUCKET_UPDATE"], remove) },
  ];

  function put(call: Call, bucket: Bucket): HttpAnswer {
    const body = bodyOf(call, details);
    if (!body.ok) return body.answer;
    const { lifecyclePolicy } = bucket;
    const problem = ifMatchProblem(call, lifecyclePolicy?.etag);
    if (problem !== undefined) return problem;
    if (call.request.headers["if-none-match"] === "*" && lifecyclePolicy !== undefined) {
      return refuse(call, 412, "IfNoneMatchFailed", "The If-None-Match header is * and the bucket has a policy");
    }
    if (!serviceMayManage(bucket)) {
      const service = `objectstorage-${cloud.region}`;
      const message = `Permissions granted to the object storage service principal '${service}' to this bucket are insufficient`;
      return refuse(call, 400, "InsufficientServicePermissions", message);
    }
    const items = body.value.items ?? [];
    bucket.lifecyclePolicy = { etag: randomUUID(), timeCreated: new Date().toISOString(), items };
    return get(call, bucket);
  }

  function get(call: Call, { name, lifecyclePolicy }: Bucket): HttpAnswer {
    if (lifecyclePolicy === undefined) {
      return refuse(call, 404, "LifecyclePolicyNotFound", `The bucket '${name}' has no lifecycle policy`);
    }
    const { etag, ...policy } = lifecyclePolicy;
    return json(call, 200, policy, { ETag: etag });
  }

  function remove(call: Call, bucket: Bucket): HttpAnswer {
    const problem = ifMatchProblem(call, bucket.lifecyclePolicy?.etag);
    if (problem !== undefined) return problem;
    bucket.lifecyclePolicy = undefined;
    return json(call, 204, undefined);
  }
}
