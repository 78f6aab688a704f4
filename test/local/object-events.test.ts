import { models } from "oci-objectstorage";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Caller } from "../../local/emulator/principal.ts";
import { COMPARTMENT } from "./cloud.ts";
import { outcomeOf } from "./storage.ts";
import { inNamespace, type StorageCloud, startStorageCloud } from "./storage-cloud.ts";

let setup: StorageCloud;
/** What functions may do; users may do everything. */
let permissions: string[];
let wanted: unknown[];
// The SDK's retrier writes to the console whatever it does not retry.
vi.spyOn(console, "warn").mockImplementation(() => {});

beforeEach(async () => {
  permissions = [];
  wanted = [];
  setup = await startStorageCloud({
    allows: (caller: Caller, permission, { compartmentId, variables }) => {
      if (caller.kind === "user") return true;
      wanted.push([permission, compartmentId, variables]);
      return permissions.includes(permission);
    },
  });
});
afterEach(() => setup.close());

const bucket = { ...inNamespace, bucketName: "b" };
const object = { ...bucket, objectName: "a/b 1.json" };
const create = (objectEventsEnabled: boolean) =>
  setup.client.createBucket({
    ...inNamespace,
    createBucketDetails: { name: "b", compartmentId: COMPARTMENT, objectEventsEnabled, freeformTags: { k: "v" } },
  });

describe("the events of Object Storage", () => {
  test("tell of a bucket as captured ones do", async () => {
    const { eTag } = await create(false);
    expect(setup.asked.emitted).toEqual([
      {
        eventType: "com.oraclecloud.objectstorage.createbucket",
        cloudEventsVersion: "0.1",
        eventTypeVersion: "2.0",
        source: "ObjectStorage",
        eventTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
        contentType: "application/json",
        data: {
          compartmentId: COMPARTMENT,
          compartmentName: "local",
          resourceName: "b",
          resourceId: "/n/localtenancy/b/",
          availabilityDomain: "PHX-AD-1",
          freeformTags: { k: "v" },
          definedTags: {},
          additionalDetails: {
            bucketName: "b",
            publicAccessType: "NoPublicAccess",
            versioning: "Disabled",
            namespace: "localtenancy",
            eTag,
          },
        },
        eventID: expect.stringMatching(/^[0-9a-f-]{36}$/),
        extensions: { compartmentId: COMPARTMENT },
      },
    ]);
  });

  test("tell of objects only where that is switched on", async () => {
    await create(false);
    await setup.client.putObject({ ...object, putObjectBody: "1" });
    await setup.client.updateBucket({ ...bucket, updateBucketDetails: { objectEventsEnabled: true } });
    await setup.client.putObject({ ...object, putObjectBody: "2" });
    await setup.client.deleteObject(object);
    await outcomeOf(setup.client.deleteObject(object));
    const { eTag } = await setup.client.putObject({ ...object, putObjectBody: "3" });
    await outcomeOf(setup.client.putObject({ ...object, putObjectBody: "4", ifNoneMatch: "*" }));
    await setup.client.getObject(object);
    expect(setup.asked.emitted.map(({ eventType }) => String(eventType).split(".").at(-1))).toEqual([
      "createbucket",
      "updatebucket",
      "updateobject",
      "deleteobject",
      "createobject",
    ]);
    const { id } = (await setup.client.getBucket(bucket)).bucket;
    expect(setup.asked.emitted.at(-1)?.data).toEqual({
      compartmentId: COMPARTMENT,
      compartmentName: "local",
      resourceName: "a/b 1.json",
      resourceId: "/n/localtenancy/b/b/o/a/b 1.json",
      availabilityDomain: "PHX-AD-1",
      additionalDetails: {
        bucketName: "b",
        archivalState: "Available",
        namespace: "localtenancy",
        bucketId: id,
        eTag,
      },
    });
  });

  test("call the compartment by its name and the root compartment root", async () => {
    setup.cloud.store.collection<{ name: string }>("compartments").set(COMPARTMENT, { name: "relay" });
    await create(false);
    const { tenancyId: compartmentId } = setup.cloud;
    await setup.client.createBucket({ ...inNamespace, createBucketDetails: { name: "r", compartmentId } });
    const names = setup.asked.emitted.map(({ data }) => (data as { compartmentName: string }).compartmentName);
    expect(names).toEqual(["relay", "root"]);
  });
});

describe("a function needs a permission", () => {
  const old = { ...bucket, objectName: "old" };
  const versioning = models.UpdateBucketDetails.Versioning.Enabled;
  test.each<[string, string, (client: StorageCloud["functionClient"]) => Promise<unknown>]>([
    ["OBJECT_CREATE", "to put a new object", (client) => client.putObject({ ...object, putObjectBody: "1" })],
    ["OBJECT_OVERWRITE", "to put one over another", (client) => client.putObject({ ...old, putObjectBody: "1" })],
    ["OBJECT_READ", "to get one", (client) => client.getObject(old)],
    ["OBJECT_INSPECT", "to look at one", (client) => client.headObject(old)],
    ["OBJECT_INSPECT", "to list them", (client) => client.listObjects(bucket)],
    ["OBJECT_DELETE", "to delete one", (client) => client.deleteObject(old)],
    ["BUCKET_READ", "to get the bucket", (client) => client.getBucket(bucket)],
    [
      "BUCKET_UPDATE",
      "to change it",
      (client) => client.updateBucket({ ...bucket, updateBucketDetails: { versioning } }),
    ],
    ["BUCKET_DELETE", "to delete it", (client) => client.deleteBucket(bucket)],
  ])("%s %s", async (permission, _, call) => {
    await create(false);
    if (permission !== "BUCKET_DELETE") await setup.client.putObject({ ...old, putObjectBody: "1" });
    const refused = [404, permission === "OBJECT_INSPECT" && String(call).includes("head") ? "None" : "BucketNotFound"];
    expect(await outcomeOf(call(setup.functionClient))).toEqual(refused);
    expect(wanted.at(-1)).toEqual([permission, COMPARTMENT, expect.objectContaining({ "target.bucket.name": "b" })]);
    permissions = [permission];
    expect(await outcomeOf(call(setup.functionClient))).toBe("done");
  });

  test("to create a bucket, and to see the list of them", async () => {
    const createBucketDetails = { name: "mine", compartmentId: COMPARTMENT };
    const calls = () => [
      outcomeOf(setup.functionClient.createBucket({ ...inNamespace, createBucketDetails })),
      outcomeOf(setup.functionClient.listBuckets({ ...inNamespace, compartmentId: COMPARTMENT })),
    ];
    const refused = [404, "NotAuthorizedOrNotFound"];
    expect(await Promise.all(calls())).toEqual([refused, refused]);
    permissions = ["BUCKET_CREATE", "BUCKET_INSPECT"];
    expect(await Promise.all(calls())).toEqual(["done", "done"]);
    expect((await setup.client.getBucket({ ...inNamespace, bucketName: "mine" })).bucket.createdBy).toMatch(/fnfunc/);
  });

  test("only to create, if it overwrites nothing", async () => {
    permissions = ["OBJECT_CREATE"];
    await create(false);
    const claim = () => outcomeOf(setup.functionClient.putObject({ ...object, putObjectBody: "1", ifNoneMatch: "*" }));
    expect([await claim(), await claim()]).toEqual(["done", [412, "IfNoneMatchFailed"]]);
  });
});
