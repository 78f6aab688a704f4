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
  /** What else its writer said of it, and every reader is told: Cache-Control and the like, and opc-meta-*. */
  headers?: Record<string, string>;
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
  const noneMatch = request.headers["if-none-match"];
  if (noneMatch === "*" || noneMatch === existing.etag) return { status: 304, headers: headersOf(request, existing) };
  return read(request, existing);
}

function read(request: LoopbackRequest, object: StoredObject): HttpAnswer {
  const { body, contentType = "application/octet-stream" } = object;
  const headers = {
    ...headersOf(request, object),
    ...object.headers,
    "Content-Type": contentType,
    "Accept-Ranges": "bytes",
  };
  const range = rangeOf(request, body.byteLength);
  if (range === undefined) {
    const whole = { "Content-Length": String(body.byteLength), "Content-MD5": md5(body) };
    return { status: 200, headers: { ...headers, ...whole }, body };
  }
  const [from, to] = range;
  if (from >= body.byteLength) return refusal(request, 416, "InvalidRange", "Range: it begins behind the object's end");
  const part = {
    "Content-Length": String(to + 1 - from),
    "Content-Range": `bytes ${from}-${to}/${body.byteLength}`,
  };
  return { status: 206, headers: { ...headers, ...part }, body: body.subarray(from, to + 1) };
}

/** The first and the last byte that are asked for; undefined for all, as for a range that is none. */
function rangeOf({ headers }: LoopbackRequest, length: number): [from: number, to: number] | undefined {
  const [, first = "", last = ""] = /^bytes=(\d*)-(\d*)$/.exec(headers.range ?? "") ?? [];
  if (first === "") return last === "" ? undefined : [Math.max(length - Number(last), 0), length - 1];
  const [from, to] = [Number(first), last === "" ? length - 1 : Math.min(Number(last), length - 1)];
  return last !== "" && Number(last) < from ? undefined : [from, to];
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
    ...told(request),
  };
  objects.set(name, object);
  transcribe(request.body);
  return { status: 200, headers: headersOf(request, object) };
}

const TOLD = ["cache-control", "content-disposition", "content-encoding", "content-language"];

function told({ headers }: LoopbackRequest): Pick<StoredObject, "headers"> {
  const kept = Object.entries(headers).filter(([name]) => TOLD.includes(name) || name.startsWith("opc-meta-"));
  return kept.length === 0 ? {} : { headers: Object.fromEntries(kept.map(([name, value]) => [name, String(value)])) };
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
