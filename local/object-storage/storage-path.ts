import { decoded } from "../emulator/wire.ts";

/** What a path of Object Storage names. */
export interface Place {
  /** `namespace` is `/n` alone, which asks for the namespace; `policy` the lifecycle policy of a bucket. */
  kind: "namespace" | "buckets" | "bucket" | "policy" | "objects" | "object";
  namespace: string | undefined;
  bucket: string | undefined;
  object: string | undefined;
}

const PATH = /^\/n(?:\/?|\/([^/]+)\/b(?:\/?|\/([^/]+)(?:\/?|(\/[ol])\/?|\/o\/(.+))))$/s;

/** The part after /o/ may hold slashes, as they are or encoded. Undefined: there is no such path, or it is badly encoded. */
export function placeOf(path: string): Place | undefined {
  const [, ...parts] = PATH.exec(path.split("?")[0] ?? "") ?? [];
  if (parts.length === 0) return undefined;
  const [namespace, bucket, list, object] = parts;
  const place = { namespace: decoded(namespace), bucket: decoded(bucket), object: decoded(object) };
  const isBroken =
    (namespace !== undefined && place.namespace === undefined) ||
    (bucket !== undefined && place.bucket === undefined) ||
    (object !== undefined && place.object === undefined);
  return isBroken ? undefined : { ...place, kind: kindOf({ namespace, bucket, list, object }) };
}

function kindOf(parts: Record<"namespace" | "bucket" | "list" | "object", string | undefined>): Place["kind"] {
  if (parts.namespace === undefined) return "namespace";
  if (parts.bucket === undefined) return "buckets";
  if (parts.object !== undefined) return "object";
  if (parts.list === undefined) return "bucket";
  return parts.list === "/o" ? "objects" : "policy";
}
