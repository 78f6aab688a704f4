import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { models, requests } from "oci-objectstorage";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { TENANCY } from "../../local/emulator/principal.ts";
import { createStore } from "../../local/emulator/store.ts";
import { LOCAL_NAMESPACE } from "../../local/object-storage/object-storage.ts";
import { COMPARTMENT } from "./cloud.ts";
import { outcomeOf } from "./storage.ts";
import { inNamespace, type StorageCloud, startStorageCloud } from "./storage-cloud.ts";

let setup: StorageCloud;
// The SDK's retrier writes to the console whatever it does not retry.
vi.spyOn(console, "warn").mockImplementation(() => {});

beforeEach(async () => {
  setup = await startStorageCloud();
});
afterEach(() => setup.close());

/** The SDK leaves dates as they came. */
const ISO = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/;
const named = (bucketName: string) => ({ ...inNamespace, bucketName });
const create = (name: string, more: Partial<models.CreateBucketDetails> = {}) =>
  setup.client.createBucket({
    ...inNamespace,
    createBucketDetails: { name, compartmentId: COMPARTMENT, ...more },
  });
const put = (bucketName: string, objectName: string, putObjectBody = "b") =>
  setup.client.putObject({ ...named(bucketName), objectName, putObjectBody });

describe("a bucket of the emulator", () => {
  test("is made with the defaults of the API, and shown as it was made", async () => {
    const { bucket, eTag, location } = await create("relay-1", { freeformTags: { owner: "relay" } });
    expect({ ...bucket }).toEqual({
      namespace: LOCAL_NAMESPACE,
      name: "relay-1",
      compartmentId: COMPARTMENT,
      id: expect.stringMatching(/^ocid1\.bucket\.oc1\.us-phoenix-1\./),
      metadata: {},
      createdBy: expect.stringMatching(/^ocid1\.user\./),
      timeCreated: expect.stringMatching(ISO),
      etag: eTag,
      publicAccessType: "NoPublicAccess",
      storageTier: "Standard",
      objectEventsEnabled: false,
      versioning: "Disabled",
      bucketScope: "NAMESPACE",
      kmsKeyId: null,
      isBucketKeyEnabled: false,
      objectLifecyclePolicyEtag: null,
      replicationEnabled: false,
      isReadOnly: false,
      freeformTags: { owner: "relay" },
      definedTags: {},
    });
    expect(location).toBe(`/n/${LOCAL_NAMESPACE}/b/relay-1`);
    const read = await setup.client.getBucket(named("relay-1"));
    expect([read.bucket, read.eTag]).toEqual([bucket, eTag]);
    expect((await setup.client.headBucket(named("relay-1"))).eTag).toBe(eTag);
  });

  test("tells its count, size and auto tiering only to who asks", async () => {
    await create("b");
    await put("b", "one", "123");
    await put("b", "two", "45");
    const { ApproximateCount, ApproximateSize, AutoTiering } = requests.GetBucketRequest.Fields;
    const { bucket } = await setup.client.getBucket({
      ...named("b"),
      fields: [ApproximateCount, ApproximateSize, AutoTiering],
    });
    expect(bucket).toMatchObject({ approximateCount: 2, approximateSize: 5, autoTiering: "Disabled" });
  });

  test.each<[string, Partial<models.CreateBucketDetails>, unknown]>([
    ["a.B-c_9", {}, "done"],
    ["x".repeat(256), {}, "done"],
    ["x".repeat(257), {}, [400, "InvalidBucketName"]],
    ["a/b", {}, [400, "InvalidBucketName"]],
    ["a b", {}, [400, "InvalidBucketName"]],
    ["", {}, [400, "InvalidBucketName"]],
    ["b", { compartmentId: "x" }, [400, "InvalidParameter"]],
    ["b", { compartmentId: "ocid1.tenancy.oc1..another" }, [404, "NotAuthorizedOrNotFound"]],
    ["b", { compartmentId: TENANCY }, "done"],
    ["b", { publicAccessType: "Public" as models.CreateBucketDetails.PublicAccessType }, [400, "InvalidParameter"]],
    ["b", { metadata: { k: "v".repeat(4096) } }, [400, "InvalidParameter"]],
    ["taken", {}, [409, "BucketAlreadyExists"]],
  ])("named %s with %j: %j", async (name, more, outcome) => {
    await create("taken");
    expect(await outcomeOf(create(name, more))).toEqual(outcome);
  });

  test("needs a compartment", async () => {
    const call = setup.client.createBucket({
      ...inNamespace,
      createBucketDetails: { name: "b" } as models.CreateBucketDetails,
    });
    expect(await outcomeOf(call)).toEqual([400, "MissingParameter"]);
  });

  test("changes in what an update names, and only if the etag is still the same", async () => {
    const { eTag } = await create("b", { metadata: { a: "1", b: "2" } });
    const update = (updateBucketDetails: models.UpdateBucketDetails, ifMatch?: string) =>
      setup.client.updateBucket({ ...named("b"), updateBucketDetails, ...(ifMatch !== undefined && { ifMatch }) });
    const changed = await update({ objectEventsEnabled: true, metadata: { b: "3" } }, eTag);
    expect(changed.bucket).toMatchObject({
      objectEventsEnabled: true,
      metadata: { a: "1", b: "3" },
      versioning: "Disabled",
    });
    expect(changed.eTag).not.toBe(eTag);
    expect(await outcomeOf(update({ objectEventsEnabled: false }, eTag))).toEqual([412, "IfMatchFailed"]);
  });

  test("takes its objects along to another name, which must be free", async () => {
    await create("old");
    await create("taken");
    await put("old", "o", "mine");
    const rename = (name: string) => setup.client.updateBucket({ ...named("old"), updateBucketDetails: { name } });
    expect(await outcomeOf(rename("taken"))).toEqual([409, "BucketAlreadyExists"]);
    expect(await outcomeOf(rename("new"))).toBe("done");
    expect(await outcomeOf(setup.client.getBucket(named("old")))).toEqual([404, "BucketNotFound"]);
    expect(setup.storage.objects("new").get("o")?.body.toString()).toBe("mine");
  });

  test("is deleted only when nothing is in it", async () => {
    const { eTag } = await create("b");
    await put("b", "o");
    const remove = (ifMatch?: string) =>
      outcomeOf(setup.client.deleteBucket({ ...named("b"), ...(ifMatch !== undefined && { ifMatch }) }));
    expect(await remove()).toEqual([409, "BucketNotEmpty"]);
    await setup.client.deleteObject({ ...named("b"), objectName: "o" });
    expect([await remove("another"), await remove(eTag), await remove()]).toEqual([
      [412, "IfMatchFailed"],
      "done",
      [404, "BucketNotFound"],
    ]);
  });

  test("outlives the emulator with its objects, whatever their bytes, where there is a folder", async () => {
    const folder = mkdtempSync(join(tmpdir(), "buckets-"));
    const bytes = Buffer.from([0, 255, 128, 10]);
    await setup.close();
    setup = await startStorageCloud({ store: createStore(folder) });
    await create("kept", { freeformTags: { a: "b" } });
    const written = await setup.client.putObject({ ...named("kept"), objectName: "o", putObjectBody: bytes });
    const before = new Map(setup.storage.objects("kept"));
    expect(readFileSync(join(folder, "buckets.json"), "utf8")).toContain(bytes.toString("base64"));
    await setup.close();
    setup = await startStorageCloud({ store: createStore(folder) });
    expect(setup.storage.objects("kept")).toEqual(before);
    expect((await setup.client.headObject({ ...named("kept"), objectName: "o" })).eTag).toBe(written.eTag);
    expect((await setup.client.getBucket(named("kept"))).bucket.freeformTags).toEqual({ a: "b" });
    await put("kept", "later");
    expect([...setup.storage.objects("kept").keys()]).toEqual(["o", "later"]);
    rmSync(folder, { recursive: true });
  });
});

