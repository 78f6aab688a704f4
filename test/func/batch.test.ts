import { createHash } from "node:crypto";
import { afterEach, expect, test } from "vitest";
import { fixture } from "../../local/fixtures.ts";
import { type Rig, replyOf, startRig } from "../../local/rig.ts";
import type { BatchReply } from "../../src/outcome.ts";
import { freshEvent } from "../fresh-event.ts";

let rig: Rig;
afterEach(() => rig.close());

const launched = JSON.parse(fixture("instance-launched").toString());
const created = JSON.parse(fixture("bucket-created").toString());

/** The function's own lines, less when they were written and how long it took. */
function lines(): Record<string, unknown>[] {
  return rig.logs
    .filter((line) => line.startsWith("{"))
    .map((line) => {
      const { time: _, ms: __, ...rest } = JSON.parse(line);
      return rest;
    })
    .filter(({ msg }) => msg !== "started" && msg !== "configuration");
}

async function send(body: string): Promise<{ reply: BatchReply; callID: string; status: number }> {
  const response = await rig.host.invoke(body);
  return { reply: replyOf(response, rig.logs) as BatchReply, callID: response.callId, status: response.status };
}

test("a batch that fails in part is failed; the log has a line for each destination and for each message that was not delivered", async () => {
  rig = await startRig();
  rig.sink.answer = ({ event }) => ({ status: event === "BUCKET/CREATE" ? 400 : 200 });
  const body = JSON.stringify([launched, created, launched, { name: "cat" }, 7]);
  const { reply, callID, status } = await send(body);
  const { eventID } = created;
  const counts = { failed: 1, rejected: 2, delivered: 1, duplicate: 1 };
  expect([status, reply.outcome, reply.counts]).toEqual([502, "failed", counts]);
  expect(
    reply.items.map(({ index, outcome, deliveries }) => [index, outcome, ...deliveries.map((d) => d.outcome)]),
  ).toEqual([
    [0, "delivered", "delivered", "delivered"],
    [1, "failed", "failed", "delivered"],
    [2, "duplicate", "duplicate", "duplicate"],
    [3, "rejected"],
    [4, "rejected"],
  ]);

  const problem = "answered 400; not worth another try";
  const sha256 = createHash("sha256").update(body).digest("hex");
  expect(lines()).toEqual([
    {
      ...{ level: 50, callID, eventID, index: 1, destination: "webhook" },
      ...{ outcome: "failed", attempts: 1, status: 400, problem, msg: "delivery" },
    },
    ...[3, 4].map((index) => ({
      ...{ level: 50, callID, eventID: null, outcome: "rejected", index },
      ...{ problem: reply.items[index]?.problem, msg: "item" },
    })),
    {
      ...{ level: 50, callID, eventID: null, destination: "webhook", attempts: 2 },
      ...{ counts: { delivered: 1, failed: 1, duplicate: 1 }, msg: "deliveries" },
    },
    {
      // Both in one message, which is one attempt.
      ...{ level: 30, callID, eventID: null, destination: "ons", attempts: 1 },
      ...{ counts: { delivered: 2, duplicate: 1 }, msg: "deliveries" },
    },
    {
      ...{ level: 50, callID, eventID: null, counts, outcome: "failed" },
      ...{ sha256, bytes: Buffer.byteLength(body), msg: "outcome" },
    },
  ]);
  expect(rig.ons.published.map((published) => JSON.parse(published.body).length)).toEqual([2]);
});

