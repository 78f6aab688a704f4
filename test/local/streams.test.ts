import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { models, requests, StreamAdminClient, StreamClient } from "oci-streaming";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createIssuer, TENANCY } from "../../local/emulator/principal.ts";
import { createStore } from "../../local/emulator/store.ts";
import { createStreams, type Streams } from "../../local/streaming/streams.ts";
import { COMPARTMENT, startTestCloud, type TestCloud } from "./cloud.ts";
import { apiKeyUser, oneTry, resourcePrincipal } from "./sdk.ts";
import { outcomeOf } from "./storage.ts";

const { Type } = models.CreateCursorDetails;
const issuer = createIssuer();
const user = issuer.user();
const principal = issuer.principal();
let cloud: TestCloud;
let streams: Streams;
let admin: StreamAdminClient;
let client: StreamClient;
let functionClient: StreamClient;
let permissions: string[];
let cleanUp: () => void;
// The SDK's retrier writes to the console whatever it does not retry.
vi.spyOn(console, "warn").mockImplementation(() => {});

async function start(overrides: Parameters<typeof startTestCloud>[1] = {}): Promise<void> {
  permissions = [];
  cloud = await startTestCloud(
    (itself) => {
      streams = createStreams(itself);
      return streams.operations;
    },
    { issuer, allows: ({ kind }, permission) => kind === "user" || permissions.includes(permission), ...overrides },
  );
  const authenticationDetailsProvider = apiKeyUser(user);
  admin = new StreamAdminClient({ authenticationDetailsProvider }, oneTry());
  client = new StreamClient({ authenticationDetailsProvider }, oneTry());
  functionClient = new StreamClient({ authenticationDetailsProvider: resourcePrincipal(principal) }, oneTry());
  for (const one of [admin, client, functionClient]) one.endpoint = cloud.url;
  cleanUp = () => {
    for (const one of [admin, client, functionClient]) one.close();
  };
}

async function stop(): Promise<void> {
  cleanUp();
  await cloud.close();
}

beforeEach(() => start());
afterEach(() => {
  vi.useRealTimers();
  return stop();
});

const create = async (details: Partial<models.CreateStreamDetails> = {}) =>
  admin.createStream({
    createStreamDetails: {
      name: "s",
      partitions: 1,
      ...(!details.streamPoolId && { compartmentId: COMPARTMENT }),
      ...details,
    },
  });
const base64 = (text: string) => Buffer.from(text).toString("base64");
const put = (streamId: string, ...values: string[]) =>
  client.putMessages({ streamId, putMessagesDetails: { messages: values.map((value) => ({ value: base64(value) })) } });

async function read(streamId: string, details: models.CreateCursorDetails, limit?: number) {
  const { cursor } = await client.createCursor({ streamId, createCursorDetails: details });
  return client.getMessages({ streamId, cursor: cursor.value, ...(limit !== undefined && { limit }) });
}
const texts = (items: models.Message[]) => items.map(({ value }) => Buffer.from(value, "base64").toString());