describe("a list of buckets", () => {
  test("has those of one compartment by name, page by page, with tags on demand", async () => {
    for (const name of ["c", "a", "b"]) await create(name, { freeformTags: { name } });
    await create("elsewhere", { compartmentId: TENANCY });
    const { Tags } = requests.ListBucketsRequest.Fields;
    const query = { ...inNamespace, compartmentId: COMPARTMENT };
    const first = await setup.client.listBuckets({ ...query, limit: 2 });
    const second = await setup.client.listBuckets({ ...query, limit: 2, page: first.opcNextPage });
    expect([first, second].map(({ items }) => items.map(({ name, freeformTags }) => [name, freeformTags]))).toEqual([
      [
        ["a", undefined],
        ["b", undefined],
      ],
      [["c", undefined]],
    ]);
    expect(second.opcNextPage).toBeUndefined();
    const tagged = await setup.client.listBuckets({ ...query, fields: [Tags] });
    expect(tagged.items.map(({ freeformTags }) => freeformTags)).toEqual([{ name: "a" }, { name: "b" }, { name: "c" }]);
  });

  test.each([
    [{ compartmentId: "x" }, [400, "InvalidParameter"]],
    [{ compartmentId: COMPARTMENT, limit: 1001 }, [400, "InvalidParameter"]],
    [{ compartmentId: COMPARTMENT, fields: ["size" as never] }, [400, "InvalidParameter"]],
  ])("for %j is refused", async (query, refused) => {
    expect(await outcomeOf(setup.client.listBuckets({ ...inNamespace, ...query }))).toEqual(refused);
  });
});