test("of many that were not delivered a hundred lines and a hundred items are told, and all are counted", async () => {
  rig = await startRig({ config: { ONS_TOPIC_ID: "" } });
  const delivered = Array.from({ length: 30 }, () => JSON.parse(freshEvent(JSON.stringify(launched)).toString()));
  const { reply, callID, status } = await send(JSON.stringify([...delivered, ...Array(150).fill(7)]));
  const counts = { rejected: 150, delivered: 30 };
  expect([status, reply.outcome, reply.counts]).toEqual([200, "rejected", counts]);
  expect(reply.items.map(({ index }) => index)).toEqual(Array.from({ length: 100 }, (_, n) => 30 + n));
  const told = lines();
  expect(told.filter(({ msg }) => msg === "item").map(({ index }) => index)).toEqual(
    Array.from({ length: 100 }, (_, n) => 30 + n),
  );
  expect(told.slice(100)).toMatchObject([
    { level: 30, callID, destination: "webhook", counts: { delivered: 30 }, attempts: 30, msg: "deliveries" },
    { level: 50, callID, counts, outcome: "rejected", msg: "outcome" },
  ]);
});

test("of many, those that somebody has to look at are told before the others that were not delivered", async () => {
  rig = await startRig({ config: { ONS_TOPIC_ID: "" } });
  const { reply } = await send(JSON.stringify([...Array(51).fill(launched), ...Array(60).fill(7)]));
  expect(reply.counts).toEqual({ rejected: 60, delivered: 1, duplicate: 50 });
  const rejected = Array.from({ length: 60 }, (_, n) => [51 + n, "rejected"]);
  const duplicates = Array.from({ length: 40 }, (_, n) => [1 + n, "duplicate"]);
  expect(reply.items.map(({ index, outcome }) => [index, outcome])).toEqual([...rejected, ...duplicates]);
});

test("a batch that is delivered whole has two lines in the log, and each receiver its messages in as few deliveries as can be", async () => {
  rig = await startRig();
  const events = Array.from({ length: 200 }, () => JSON.parse(freshEvent(JSON.stringify(launched)).toString()));
  const { reply, callID } = await send(JSON.stringify(events));
  expect([reply.outcome, reply.counts, reply.items]).toEqual(["delivered", { delivered: 200 }, []]);
  expect(lines()).toMatchObject([
    { level: 30, callID, destination: "webhook", counts: { delivered: 200 }, attempts: 200, msg: "deliveries" },
    { level: 30, callID, destination: "ons", counts: { delivered: 200 }, msg: "deliveries" },
    { level: 30, callID, counts: { delivered: 200 }, outcome: "delivered", msg: "outcome" },
  ]);
  const ids = events.map(({ eventID }) => eventID);
  expect(rig.sink.received.map(({ headers }) => headers["webhook-id"]).sort()).toEqual([...ids].sort());
  const published = rig.ons.published.map(({ body }) => JSON.parse(body));
  const publishedIds = published.flat().map((message) => message.resource_details.oci.event_id);
  expect(publishedIds.sort()).toEqual([...ids].sort());
  const bytes = rig.ons.published.reduce((sum, { body }) => sum + JSON.stringify(body).length, 0);
  expect(published.length).toBe(Math.ceil(bytes / (61 * 1024)));
});

test("of one event the log has a line for each destination, and one for what became of it", async () => {
  rig = await startRig();
  rig.ons.fault = { status: 400, body: '{"code":"InvalidParameter"}' };
  const body = fixture("instance-launched");
  const { callID } = await send(body.toString());
  const ids = { callID, eventID: launched.eventID };
  const sha256 = createHash("sha256").update(body).digest("hex");
  const problem = "ONS answered 400 InvalidParameter: check the topic's OCID; not worth another try";
  const told = lines();
  // Each line of a delivery is written when all are known; which is first, is open.
  expect(told.slice(0, 2).sort((a, b) => Number(a.level) - Number(b.level))).toEqual([
    { ...ids, level: 30, destination: "webhook", outcome: "delivered", attempts: 1, status: 200, msg: "delivery" },
    { ...ids, level: 50, destination: "ons", outcome: "failed", attempts: 1, status: 400, problem, msg: "delivery" },
  ]);
  expect(told.slice(2)).toEqual([
    {
      ...{ ...ids, level: 50, eventType: launched.eventType, outcome: "failed" },
      ...{ sha256, bytes: body.byteLength, msg: "outcome" },
    },
  ]);
});
