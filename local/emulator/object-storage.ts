import type { HttpAnswer, LoopbackAnswer, LoopbackRequest } from "../loopback.ts";
import { listing } from "./listing.ts";
import { answerForObject, type StoredObject } from "./objects.ts";
import type { Issuer } from "./principal.ts";
import { signatureProblem } from "./signature.ts";
import { codeOf, decoded, refusal, requestId } from "./wire.ts";

export const LOCAL_NAMESPACE = "localtenancy";

export interface StorageRequest extends LoopbackRequest {
  /** Undefined where the path names none. */
  bucket: string | undefined;
  object: string | undefined;
  /** 1 for the first request ever. */
  count: number;
}

/**
 * An answer, `hang` and `reset` come instead of what was asked for, and nothing is stored. `lost` and `lost-hang` carry
 * it out and lose the reply: the connection is reset, or nothing ever comes.
 */
export type StorageFault = LoopbackAnswer | "lost" | "lost-hang";

export interface StorageEntry {
  method: string;
  bucket?: string;
  object?: string;
  /** The status that was answered, or the fault that left the caller without one. */
  status: number | Extract<StorageFault, string>;
  /** Of a lost reply: the code that it would have had. */
  code?: string;
}

export interface ObjectStorageEmulator {
  /** The bucket itself: what a test changes here is changed. */
  objects: (bucket: string) => Map<string, StoredObject>;
  /** Every request that came, refused ones too, once it was decided what to answer. */
  requests: StorageEntry[];
  /** Asked about every request before anything else, from now on; undefined: none goes wrong. */
  fault: ((request: StorageRequest) => StorageFault | undefined | Promise<StorageFault | undefined>) | undefined;
  answer: (request: LoopbackRequest) => Promise<LoopbackAnswer>;
}

/** What a path names; `/n` names nothing and asks for the namespace. */
interface Place {
  namespace: string | undefined;
  bucket: string | undefined;
  object: string | undefined;
  isListing: boolean;
}

/** OCI Object Storage in memory: objects with conditional requests, and lists of them. Verifies every signature. */
export function createObjectStorage(options: { issuer: Issuer; buckets: string[] }): ObjectStorageEmulator {
  const buckets = new Map(options.buckets.map((name) => [name, new Map<string, StoredObject>()]));
  let count = 0;
  const storage: ObjectStorageEmulator = {
    requests: [],
    fault: undefined,
    objects(bucket) {
      const objects = buckets.get(bucket);
      if (objects === undefined) throw new Error(`there is no bucket ${bucket}`);
      return objects;
    },
    async answer(request) {
      count += 1;
      const place = placeOf(request.path);
      const { bucket, object } = place ?? {};
      const fault = await storage.fault?.({ ...request, bucket, object, count });
      const entry = {
        method: request.method,
        ...(bucket !== undefined && { bucket }),
        ...(object !== undefined && { object }),
      };
      if (fault === "hang" || fault === "reset") {
        storage.requests.push({ ...entry, status: fault });
        return fault;
      }
      const answer = typeof fault === "object" ? fault : carryOut(request, place);
      storage.requests.push({ ...entry, status: typeof fault === "string" ? fault : answer.status, ...codeOf(answer) });
      if (fault === "lost") return "reset";
      return fault === "lost-hang" ? "hang" : answer;
    },
  };
  return storage;

  /** Without a pause, so that of two conditional requests one comes first. */
  function carryOut(request: LoopbackRequest, place: Place | undefined): HttpAnswer {
    const refuse = (status: number, code: string, message: string) => refusal(request, status, code, message);
    const mayExcludeBody = request.method === "PUT" && place?.object !== undefined;
    const problem = signatureProblem(request, options.issuer.publicKey, { mayExcludeBody });
    if (problem !== undefined) return refuse(401, "NotAuthenticated", problem);
    if (place === undefined) return refuse(404, "NotFound", "no such operation here");
    const { namespace, bucket = "", object } = place;
    const headers = { "opc-request-id": requestId(request) };
    const isRead = request.method === "GET" || (request.method === "HEAD" && !place.isListing);
    const notAllowed = () => refuse(405, "MethodNotAllowed", `this path does not take ${request.method}`);
    if (namespace === undefined) {
      return isRead ? { status: 200, headers, body: JSON.stringify(LOCAL_NAMESPACE) } : notAllowed();
    }
    if (namespace !== LOCAL_NAMESPACE) {
      return refuse(
        404,
        "NamespaceNotFound",
        `There is no namespace '${namespace}', or you are not authorized to access it`,
      );
    }
    const objects = buckets.get(bucket);
    if (objects === undefined) {
      return refuse(404, "BucketNotFound", `There is no bucket '${bucket}', or you are not authorized to access it`);
    }
    if (object !== undefined) return answerForObject(request, objects, object) ?? notAllowed();
    if (!isRead) return notAllowed();
    if (place.isListing) return listing(request, objects);
    return { status: 200, headers, body: JSON.stringify(bucketOf(bucket)) };
  }
}

/** The part after /o/ may hold slashes, as they are or encoded. */
function placeOf(path: string): Place | undefined {
  const [, ...parts] =
    /^\/n(?:\/?|\/([^/]+)\/b\/([^/]+)(?:\/?|(\/o)\/?|\/o\/(.+)))$/s.exec(path.split("?")[0] ?? "") ?? [];
  if (parts.length === 0) return undefined;
  const [namespace, bucket, listed, object] = parts;
  const place = { namespace: decoded(namespace), bucket: decoded(bucket), object: decoded(object) };
  const isBroken =
    (namespace !== undefined && place.namespace === undefined) ||
    (bucket !== undefined && place.bucket === undefined) ||
    (object !== undefined && place.object === undefined);
  return isBroken ? undefined : { ...place, isListing: listed !== undefined };
}

/** As much of a bucket as there is: no events, no versions, not public. */
function bucketOf(name: string): Record<string, unknown> {
  return {
    namespace: LOCAL_NAMESPACE,
    name,
    publicAccessType: "NoPublicAccess",
    storageTier: "Standard",
    objectEventsEnabled: false,
    versioning: "Disabled",
  };
}
