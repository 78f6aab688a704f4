import { createHash } from "node:crypto";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createIssuer } from "../../local/emulator/principal.ts";
import { LOCAL_NAMESPACE, type StorageFault } from "../../local/object-storage/object-storage.ts";
import { apiKeyUser, IDENTITIES, resourcePrincipal, sendSigned } from "./sdk.ts";
import { BUCKET, inBucket, issuer, outcomeOf, type StorageSetup, startStorage } from "./storage.ts";

let setup: StorageSetup;
// The SDK's retrier writes to the console whatever it does not retry.
vi.spyOn(console, "warn").mockImplementation(() => {});

beforeEach(async () => {
  setup = await startStorage();
});
afterEach(() => setup.close());

const md5 = (body: string) => createHash("md5").update(body).digest("base64");
const textOf = (value: unknown) => new Response(value as ReadableStream).text();

describe.each(IDENTITIES)("the Object Storage emulator, driven by the SDK's own client as %s", (_, identity) => {
  test("stores, shows, lists and deletes an object", async () => {
    const { provider: signer, remove } = identity(issuer);
    await setup.close();
    setup = await startStorage({ provider: signer });
    expect((await setup.client.getNamespace({})).value).toBe(LOCAL_NAMESPACE);
    const name = "dead-letter/2026-11-03/日本語 1.json";
    const written = await setup.put(name, '{"本文":1}', { contentType: "application/json" });
    const stored = setup.storage.objects(BUCKET).get(name);
    expect(stored).toEqual({
      body: Buffer.from('{"本文":1}'),
      etag: written.eTag,
      timeCreated: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      contentType: "application/json",
    });
    expect(written).toMatchObject({ opcContentMd5: md5('{"本文":1}'), opcRequestId: expect.any(String) });

    const known = { eTag: stored?.etag, contentLength: 12, contentType: "application/json" };
    const { value, ...read } = await setup.client.getObject({ ...inBucket, objectName: name });
    expect([await textOf(value), read]).toEqual(['{"本文":1}', expect.objectContaining(known)]);
    expect(await setup.client.headObject({ ...inBucket, objectName: name })).toMatchObject(known);
    expect((await setup.client.listObjects(inBucket)).listObjects).toEqual({ objects: [{ name }] });

    await setup.client.deleteObject({ ...inBucket, objectName: name });
    expect(setup.storage.objects(BUCKET)).toEqual(new Map());
    remove();
    const object = { bucket: BUCKET, object: name, status: 200 };
    expect(setup.storage.requests).toEqual([
      { method: "GET", status: 200 },
      { method: "PUT", ...object },
      { method: "GET", ...object },
      { method: "HEAD", ...object },
      { method: "GET", bucket: BUCKET, status: 200 },
      { method: "DELETE", ...object, status: 204 },
    ]);
  });
});

