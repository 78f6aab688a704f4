import { type Call, refuse } from "../emulator/api.ts";
import type { Cloud } from "../emulator/cloud.ts";
import type { Caller } from "../emulator/principal.ts";
import { refusal } from "../emulator/wire.ts";
import type { HttpAnswer, LoopbackRequest } from "../loopback.ts";
import type { Bucket } from "./bucket.ts";

/** What Object Storage says of a bucket that is not there, and of one that the caller may not use. */
export function bucketNotFound(request: LoopbackRequest, name: string): HttpAnswer {
  const message = `There is no bucket '${name}', or you are not authorized to access it`;
  return refusal(request, 404, "BucketNotFound", message);
}

/** May this caller do that in the bucket? */
export function mayUse(
  cloud: Cloud,
  caller: Caller | undefined,
  use: { bucket: Bucket; permission: string; object?: string | undefined },
): boolean {
  const { bucket, permission, object } = use;
  const variables = {
    "target.bucket.name": bucket.name,
    ...(object !== undefined && { "target.object.name": object }),
  };
  return caller !== undefined && cloud.allows(caller, permission, { compartmentId: bucket.compartmentId, variables });
}

/** Answers for the bucket of the path, if it is there and the caller has all the permissions. */
export function withBucket(
  call: Call,
  from: { cloud: Cloud; buckets: ReadonlyMap<string, Bucket>; permissions: readonly string[] },
  answer: (bucket: Bucket) => HttpAnswer,
): HttpAnswer {
  const { bucketName = "" } = call.parameters;
  const bucket = from.buckets.get(bucketName);
  const isAllowed =
    bucket !== undefined &&
    from.permissions.every((permission) => mayUse(from.cloud, call.caller, { bucket, permission }));
  return isAllowed ? answer(bucket) : bucketNotFound(call.request, bucketName);
}

/** The 412 for an `if-match` that is not the etag; undefined if the request may go on. */
export function ifMatchProblem(call: Call, etag: string | undefined): HttpAnswer | undefined {
  const wanted = call.request.headers["if-match"];
  if (wanted === undefined || wanted === etag) return undefined;
  return refuse(call, 412, "IfMatchFailed", "The If-Match header does not match the current ETag");
}
