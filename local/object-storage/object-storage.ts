import { type Operation, operationFor } from "../emulator/api.ts";
import type { Cloud } from "../emulator/cloud.ts";
import { type Caller, type Issuer, REGION, TENANCY } from "../emulator/principal.ts";
import { keyIdOf, signatureProblem } from "../emulator/signature.ts";
import { codeOf, refusal, requestId } from "../emulator/wire.ts";
import type { HttpAnswer, LoopbackAnswer, LoopbackRequest } from "../loopback.ts";
import { type Bucket, LOCAL_NAMESPACE, newBucket } from "./bucket.ts";
import { bucketNotFound } from "./bucket-access.ts";
import { bodyFor, bucketOperations } from "./buckets.ts";
import { lifecyclePolicyOperations } from "./lifecycle-policies.ts";
import { listing } from "./listing.ts";
import { liveObjects } from "./live-objects.ts";
import { mayList, useObject } from "./object-use.ts";
import type { StoredObject } from "./objects.ts";
import { type Place, placeOf } from "./storage-path.ts";

export { LOCAL_NAMESPACE } from "./bucket.ts";

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

export interface ObjectStorageOptions {
  issuer: Issuer;
  /** There from the start, in the root compartment. */
  buckets: string[];
  /** With it buckets can be made and kept, callers need permissions, and events go on the bus. Without: none of that. */
  cloud?: Cloud | undefined;
  /** Whether a policy lets objectstorage-<region> manage the objects of a bucket. Default: always. */
  serviceMayManage?: ((bucket: { name: string; compartmentId: string }) => boolean) | undefined;
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

/** OCI Object Storage: buckets, their lifecycle policies, objects with conditional requests, and lists. Verifies every signature. */
export function createObjectStorage(options: ObjectStorageOptions): ObjectStorageEmulator {
  const { issuer, cloud, serviceMayManage = () => true } = options;
  const buckets = bucketsOf(options);
  const operations: Operation[] =
    cloud === undefined
      ? []
      : [...bucketOperations(cloud, buckets), ...lifecyclePolicyOperations({ cloud, buckets, serviceMayManage })];
  let count = 0;
  const storage: ObjectStorageEmulator = {
    requests: [],
    fault: undefined,
    objects(bucket) {
      const { objects } = buckets.get(bucket) ?? {};
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
      const answer = typeof fault === "object" ? fault : withClientId(request, await carryOut(request, place));
      storage.requests.push({ ...entry, status: typeof fault === "string" ? fault : answer.status, ...codeOf(answer) });
      if (fault === "lost") return "reset";
      return fault === "lost-hang" ? "hang" : answer;
    },
  };
  return storage;

  /** Without a pause, so that of two conditional requests one comes first. */
  function carryOut(request: LoopbackRequest, place: Place | undefined): HttpAnswer | Promise<HttpAnswer> {
    const refuse = (status: number, code: string, message: string) => refusal(request, status, code, message);
    const mayExcludeBody = request.method === "PUT" && place?.object !== undefined;
    const problem = signatureProblem(request, issuer.publicKey, { mayExcludeBody });
    if (problem !== undefined) return refuse(401, "NotAuthenticated", problem);
    if (place === undefined) return refuse(404, "NotFound", "no such operation here");
    const { kind, namespace, bucket: name = "", object } = place;
    const headers = { "opc-request-id": requestId(request) };
    const isRead = request.method === "GET" || (request.method === "HEAD" && kind !== "objects");
    const notAllowed = () => refuse(405, "MethodNotAllowed", `this path does not take ${request.method}`);
    if (kind === "namespace") {
      return isRead ? { status: 200, headers, body: JSON.stringify(LOCAL_NAMESPACE) } : notAllowed();
    }
    if (namespace !== LOCAL_NAMESPACE) {
      const message = `There is no namespace '${namespace}', or you are not authorized to access it`;
      return refuse(404, "NamespaceNotFound", message);
    }
    const caller = issuer.callerOf(keyIdOf(request));
    const isControl = kind === "buckets" || kind === "bucket" || kind === "policy";
    if (cloud !== undefined && isControl) return control(request, caller);
    if (kind === "buckets" || kind === "policy") return refuse(404, "NotFound", "no such operation here");
    const bucket = buckets.get(name);
    if (bucket === undefined) return bucketNotFound(request, name);
    if (object !== undefined) return useObject(request, { cloud, caller, bucket, name: object }) ?? notAllowed();
    if (!isRead) return notAllowed();
    if (kind === "bucket") return { status: 200, headers, body: JSON.stringify(bodyFor(bucket)) };
    return mayList(cloud, caller, bucket) ? listing(request, bucket.objects) : bucketNotFound(request, name);
  }

  function control(request: LoopbackRequest, caller: Caller | undefined): HttpAnswer | Promise<HttpAnswer> {
    const url = new URL(request.path, "http://localhost");
    // The API reference has a slash behind a list, the SDK has none.
    const path = url.pathname.replace(/\/$/, "");
    const found = operationFor({ ...request, path }, operations);
    if (found === undefined) return refusal(request, 404, "NotFound", "no such operation here");
    if (!("operation" in found)) return found;
    const { operation, parameters } = found;
    return operation.answer({ request, parameters, query: url.searchParams, caller });
  }
}

/** With a cloud they are kept in its store, objects and all. */
function bucketsOf({ cloud, buckets: names }: ObjectStorageOptions): Map<string, Bucket> {
  const buckets = cloud?.store.collection<Bucket>("buckets") ?? new Map<string, Bucket>();
  for (const bucket of buckets.values()) bucket.objects = liveObjects(bucket.objects);
  const compartmentId = cloud?.tenancyId ?? TENANCY;
  for (const name of names) {
    if (buckets.has(name)) continue;
    buckets.set(
      name,
      newBucket({ name, compartmentId }, { createdBy: compartmentId, region: cloud?.region ?? REGION }),
    );
  }
  return buckets;
}

/** The caller's own id for the request comes back. */
function withClientId(request: LoopbackRequest, answer: HttpAnswer): HttpAnswer {
  const id = request.headers["opc-client-request-id"];
  return id === undefined ? answer : { ...answer, headers: { ...answer.headers, "opc-client-request-id": String(id) } };
}
