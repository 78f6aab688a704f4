import { createHash } from "node:crypto";
import type { requests } from "oci-objectstorage";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { BUCKET, inBucket, outcomeOf, type StorageSetup, startStorage } from "./storage.ts";

let setup: StorageSetup;
// The SDK's retrier writes to the console whatever it does not retry.
vi.spyOn(console, "warn").mockImplementation(() => {});

beforeEach(async () => {
  setup = await startStorage();
});
afterEach(() => setup.close());

const md5 = (body: string) => createHash("md5").update(body).digest("base64");

describe("a list of objects", () => {
  const NAMES = ["b/2", "a", "b/1", "b/ｱ", "b/x/1", "b/x/2", "b/😀", "c"];
  const list = async (query: Partial<requests.ListObjectsRequest>) =>
    (await setup.client.listObjects({ ...inBucket, ...query })).listObjects;
  beforeEach(async () => {
    for (const name of NAMES) await setup.put(name, name);
  });

  test.each([
    [{}, { objects: ["a", "b/1", "b/2", "b/x/1", "b/x/2", "b/ｱ", "b/😀", "c"] }],
    [{ prefix: "b/x" }, { objects: ["b/x/1", "b/x/2"] }],
    [
      { prefix: "b/", limit: 2 },
      { objects: ["b/1", "b/2"], nextStartWith: "b/x/1" },
    ],
    [
      { prefix: "b/", limit: 2, start: "b/x/1" },
      { objects: ["b/x/1", "b/x/2"], nextStartWith: "b/ｱ" },
    ],
    [{ prefix: "b/", limit: 2, start: "b/ｱ" }, { objects: ["b/ｱ", "b/😀"] }],
    [{ start: "b/2", end: "b/x/2" }, { objects: ["b/2", "b/x/1"] }],
    [{ delimiter: "/" }, { objects: ["a", "c"], prefixes: ["b/"] }],
    [
      { delimiter: "/", prefix: "b/", limit: 3 },
      { objects: ["b/1", "b/2", "b/ｱ"], prefixes: ["b/x/"], nextStartWith: "b/😀" },
    ],
    [{ prefix: "nothing" }, { objects: [] }],
  ])("for %j is %j", async (query, { objects, ...rest }) => {
    expect(await list(query)).toEqual({ objects: objects.map((name) => ({ name })), ...rest });
  });

  test("has a thousand at most", async () => {
    const [first] = setup.storage.objects(BUCKET).values();
    if (first === undefined) throw new Error("nothing stored");
    for (let number = 0; number < 1000; number++) setup.storage.objects(BUCKET).set(`d/${number}`, first);
    for (const limit of [undefined, 5_000]) {
      const page = await list(limit === undefined ? {} : { limit });
      expect([page.objects.length, page.nextStartWith]).toEqual([1000, "d/992"]);
    }
  });

  test("tells the fields that it is asked for", async () => {
    const { etag, timeCreated } = setup.storage.objects(BUCKET).get("a") ?? {};
    const { objects } = await list({ end: "b", fields: "name,size,etag,timeCreated,md5" });
    expect(objects).toEqual([{ name: "a", size: 1, etag, timeCreated, md5: md5("a") }]);
  });

  test.each([
    [{ limit: -1 }, [400, "InvalidLimit"]],
    [{ delimiter: "b" }, [400, "InvalidParameter"]],
  ])("for %j is refused", async (query, refused) => {
    expect(await outcomeOf(list(query))).toEqual(refused);
  });
});
