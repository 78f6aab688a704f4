import type { OciEvent } from "./envelope.ts";

const OBJECT_PATH = /^\/n\/[^/]*\/b\/([^/]+)\/o\//;

/**
 * True for what tells of an object in one of the relay's own buckets: an event, an audit record or an access log of it would
 * come from writing a dead letter and could end in writing the next one.
 */
export function isOwnObject({ type, data }: OciEvent, buckets: ReadonlySet<string>): boolean {
  if (buckets.size === 0) return false;
  const { additionalDetails } = data;
  const path =
    OBJECT_PATH.exec(data.resourceId ?? "") ?? OBJECT_PATH.exec(String(additionalDetails.requestResourcePath ?? ""));
  if (path !== null) return buckets.has(decoded(path[1] ?? ""));
  // Older events leave the path out; the name of the operation says whether it is the bucket's own.
  const isAboutObject = /\.objectstorage\.[a-z]*object/.test(type);
  const { bucketName } = additionalDetails;
  return isAboutObject && typeof bucketName === "string" && buckets.has(bucketName);
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