describe("an object of the Object Storage emulator", () => {
  test.each([
    "a",
    "a/b/c",
    "日本語",
    "a b",
    "100%",
    "a%2Fb",
    "a+b",
    "a?b#c&d=e",
    "..a/..b",
    "(a)'*!~",
  ])("is found under the name %s, its slashes encoded or not", async (name) => {
    await setup.put(name, name);
    expect([...setup.storage.objects(BUCKET).keys()]).toEqual([name]);
    const path = name.split("/").map(encodeURIComponent).join("/");
    const raw = await sendSigned(setup.provider, `${setup.url}/n/${LOCAL_NAMESPACE}/b/${BUCKET}/o/${path}`);
    expect(await raw.text()).toBe(name);
  });

  test("keeps its bytes, whatever they are, and gets another etag with every write", async () => {
    const bytes = Buffer.from([0, 255, 128, 13, 10]);
    const first = await setup.client.putObject({ ...inBucket, objectName: "o", putObjectBody: bytes });
    const { value, contentType } = await setup.client.getObject({ ...inBucket, objectName: "o" });
    expect([Buffer.from(await new Response(value as ReadableStream).arrayBuffer()), contentType]).toEqual([
      bytes,
      "application/octet-stream",
    ]);
    const second = await setup.client.putObject({ ...inBucket, objectName: "o", putObjectBody: bytes });
    expect(first.eTag).not.toBe(second.eTag);
  });

  test("is stored only as the Content-MD5 says", async () => {
    expect([
      await outcomeOf(setup.put("o", "b", { contentMD5: md5("b") })),
      await outcomeOf(setup.put("o", "b", { contentMD5: md5("c") })),
    ]).toEqual(["done", [400, "UnmatchedContentMD5"]]);
  });

  test("tells every reader what its writer said of it", async () => {
    const told = { cacheControl: "no-cache", contentDisposition: "inline", contentLanguage: "de" };
    await setup.put("o", "hällo", { ...told, opcMeta: { reason: "timeout", "event-type": "com.oraclecloud.x" } });
    // The SDK leaves the prefix where it was.
    const read = { ...told, opcMeta: { "opc-meta-reason": "timeout", "opc-meta-event-type": "com.oraclecloud.x" } };
    const { value, ...got } = await setup.client.getObject({ ...inBucket, objectName: "o" });
    expect(got).toMatchObject(read);
    expect(await setup.client.headObject({ ...inBucket, objectName: "o" })).toMatchObject(read);
    expect(await textOf(value)).toBe("hällo");
  });

  test.each<[string, unknown]>([
    ["bytes=1-2", [206, "bc", "bytes 1-2/5"]],
    ["bytes=3-", [206, "de", "bytes 3-4/5"]],
    ["bytes=3-99", [206, "de", "bytes 3-4/5"]],
    ["bytes=-2", [206, "de", "bytes 3-4/5"]],
    ["bytes=2-1", [200, "abcde", null]],
    ["lines=1-2", [200, "abcde", null]],
    ["bytes=5-", [416, expect.stringContaining('"code":"InvalidRange"'), null]],
  ])("is read by the range %s", async (range, expected) => {
    await setup.put("o", "abcde");
    const url = `${setup.url}/n/${LOCAL_NAMESPACE}/b/${BUCKET}/o/o`;
    const answer = await sendSigned(setup.provider, url, { unsigned: { Range: range } });
    expect([answer.status, await answer.text(), answer.headers.get("content-range")]).toEqual(expected);
    expect(answer.headers.get("opc-request-id")).toMatch(/\S/);
  });

  test("is not sent again to whoever has it", async () => {
    const { eTag } = await setup.put("o", "abcde");
    const read = (etag: string) =>
      sendSigned(setup.provider, `${setup.url}/n/${LOCAL_NAMESPACE}/b/${BUCKET}/o/o`, {
        unsigned: { "If-None-Match": etag },
      });
    const same = await read(eTag);
    expect([same.status, same.headers.get("etag"), await same.text()]).toEqual([304, eTag, ""]);
    expect([(await read("*")).status, (await read("other")).status]).toEqual([304, 200]);
  });
});