describe("a stream of the emulator", () => {
  test("is made in a compartment, is there at once, and stays to be seen when it is deleted", async () => {
    const made = await create({ freeformTags: { a: "b" } });
    const { id } = made.stream;
    expect(made.stream.lifecycleState).toBe("CREATING");
    expect([made.etag, made.opcWorkRequestId]).toEqual([expect.any(String), expect.any(String)]);
    const { stream, etag } = await admin.getStream({ streamId: id });
    expect({ ...stream }).toEqual({
      id: expect.stringMatching(/^ocid1\.stream\.oc1\.us-phoenix-1\./),
      name: "s",
      compartmentId: COMPARTMENT,
      streamPoolId: expect.stringMatching(/^ocid1\.streampool\./),
      partitions: 1,
      retentionInHours: 24,
      lifecycleState: "ACTIVE",
      messagesEndpoint: cloud.url,
      timeCreated: expect.stringMatching(/^\d{4}-/),
      freeformTags: { a: "b" },
      definedTags: {},
    });
    const update = (ifMatch: string) =>
      admin.updateStream({ streamId: id, updateStreamDetails: { freeformTags: { c: "d" } }, ifMatch });
    const updated = await update(etag);
    expect(updated.stream.freeformTags).toEqual({ c: "d" });
    expect(await outcomeOf(update(etag))).toEqual([412, "NoEtagMatch"]);
    expect(await outcomeOf(admin.deleteStream({ streamId: id, ifMatch: etag }))).toEqual([412, "NoEtagMatch"]);
    await put(id, "lost");
    await admin.deleteStream({ streamId: id, ifMatch: updated.etag });
    expect((await admin.getStream({ streamId: id })).stream.lifecycleState).toBe("DELETED");
    expect(await outcomeOf(admin.deleteStream({ streamId: id }))).toEqual([404, "NotAuthorizedOrNotFound"]);
    expect(await outcomeOf(put(id, "m"))).toEqual([404, "NotAuthorizedOrNotFound"]);
    expect(streams.putOnStream(id, { value: "m" })).toBe(false);
    expect(await outcomeOf(create())).toBe("done");
  });

  test.each<[Partial<models.CreateStreamDetails>, unknown]>([
    [{ retentionInHours: 168, partitions: 5 }, "done"],
    [{ retentionInHours: 23 }, [400, "InvalidParameter"]],
    [{ retentionInHours: 169 }, [400, "InvalidParameter"]],
    [{ partitions: 0 }, [400, "InvalidParameter"]],
    [{ compartmentId: "c" }, [400, "InvalidParameter"]],
    [{ streamPoolId: "ocid1.streampool.oc1..none" }, [404, "NotAuthorizedOrNotFound"]],
    [{ streamPoolId: "ocid1.streampool.oc1..none", compartmentId: COMPARTMENT }, [400, "InvalidParameter"]],
    [{ name: "taken" }, [409, "Conflict"]],
  ])("with %j: %j", async (details, outcome) => {
    await create({ name: "taken" });
    expect(await outcomeOf(create(details))).toEqual(outcome);
  });

  test("is found by compartment, pool, name and state, in order, page by page", async () => {
    const poolDetails = { name: "pool", compartmentId: COMPARTMENT };
    const { streamPool } = await admin.createStreamPool({ createStreamPoolDetails: poolDetails, opcRetryToken: "t" });
    const again = await admin.createStreamPool({ createStreamPoolDetails: poolDetails, opcRetryToken: "t" });
    expect(again.streamPool.id).toBe(streamPool.id);
    const { stream: gone } = await create({ name: "b" });
    await create({ name: "c" });
    await create({ name: "a", streamPoolId: streamPool.id });
    await admin.deleteStream({ streamId: gone.id });
    const { SortBy, SortOrder } = requests.ListStreamsRequest;
    const list = async (query: Partial<requests.ListStreamsRequest>) =>
      (await admin.listStreams({ ...(!query.streamPoolId && { compartmentId: COMPARTMENT }), ...query })).items.map(
        ({ name }) => name,
      );
    expect(await list({ sortBy: SortBy.Name })).toEqual(["a", "b", "c"]);
    expect(await list({ sortBy: SortBy.Name, sortOrder: SortOrder.Desc, lifecycleState: "active" })).toEqual([
      "c",
      "a",
    ]);
    expect(await list({ name: "c" })).toEqual(["c"]);
    expect(await list({ streamPoolId: streamPool.id })).toEqual(["a"]);
    const query = { compartmentId: COMPARTMENT, sortBy: SortBy.Name, limit: 2 };
    const { opcNextPage } = await admin.listStreams(query);
    expect((await admin.listStreams({ ...query, page: opcNextPage })).items.map(({ name }) => name)).toEqual(["c"]);
    expect(await outcomeOf(admin.listStreams({ ...query, limit: 51 }))).toEqual([400, "InvalidParameter"]);
    expect(await outcomeOf(admin.listStreams({}))).toEqual([400, "MissingParameter"]);
  });

  test("goes with its pool, but the default pool of a compartment stays", async () => {
    const createStreamPoolDetails = { name: "pool", compartmentId: COMPARTMENT };
    const { streamPool } = await admin.createStreamPool({ createStreamPoolDetails });
    const { stream: inPool } = await create({ name: "a", streamPoolId: streamPool.id });
    const { stream: inDefault } = await create({ name: "b" });
    const remove = (streamPoolId: string) => outcomeOf(admin.deleteStreamPool({ streamPoolId }));
    expect([await remove(streamPool.id), await remove(streamPool.id), await remove(inDefault.streamPoolId)]).toEqual([
      "done",
      [404, "NotAuthorizedOrNotFound"],
      [400, "InvalidParameter"],
    ]);
    const stateOf = async ({ id }: models.Stream) => (await admin.getStream({ streamId: id })).stream.lifecycleState;
    expect([await stateOf(inPool), await stateOf(inDefault)]).toEqual(["DELETED", "ACTIVE"]);
  });

  test("moves into the default pool of its new compartment, if that has none of its name", async () => {
    const { stream } = await create();
    const move = (compartmentId: string) =>
      admin.changeStreamCompartment({ streamId: stream.id, changeStreamCompartmentDetails: { compartmentId } });
    await move(TENANCY);
    const { stream: moved } = await admin.getStream({ streamId: stream.id });
    const { streamPool } = await admin.getStreamPool({ streamPoolId: moved.streamPoolId });
    expect([moved.compartmentId, streamPool.compartmentId, streamPool.name]).toEqual([TENANCY, TENANCY, "DefaultPool"]);
    await create();
    expect(await outcomeOf(move(COMPARTMENT))).toEqual([409, "Conflict"]);
  });
});