describe("the lifecycle policy of a bucket", () => {
  const RULE = {
    name: "r",
    action: "DELETE",
    timeAmount: 30,
    timeUnit: models.ObjectLifecycleRule.TimeUnit.Days,
    isEnabled: true,
  };
  const putPolicy = (items: models.ObjectLifecycleRule[], more = {}) =>
    setup.client.putObjectLifecyclePolicy({ ...named("b"), putObjectLifecyclePolicyDetails: { items }, ...more });
  const get = () => setup.client.getObjectLifecyclePolicy(named("b"));
  beforeEach(() => create("b"));

  test("is put, shown, replaced and deleted", async () => {
    expect(await outcomeOf(get())).toEqual([404, "LifecyclePolicyNotFound"]);
    const objectNameFilter = { inclusionPrefixes: ["dead-letter/"] };
    const { eTag, objectLifecyclePolicy } = await putPolicy([{ ...RULE, objectNameFilter }]);
    const shown = {
      items: [{ ...RULE, target: "objects", objectNameFilter }],
      timeCreated: expect.stringMatching(ISO),
    };
    expect(objectLifecyclePolicy).toEqual(shown);
    expect(await get()).toMatchObject({ eTag, objectLifecyclePolicy: shown });
    expect((await setup.client.getBucket(named("b"))).bucket.objectLifecyclePolicyEtag).toBe(eTag);
    expect(await outcomeOf(putPolicy([RULE], { ifNoneMatch: "*" }))).toEqual([412, "IfNoneMatchFailed"]);
    expect(await outcomeOf(putPolicy([RULE], { ifMatch: "another" }))).toEqual([412, "IfMatchFailed"]);
    expect(await outcomeOf(putPolicy([RULE], { ifMatch: eTag }))).toBe("done");
    await setup.client.deleteObjectLifecyclePolicy(named("b"));
    expect(await outcomeOf(get())).toEqual([404, "LifecyclePolicyNotFound"]);
  });

  test.each<[string, models.ObjectLifecycleRule[], unknown]>([
    ["no rule", [], "done"],
    ["two rules of one name", [RULE, RULE], [400, "InvalidParameter"]],
    ["an unknown action", [{ ...RULE, action: "BURN" }], [400, "InvalidParameter"]],
    ["an unknown target", [{ ...RULE, target: "buckets" }], [400, "InvalidParameter"]],
    ["no time at all", [{ ...RULE, timeAmount: 0 }], [400, "InvalidParameter"]],
    ["an ABORT of objects", [{ ...RULE, action: "ABORT" }], [400, "InvalidParameter"]],
    ["an ABORT of uploads", [{ ...RULE, action: "ABORT", target: "multipart-uploads" }], "done"],
    ["a DELETE of uploads", [{ ...RULE, target: "multipart-uploads" }], [400, "InvalidParameter"]],
  ])("with %s", async (_, items, outcome) => {
    expect(await outcomeOf(putPolicy(items))).toEqual(outcome);
  });

  test("is refused as long as the service itself may not manage the objects", async () => {
    await setup.close();
    let isAllowed = false;
    const asked: unknown[] = [];
    setup = await startStorageCloud(
      {},
      {
        serviceMayManage: ({ name, compartmentId }) => {
          asked.push([name, compartmentId]);
          return isAllowed;
        },
      },
    );
    await create("b");
    await expect(putPolicy([RULE])).rejects.toMatchObject({
      statusCode: 400,
      serviceCode: "InsufficientServicePermissions",
      message: expect.stringContaining("objectstorage-us-phoenix-1"),
    });
    isAllowed = true;
    expect(await outcomeOf(putPolicy([RULE]))).toBe("done");
    expect(asked).toEqual([
      ["b", COMPARTMENT],
      ["b", COMPARTMENT],
    ]);
  });
});