describe("the Object Storage emulator refuses", () => {
  const object = { ...inBucket, objectName: "o" };
  test.each<[string, () => Promise<unknown>, [number, string]]>([
    ["another namespace", () => setup.client.getObject({ ...object, namespaceName: "x" }), [404, "NamespaceNotFound"]],
    [
      "a bucket that is not there",
      () => setup.client.getObject({ ...object, bucketName: "x" }),
      [404, "BucketNotFound"],
    ],
    ["an object that is not there", () => setup.client.getObject(object), [404, "ObjectNotFound"]],
    ["to delete one that is not there", () => setup.client.deleteObject(object), [404, "ObjectNotFound"]],
    ["to show one that is not there, without a body", () => setup.client.headObject(object), [404, "None"]],
    ["a name that is too long", () => setup.put("x".repeat(1025)), [400, "InvalidObjectName"]],
    ["a name of two lines", () => setup.put("a\nb"), [400, "InvalidObjectName"]],
  ])("%s", async (_, call, refused) => {
    expect(await outcomeOf(call())).toEqual(refused);
  });

  test.each([
    ["POST", "/o/a", 405, "MethodNotAllowed"],
    ["PUT", "/o", 405, "MethodNotAllowed"],
    ["DELETE", "", 405, "MethodNotAllowed"],
    ["GET", "/x", 404, "NotFound"],
    ["GET", "/o/%E6", 404, "NotFound"],
  ])("%s of …/b/<bucket>%s with %i %s", async (method, path, status, code) => {
    const answer = await sendSigned(setup.provider, `${setup.url}/n/${LOCAL_NAMESPACE}/b/${BUCKET}${path}`, { method });
    expect([answer.status, await answer.json()]).toEqual([status, { code, message: expect.any(String) }]);
  });

  test.each([
    ["PUT", "/o/a", 200],
    ["POST", "/o/a", 401],
    ["PUT", "/o", 401],
  ])("a signature without the body, but for that of PutObject: %s …/b/<bucket>%s", async (method, path, status) => {
    const url = `${setup.url}/n/${LOCAL_NAMESPACE}/b/${BUCKET}${path}`;
    expect((await sendSigned(setup.provider, url, { method, body: "b", excludesBody: true })).status).toBe(status);
  });

  test("a principal and a user of another issuer", async () => {
    const other = createIssuer();
    const strangers = [other.principal(), other.user()] as const;
    for (const stranger of [resourcePrincipal(strangers[0]), apiKeyUser(strangers[1])]) {
      await setup.close();
      setup = await startStorage({ provider: stranger });
      expect(await outcomeOf(setup.put("o"))).toEqual([401, "NotAuthenticated"]);
      expect(setup.storage.objects(BUCKET).size).toBe(0);
      const refused = { method: "PUT", bucket: BUCKET, object: "o", status: 401, code: "NotAuthenticated" };
      expect(setup.storage.requests).toEqual([refused]);
    }
    for (const { remove } of strangers) remove();
  });
});

test("the Object Storage emulator shows a bucket", async () => {
  expect((await setup.client.getBucket(inBucket)).bucket).toMatchObject({ name: BUCKET, namespace: LOCAL_NAMESPACE });
  expect(await outcomeOf(setup.client.headBucket(inBucket))).toBe("done");
});

describe("the Object Storage emulator misbehaves on demand:", () => {
  const busy = { status: 503, body: '{"code":"ServiceUnavailable","message":"later"}' };
  test.each<[string, StorageFault, object, boolean, object]>([
    ["answers something else", busy, { statusCode: 503 }, false, { status: 503, code: "ServiceUnavailable" }],
    ["never answers", "hang", { code: "ETIMEDOUT" }, false, { status: "hang" }],
    ["breaks the connection", "reset", { message: "fetch failed" }, false, { status: "reset" }],
    ["stores and loses the reply", "lost", { message: "fetch failed" }, true, { status: "lost" }],
    ["stores and never answers", "lost-hang", { code: "ETIMEDOUT" }, true, { status: "lost-hang" }],
  ])("%s", async (_, fault, error, isStored, entry) => {
    await setup.close();
    setup = await startStorage({ timeoutMs: 1_000 });
    setup.storage.fault = ({ method, bucket, object, body, count }) =>
      `${method} ${bucket} ${object} ${body} ${count}` === "PUT relay o mine 1" ? fault : undefined;
    await expect(setup.put("o", "mine", { ifNoneMatch: "*" })).rejects.toMatchObject(error);
    expect(setup.storage.objects(BUCKET).get("o")?.body.toString()).toBe(isStored ? "mine" : undefined);
    expect(await outcomeOf(setup.put("o", "mine", { ifNoneMatch: "*" }))).toEqual(
      isStored ? [412, "IfNoneMatchFailed"] : "done",
    );
    expect(setup.storage.requests[0]).toEqual({ method: "PUT", bucket: BUCKET, object: "o", ...entry });
  });
});