describe("the messages of a stream", () => {
  let streamId: string;
  beforeEach(async () => {
    streamId = (await create({ partitions: 2 })).stream.id;
  });
  const partitionOf = async (key: string) => {
    const messages = [{ key: base64(key), value: base64(key) }];
    const { putMessagesResult } = await client.putMessages({ streamId, putMessagesDetails: { messages } });
    return putMessagesResult.entries[0];
  };

  test("are read from where a cursor stands, as they were put", async () => {
    const first = await partitionOf("k");
    for (let number = 1; number < 4; number++) expect((await partitionOf("k"))?.partition).toBe(first?.partition);
    expect(first).toMatchObject({ offset: 0, timestamp: expect.stringMatching(/^\d{4}-.*Z$/) });
    const partition = first?.partition ?? "";
    const { items, opcNextCursor } = await read(streamId, { partition, type: Type.TrimHorizon }, 3);
    expect(items.map(({ offset }) => offset)).toEqual([0, 1, 2]);
    expect(items[0]).toEqual({
      stream: "s",
      partition,
      key: base64("k"),
      value: base64("k"),
      offset: 0,
      timestamp: first?.timestamp,
    });
    const rest = await client.getMessages({ streamId, cursor: opcNextCursor });
    expect(rest.items.map(({ offset }) => offset)).toEqual([3]);
    const none = await client.getMessages({ streamId, cursor: rest.opcNextCursor });
    expect([none.items, none.opcNextCursor]).toEqual([[], rest.opcNextCursor]);
    const offsets = async (details: Omit<models.CreateCursorDetails, "partition">) =>
      (await read(streamId, { partition, ...details })).items.map(({ offset }) => offset);
    expect(await offsets({ type: Type.AtOffset, offset: 2 })).toEqual([2, 3]);
    expect(await offsets({ type: Type.AfterOffset, offset: 2 })).toEqual([3]);
    expect(await offsets({ type: Type.AtTime, time: new Date(0) })).toEqual([0, 1, 2, 3]);
    expect(await offsets({ type: Type.AtTime, time: new Date(Date.now() + 60_000) })).toEqual([]);
    expect(await offsets({ type: Type.Latest })).toEqual([]);
  });

  test("come after the latest cursor, without a key too", async () => {
    const cursors = await Promise.all(
      ["0", "1"].map((partition) =>
        client.createCursor({ streamId, createCursorDetails: { partition, type: Type.Latest } }),
      ),
    );
    await put(streamId, "日本語", "2");
    const read = await Promise.all(cursors.map(({ cursor }) => client.getMessages({ streamId, cursor: cursor.value })));
    const items = read.flatMap((page) => page.items);
    expect([texts(items).sort(), items.map(({ key }) => key)]).toEqual([
      ["2", "日本語"],
      [null, null],
    ]);
  });

  describe("read by a group of consumers", () => {
    const join = async (instanceName: string, more: object = {}) => {
      const createGroupCursorDetails = { groupName: "g", instanceName, type: "TRIM_HORIZON" as never, ...more };
      return (await client.createGroupCursor({ streamId, createGroupCursorDetails })).cursor.value;
    };
    test("not with a time-out that no clock can hold", async () => {
      const outcome = await outcomeOf(join("i", { timeoutInMs: Number.MAX_SAFE_INTEGER }));
      expect(outcome).toEqual([400, "InvalidParameter"]);
    });

    const get = async (cursor: string) => {
      const { items, opcNextCursor } = await client.getMessages({ streamId, cursor });
      return { read: texts(items).sort(), next: opcNextCursor };
    };

    test("come once, and to another instance those that were not committed", async () => {
      vi.useFakeTimers({ toFake: ["Date"] });
      // Longer than an instance lives that says nothing.
      const pass = () => vi.setSystemTime(Date.now() + 31_000);
      await put(streamId, "1", "2", "3");
      expect((await get(await join("a"))).read).toEqual(["1", "2", "3"]);
      pass();
      const first = await get(await join("b"));
      expect(first.read).toEqual(["1", "2", "3"]);
      await put(streamId, "4");
      const second = await get(first.next);
      expect(second.read).toEqual(["4"]);
      pass();
      expect((await get(await join("c"))).read).toEqual(["4"]);
      const { cursor } = await client.consumerCommit({ streamId, cursor: second.next });
      expect(cursor.value).toBe(second.next);
      pass();
      expect((await get(await join("d"))).read).toEqual([]);
      const { group } = await client.getGroup({ streamId, groupName: "g" });
      const offsets = group.reservations?.map(({ committedOffset = 0 }) => committedOffset + 1) ?? [];
      expect(offsets.reduce((sum, count) => sum + count, 0)).toBe(4);
      expect(group.reservations?.map(({ reservedInstance }) => reservedInstance)).toEqual(["d", "d"]);
    });

    test("are shared by the instances that are alive, and read anew when the group is reset", async () => {
      const cursors = [await join("a"), await join("b")];
      await put(streamId, ..."abcdefghijklmnop");
      const both = await Promise.all(cursors.map(get));
      expect(both.flatMap(({ read }) => read).sort()).toEqual([..."abcdefghijklmnop"]);
      for (const { next } of both) await client.consumerCommit({ streamId, cursor: next });
      await client.consumerHeartbeat({ streamId, cursor: both[0]?.next ?? "" });
      await client.updateGroup({ streamId, groupName: "g", updateGroupDetails: { type: "TRIM_HORIZON" as never } });
      const anew = await Promise.all([await join("a"), await join("b")].map(get));
      expect(anew.flatMap(({ read }) => read).sort()).toEqual([..."abcdefghijklmnop"]);
    });

    test("are refused with a cursor of no group, or of another stream", async () => {
      const plain = await client.createCursor({
        streamId,
        createCursorDetails: { partition: "0", type: Type.TrimHorizon },
      });
      const refusal = { statusCode: 400, serviceCode: "InvalidParameter" };
      await expect(client.consumerCommit({ streamId, cursor: plain.cursor.value })).rejects.toMatchObject(refusal);
      await expect(client.getGroup({ streamId, groupName: "x" })).rejects.toMatchObject({ statusCode: 404 });
    });
  });

  test("may come from the platform itself, and are kept where there is a folder", async () => {
    const folder = mkdtempSync(join(tmpdir(), "streams-"));
    await stop();
    await start({ store: createStore(folder) });
    const { id } = (await create()).stream;
    expect(streams.putOnStream(id, { key: "k", value: '{"本文":1}' })).toBe(true);
    await put(id, "2");
    await stop();
    await start({ store: createStore(folder) });
    const { items } = await read(id, { partition: "0", type: Type.TrimHorizon });
    expect([texts(items), items[0]?.key]).toEqual([['{"本文":1}', "2"], base64("k")]);
    rmSync(folder, { recursive: true });
  });

  test("are gone after the retention", async () => {
    const entry = await partitionOf("k");
    const partition = entry?.partition ?? "";
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 24 * 3_600_000 + 1_000 });
    streams.putOnStream(streamId, { key: "k", value: "new" });
    vi.useRealTimers();
    const { items } = await read(streamId, { partition, type: Type.TrimHorizon });
    expect(items.map(({ offset }) => offset)).toEqual([1]);
  });

  test.each<[string, models.PutMessagesDetailsEntry[], unknown]>([
    ["of 1 MiB", [{ value: Buffer.alloc(1024 * 1024).toString("base64") }], "done"],
    ["of more", [{ value: Buffer.alloc(1024 * 1024 + 1).toString("base64") }], [400, "InvalidParameter"]],
    ["with a key of 256 bytes", [{ key: base64("k".repeat(256)), value: base64("v") }], "done"],
    ["with a longer key", [{ key: base64("k".repeat(257)), value: base64("v") }], [400, "InvalidParameter"]],
    ["not in base64", [{ value: "{}" }], [400, "InvalidParameter"]],
    ["without a value", [{} as models.PutMessagesDetailsEntry], [400, "MissingParameter"]],
  ])("%s", async (_, messages, outcome) => {
    expect(await outcomeOf(client.putMessages({ streamId, putMessagesDetails: { messages } }))).toEqual(outcome);
  });

  test.each([
    [{ partition: "2", type: Type.Latest }, [400, "InvalidParameter"]],
    [{ partition: "x", type: Type.Latest }, [400, "InvalidParameter"]],
    [{ partition: "0", type: Type.AtOffset }, [400, "MissingParameter"]],
    [{ partition: "0", type: "NOW" as models.CreateCursorDetails.Type }, [400, "InvalidParameter"]],
  ])("are read from no such cursor as %j", async (createCursorDetails, refused) => {
    expect(await outcomeOf(client.createCursor({ streamId, createCursorDetails }))).toEqual(refused);
  });

  test("are not read with the cursor of another stream", async () => {
    const other = (await create({ name: "other" })).stream.id;
    const details = { partition: "0", type: Type.Latest };
    const { cursor } = await client.createCursor({ streamId: other, createCursorDetails: details });
    for (const value of [cursor.value, "nonsense"]) {
      expect(await outcomeOf(client.getMessages({ streamId, cursor: value }))).toEqual([400, "InvalidParameter"]);
    }
  });

  test("are put by a function only with STREAM_PRODUCE", async () => {
    const produce = () =>
      outcomeOf(functionClient.putMessages({ streamId, putMessagesDetails: { messages: [{ value: base64("v") }] } }));
    expect(await produce()).toEqual([404, "NotAuthorizedOrNotFound"]);
    permissions = ["STREAM_PRODUCE"];
    expect(await produce()).toBe("done");
  });
});
