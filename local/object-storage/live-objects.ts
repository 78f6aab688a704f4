import type { StoredObject } from "./objects.ts";

type Kept = Omit<StoredObject, "body"> & { body: string };

/**
 * The objects of a bucket as a Map to work with, and as JSON with bodies in base64 wherever it is written down.
 * @param kept what that JSON was, or a Map from here
 */
export function liveObjects(kept: Iterable<[string, StoredObject | Kept]> = []): Map<string, StoredObject> {
  const objects = new Map<string, StoredObject>();
  for (const [name, { body, contentType, ...rest }] of kept) {
    const bytes = typeof body === "string" ? Buffer.from(body, "base64") : body;
    objects.set(name, { ...rest, contentType, body: bytes });
  }
  // Not to be seen: who compares the Map with another compares what is in it.
  return Object.defineProperty(objects, "toJSON", {
    value: () => [...objects].map(([name, object]) => [name, { ...object, body: object.body.toString("base64") }]),
  });
}
