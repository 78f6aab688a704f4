import { describe, expect, test } from "vitest";
import { isOwnObject } from "../src/own-objects.ts";
import { eventOf } from "./event.ts";

const OWN = new Set(["relay-letters", "relay dedupe"]);
const is = (type: string, data: Record<string, unknown>, buckets: ReadonlySet<string> = OWN) =>
  isOwnObject(eventOf({ eventType: `com.oraclecloud.${type}` }, { resourceId: undefined, ...data }), buckets);

describe("an event tells of an object in the relay's own bucket", () => {
  test.each<[string, string, Record<string, unknown>]>([
    [
      "by its resourceId",
      "objectstorage.createobject",
      { resourceId: "/n/acme/b/relay-letters/o/dead-letter/2026-03-02/a.json" },
    ],
    [
      "by its resourceId, encoded as in a URL",
      "objectstorage.deleteobject",
      { resourceId: "/n/acme/b/relay%20dedupe/o/x" },
    ],
    ["by its resourceId, whatever its type", "audit.anything", { resourceId: "/n/acme/b/relay-letters/o/x" }],
    [
      "by the path of an access log",
      "objectstorage.getobject",
      { additionalDetails: { requestResourcePath: "/n/acme/b/relay-letters/o/x", bucketName: "relay-letters" } },
    ],
    [
      "by the path of an access log of another type",
      "objectstorage.reencrypt",
      { additionalDetails: { requestResourcePath: "/n/acme/b/relay%20dedupe/o/x" } },
    ],
    [
      "by the name of its bucket, where it has no path",
      "objectstorage.createobject",
      { resourceId: "", additionalDetails: { bucketName: "relay-letters", namespace: "acme" } },
    ],
    [
      "by the name of its bucket, its type in mixed case",
      "ObjectStorage.PutObject",
      { additionalDetails: { bucketName: "relay-letters" } },
    ],
    ["of a list of them", "objectstorage.listobjects", { additionalDetails: { bucketName: "relay-letters" } }],
  ])("%s", (_, type, data) => {
    expect(is(type, data)).toBe(true);
  });
});

describe("an event does not", () => {
  test.each<[string, string, Record<string, unknown>]>([
    ["of another bucket", "objectstorage.createobject", { resourceId: "/n/acme/b/logs/o/relay-letters" }],
    [
      "of another bucket, though a detail names ours",
      "objectstorage.createobject",
      { resourceId: "/n/acme/b/logs/o/x", additionalDetails: { bucketName: "relay-letters" } },
    ],
    [
      "of a bucket whose name only begins like ours",
      "objectstorage.createobject",
      { resourceId: "/n/acme/b/relay-letters-2/o/x" },
    ],
    ["about the bucket itself", "objectstorage.updatebucket", { resourceId: "/n/acme/b/relay-letters" }],
    [
      "about the bucket itself, by its name",
      "objectstorage.deletebucket",
      { resourceId: "/n/acme/b/", additionalDetails: { bucketName: "relay-letters" } },
    ],
    [
      "of another service that has buckets",
      "backup.createobject",
      { additionalDetails: { bucketName: "relay-letters" } },
    ],
    ["without a bucket at all", "objectstorage.createobject", {}],
    ["of a path that is broken", "objectstorage.createobject", { resourceId: "/n/acme/b/%E0%A4%A/o/x" }],
    ["with a bucket that is no text", "objectstorage.createobject", { additionalDetails: { bucketName: null } }],
  ])("%s", (_, type, data) => {
    expect(is(type, data)).toBe(false);
  });

  test("where its bucket is called undefined, and the event names none", () => {
    expect(is("objectstorage.createobject", {}, new Set(["undefined"]))).toBe(false);
  });

  test("where the relay has no bucket", () => {
    expect(is("objectstorage.createobject", { resourceId: "/n/acme/b/relay-letters/o/x" }, new Set())).toBe(false);
  });
});
