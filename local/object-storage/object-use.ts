import type { Cloud } from "../emulator/cloud.ts";
import type { Caller } from "../emulator/principal.ts";
import type { HttpAnswer, LoopbackRequest } from "../loopback.ts";
import type { Bucket } from "./bucket.ts";
import { bucketNotFound, mayUse } from "./bucket-access.ts";
import { emitObjectEvent } from "./object-events.ts";
import { answerForObject, type StoredObject } from "./objects.ts";

interface Use {
  /** Undefined: everybody may do everything, and there is no bus. */
  cloud: Cloud | undefined;
  caller: Caller | undefined;
  bucket: Bucket;
  /** Of the object. */
  name: string;
}

/** PUT, GET, HEAD or DELETE of one object by a caller who needs a permission for it; undefined for other methods. */
export function useObject(request: LoopbackRequest, { cloud, caller, bucket, name }: Use): HttpAnswer | undefined {
  const before = bucket.objects.get(name);
  const isAllowed =
    cloud === undefined ||
    permissionsFor(request, before).some((permission) => mayUse(cloud, caller, { bucket, permission, object: name }));
  if (!isAllowed) return bucketNotFound(request, bucket.name);
  const answer = answerForObject(request, bucket.objects, name);
  if (cloud === undefined || answer === undefined || answer.status >= 300) return answer;
  const after = bucket.objects.get(name);
  if (after !== undefined && after !== before) {
    emitObjectEvent(cloud, before === undefined ? "create" : "update", { bucket, name, etag: after.etag });
  } else if (after === undefined && before !== undefined) {
    emitObjectEvent(cloud, "delete", { bucket, name, etag: before.etag });
  }
  return answer;
}

export function mayList(cloud: Cloud | undefined, caller: Caller | undefined, bucket: Bucket): boolean {
  return cloud === undefined || mayUse(cloud, caller, { bucket, permission: "OBJECT_INSPECT" });
}

/** Any one of them is enough. */
function permissionsFor({ method, headers }: LoopbackRequest, before: StoredObject | undefined): string[] {
  switch (method) {
    case "PUT":
      // With if-none-match nothing is ever overwritten: who may create is told that it exists.
      return before === undefined || headers["if-none-match"] === "*" ? ["OBJECT_CREATE"] : ["OBJECT_OVERWRITE"];
    case "DELETE":
      return ["OBJECT_DELETE"];
    case "HEAD":
      return ["OBJECT_READ", "OBJECT_INSPECT"];
    default:
      return ["OBJECT_READ"];
  }
}
