import { createHash, randomUUID } from "node:crypto";
import { refusal, requestId } from "../emulator/wire.ts";
import type { HttpAnswer, LoopbackRequest } from "../loopback.ts";
import { transcribe } from "../transcript.ts";

export interface StoredObject {
  body: Buffer;
  /** Another one with every write, whatever is written. */
  etag: string;
  timeCreated: string;
  contentType: string | undefined;
}

const MAX_NAME_CHARACTERS = 1024;

/** PUT, GET, HEAD or DELETE of one object; undefined for other methods. */
export function answerForObject(
  request: LoopbackRequest,
  objects: Map<string, StoredObject>,
  name: string,
): HttpAnswer | undefined {
  const { method } = request;
  if (!["PUT", "GET", "HEAD", "DELETE"].includes(method)) return undefined;
  const existing = objects.get(name);
  const problem = nameProblem(request, name) ?? conditionProblem(request, existing);
  if (problem !== undefined) return problem;
  if (method === "PUT") return put(request, objects, name);
  if (existing === undefined) {
    return refusal(request, 404, "ObjectNotFound", `The object '${name}' was not found in the bucket`);
  }
  if (method === "DELETE") {
    objects.delete(name);
    return { status: 204, headers: { "opc-request-id": requestId(request), "last-modified": modified(existing) } };
  }
  return {
    status: 200,
    headers: {
      ...headersOf(request, existing),
      "Content-Length": String(existing.body.byteLength),
      "Content-Type": existing.contentType ?? "application/octet-stream",
      "Content-MD5": md5(existing.body),
    },
    body: existing.body,
  };
}

function put(request: LoopbackRequest, objects: Map<string, StoredObject>, name: string): HttpAnswer {
  const expected = request.headers["content-md5"];
  if (expected !== undefined && expected !== md5(request.body)) {
    return refusal(request, 400, "UnmatchedContentMD5", "The value of the Content-MD5 header is not that of the body");
  }
  const object: StoredObject = {
    body: request.body,
    etag: randomUUID(),
    timeCreated: new Date().toISOString(),
    contentType: request.headers["content-type"],
  };
  objects.set(name, object);
  transcribe(request.body);
  return { status: 200, headers: headersOf(request, object) };
}

function nameProblem(request: LoopbackRequest, name: string): HttpAnswer | undefined {
  if (name.length <= MAX_NAME_CHARACTERS && !/[\0\r\n]/.test(name)) return undefined;
  const message = "An object's name has 1 to 1024 characters and none of line feed, carriage return and null";
  return refusal(request, 400, "InvalidObjectName", message);
}

/** An object that is not there matches no etag. */
function conditionProblem(request: LoopbackRequest, existing: StoredObject | undefined): HttpAnswer | undefined {
  const { "if-match": match, "if-none-match": noneMatch } = request.headers;
  if (match !== undefined && match !== existing?.etag) {
    return refusal(request, 412, "IfMatchFailed", "The If-Match header does not match the object's current ETag");
  }
  if (request.method !== "PUT" || noneMatch === undefined) return undefined;
  // PutObject knows no other value.
  if (noneMatch !== "*") return refusal(request, 400, "InvalidConditionalHeaders", "If-None-Match takes only *");
  if (existing === undefined) return undefined;
  return refusal(request, 412, "IfNoneMatchFailed", "The If-None-Match header is * and the object exists");
}

function headersOf(request: LoopbackRequest, object: StoredObject): Record<string, string> {
  return {
    etag: object.etag,
    "last-modified": modified(object),
    "opc-content-md5": md5(object.body),
    "opc-request-id": requestId(request),
  };
}

function modified({ timeCreated }: StoredObject): string {
  return new Date(timeCreated).toUTCString();
}

export function md5(body: Buffer): string {
  return createHash("md5").update(body).digest("base64");
}
