import type { OciEvent } from "./envelope.ts";

const OBJECT_PATH = /^\/n\/[^/]*\/b\/([^/]+)\/o\//;

/**
 * True for what tells of an object in one of the relay's own buckets: an event, an audit record or an access log of it would
 * come from writing a dead letter and could end in writing the next one.
 */
export function isOwnObject({ type, data }: OciEvent, buckets: ReadonlySet<string>): boolean {
  if (buckets.size === 0) return false;
  const { bucketName, requestResourcePath } = data.additionalDetails;
  const path = pathIn(data.resourceId) ?? pathIn(requestResourcePath);
  if (path !== null) return buckets.has(decoded(path[1] ?? ""));
  // Older events leave the path out; the name of the operation says whether it is the bucket's own.
  const isAboutObject = /\.objectstorage\.[a-z]*object/.test(type);
  return isAboutObject && typeof bucketName === "string" && buckets.has(bucketName);
}

function pathIn(text: unknown): RegExpExecArray | null {
  return typeof text === "string" ? OBJECT_PATH.exec(text) : null;
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
