import { afterEach, describe, expect, test } from "vitest";
import { fixture } from "../../local/fixtures.ts";
import { type Rig, replyOf, startRig } from "../../local/rig.ts";
import type { EventReply } from "../../src/outcome.ts";

let rig: Rig;
afterEach(() => rig.close());

const launched = fixture("instance-launched").toString();

function changed(change: Record<string, unknown>): string {
  return JSON.stringify({ ...JSON.parse(launched), ...change });
}

/** The outcome, and what each destination did for it. */
async function send(body: string): Promise<unknown[]> {
  const reply = replyOf(await rig.host.invoke(body), rig.logs) as EventReply;
  return [reply.outcome, ...reply.deliveries.map(({ outcome, attempts }) => `${outcome} ${attempts}`)];
}

const DELIVERED = ["delivered", "delivered 1", "delivered 1"];
const DUPLICATE = ["duplicate", "duplicate 0", "duplicate 0"];

test("a repeat is answered as a duplicate, and nobody is sent anything", async () => {
  rig = await startRig();
  expect([await send(launched), await send(launched), await send(launched)]).toEqual([DELIVERED, DUPLICATE, DUPLICATE]);
  expect([rig.sink.received.length, rig.ons.requests.length]).toEqual([1, 1]);
});

describe("what is a repeat is decided by eventID, type and time", () => {
  test.each<[string, Record<string, unknown>, unknown[]]>([
    ["the same of all three, whatever else it says", { source: "x", data: {} }, DUPLICATE],
    ["another eventID", { eventID: "6f1d0c52-8a3e-4a55-9d0b-000000000000" }, DELIVERED],
    ["another eventType", { eventType: "com.oraclecloud.computeapi.terminateinstance.end" }, DELIVERED],
    ["another eventTime", { eventTime: "2026-03-02T09:00:00Z" }, DELIVERED],
  ])("%s", async (_, change, expected) => {
    rig = await startRig();
    await send(launched);
    expect(await send(changed(change))).toEqual(expected);
  });
});

test("what failed is no repeat when it comes again, and what one destination has had it does not get twice", async () => {
  rig = await startRig();
  rig.sink.answer = () => ({ status: 400 });
  expect(await send(launched)).toEqual(["failed", "failed 1", "delivered 1"]);
  rig.sink.answer = () => ({ status: 200 });
  expect(await send(launched)).toEqual(["delivered", "delivered 1", "duplicate 0"]);
  expect(await send(launched)).toEqual(DUPLICATE);
  expect([rig.sink.received.length, rig.ons.requests.length]).toEqual([2, 1]);
});

test("another container knows nothing of it, unless they share a bucket", async () => {
  rig = await startRig();
  expect(await send(launched)).toEqual(DELIVERED);
  await rig.host.stop();
  expect(await send(launched)).toEqual(DELIVERED);
});

test("what was rejected or ignored is so again", async () => {
  rig = await startRig();
  for (const name of ["broken", "instance-launching"]) {
    const [first, again] = [await send(fixture(name).toString()), await send(fixture(name).toString())];
    expect(again).toEqual(first);
  }
});
