import { afterAll, beforeAll, expect, test } from "vitest";
import type { StorageRequest } from "../../local/object-storage/object-storage.ts";
import { type Lab, lettersIn, newEvent, startLab } from "./lab.ts";

let lab: Lab;
beforeAll(async () => {
  lab = await startLab();
});
afterAll(() => lab.close());

/** A promise, and what fulfils it. */
function signal(): { arrived: Promise<void>; tell: () => void } {
  let tell = () => {};
  const arrived = new Promise<void>((resolve) => {
    tell = resolve;
  });
  return { arrived, tell };
}

const tellsDone = ({ method, headers, body }: StorageRequest) =>
  method === "PUT" && headers["if-match"] !== undefined && body.includes('"owner":null');

test("a function that is frozen in the middle of a delivery goes on after the thaw, and answers in time", async () => {
  const receiver = await lab.receiver();
  const { arrived, tell } = signal();
  receiver.programme = () => {
    tell();
    return { kind: "slow-headers", ms: 300 };
  };
  const { host, send } = lab.container({ WEBHOOK_URL: receiver.url }, { timeoutMs: 8_000 });
  const event = newEvent();
  const sent = send(event.body);
  await arrived;
  host.freeze();
  setTimeout(() => host.thaw(), 1_500);
  const { response, reply } = await sent;
  expect([response.status, reply.outcome, receiver.accepted.get(event.id)]).toEqual([200, "delivered", 1]);
  expect(response.callMs).toBeLessThan(8_000);
});

test("a function that is frozen past its deadline is ended; the next call delivers, and the receiver can tell the repeat", async () => {
  const receiver = await lab.receiver();
  const bucket = lab.bucket();
  const { arrived, tell } = signal();
  receiver.programme = ({ attempt }) => {
    tell();
    return attempt === 1 ? { kind: "slow-headers", ms: 200 } : { kind: "answer", status: 200 };
  };
  const { host, send } = lab.container({ WEBHOOK_URL: receiver.url, DEDUPE_BUCKET: bucket }, { timeoutMs: 2_000 });
  const event = newEvent();
  const first = send(event.body);
  await arrived;
  host.freeze();
  expect((await first).response).toMatchObject({ status: 504, body: '{"message":"Timed out"}' });
  const again = await lab.container({ WEBHOOK_URL: receiver.url, DEDUPE_BUCKET: bucket }).send(event.body);
  expect(again.reply.outcome).toBe("delivered");
  expect([...receiver.attempts]).toEqual([[event.id, 2]]);
});

test("a connection that went stale costs no attempt: not after a freeze, not within a batch", async () => {
  const receiver = await lab.receiver();
  receiver.programme = () => ({ kind: "close-idle" });
  const { host, send } = lab.container({ WEBHOOK_URL: receiver.url });
  const events = Array.from({ length: 300 }, () => newEvent());
  const { reply } = await send(`[${events.map(({ body }) => body).join(",")}]`);
  expect(reply).toMatchObject({ outcome: "delivered", counts: { delivered: 300 } });
  host.freeze();
  const last = newEvent();
  expect((await send(last.body)).reply).toMatchObject({ outcome: "delivered", deliveries: [{ attempts: 1 }] });
  expect([...receiver.accepted.values()]).toEqual(Array(301).fill(1));
});

test.each([
  ["never answers", { kind: "hang" }],
  ["answers 503", { kind: "answer", status: 503 }],
  ["resets", { kind: "reset-after" }],
] as const)("a batch to a receiver that %s, under a deadline of 2 s: each of its events is kept", async (_, behaviour) => {
  const receiver = await lab.receiver();
  receiver.programme = () => behaviour;
  const bucket = lab.bucket();
  const { send } = lab.container({ WEBHOOK_URL: receiver.url, DEAD_LETTER_BUCKET: bucket }, { timeoutMs: 2_000 });
  const events = Array.from({ length: 500 }, () => newEvent());
  const { response, reply } = await send(`[${events.map(({ body }) => body).join(",")}]`);
  expect(reply).toMatchObject({ outcome: "dead-lettered", counts: { "dead-lettered": 500 } });
  expect(response.callMs).toBeLessThan(2_000);
  const letters = lettersIn(lab, bucket);
  expect(letters.map(({ letter }) => letter.id)).toEqual(events.map(({ id }) => id));
  expect(new Set(letters.map(({ object }) => object)).size).toBe(1);
});

test("a receiver that refuses everything is spared most of a batch, and all of it is kept", async () => {
  const receiver = await lab.receiver();
  receiver.programme = () => ({ kind: "answer", status: 503, headers: { "Retry-After": "0" } });
  const config = { WEBHOOK_URL: receiver.url, DEAD_LETTER_BUCKET: lab.bucket() };
  const events = Array.from({ length: 600 }, () => newEvent());
  const { send } = lab.container(config, { timeoutMs: 30_000 });
  const { reply } = await send(`[${events.map(({ body }) => body).join(",")}]`);
  expect(reply.counts).toEqual({ "dead-lettered": 600 });
  const letters = lettersIn(lab, config.DEAD_LETTER_BUCKET).map(({ letter }) => letter);
  const untried = letters.filter(({ attempts }) => attempts.length === 0);
  expect(untried.length).toBeGreaterThan(500);
  expect(new Set(untried.map(({ reason }) => reason))).toEqual(
    new Set(["not tried: it had failed 32 times in a row, all tries used up"]),
  );
});

test("nothing runs on after the reply: no connection, no request", async () => {
  const receiver = await lab.receiver();
  receiver.programme = ({ attempt }) => (attempt === 1 ? { kind: "hang" } : { kind: "answer", status: 200 });
  const config = { WEBHOOK_URL: receiver.url, DEAD_LETTER_BUCKET: lab.bucket() };
  const { host, send } = lab.container(config, { timeoutMs: 3_000 });
  const events = Array.from({ length: 60 }, () => newEvent());
  const { reply } = await send(`[${events.map(({ body }) => body).join(",")}]`);
  // Not frozen, as the platform would: whatever is left over has its chance.
  host.thaw();
  expect(reply.counts).toEqual({ "dead-lettered": 60 });
  await expect.poll(() => receiver.connections.open).toBe(0);
  expect([receiver.accepted.size, lab.oci.storage.requests.filter(({ status }) => status === "hang")]).toEqual([0, []]);
});

test("a function that is killed between delivery and marker: one repeat at most, under the same webhook-id", async () => {
  const receiver = await lab.receiver();
  const { arrived, tell } = signal();
  let isArmed = true;
  const bucket = lab.bucket((request) => {
    if (!isArmed || !tellsDone(request)) return undefined;
    isArmed = false;
    tell();
    return "hang";
  });
  const config = { WEBHOOK_URL: receiver.url, DEDUPE_BUCKET: bucket };
  const [first, second] = [lab.container(config, { timeoutMs: 4_000 }), lab.container(config, { timeoutMs: 12_000 })];
  const event = newEvent();
  const sent = first.send(event.body);
  await arrived;
  await first.host.kill();
  expect((await sent).response.status).toBe(502);
  // As the platform would: the same event once more, to another container.
  const { reply } = await second.send(event.body);
  expect(reply).toMatchObject({ outcome: "delivered", deliveries: [{ attempts: 1 }] });
  expect(receiver.arrivals.map(({ headers, body }) => [headers["webhook-id"], body.toString()])).toEqual(
    Array(2).fill([event.id, receiver.arrivals[0]?.body.toString()]),
  );
  expect((await lab.container(config).send(event.body)).reply.outcome).toBe("duplicate");
});

test("a claim whose owner fails is not answered as a duplicate: who waits takes it over and delivers", async () => {
  const receiver = await lab.receiver();
  const { arrived, tell } = signal();
  receiver.programme = ({ attempt }) => {
    tell();
    return attempt === 1 ? { kind: "slow-headers", ms: 700, status: 400 } : { kind: "answer", status: 200 };
  };
  const config = { WEBHOOK_URL: receiver.url, DEDUPE_BUCKET: lab.bucket() };
  const [owner, waiting] = [lab.container(config), lab.container(config)];
  const event = newEvent();
  const failing = owner.send(event.body);
  await arrived;
  const succeeding = waiting.send(event.body);
  expect((await failing).reply.outcome).toBe("failed");
  expect((await succeeding).reply.outcome).toBe("delivered");
  expect(receiver.accepted.get(event.id)).toBe(1);
});

test("a claim that stays live past one's own deadline: neither delivered nor called a duplicate, but failed", async () => {
  const receiver = await lab.receiver();
  const { arrived, tell } = signal();
  receiver.programme = () => {
    tell();
    return { kind: "slow-headers", ms: 4_000 };
  };
  const config = { WEBHOOK_URL: receiver.url, DEDUPE_BUCKET: lab.bucket(), DEAD_LETTER_BUCKET: lab.bucket() };
  const [owner, waiting] = [lab.container(config, { timeoutMs: 12_000 }), lab.container(config, { timeoutMs: 3_000 })];
  const event = newEvent();
  const delivering = owner.send(event.body);
  await arrived;
  const { response, reply } = await waiting.send(event.body);
  expect([response.status, reply.outcome]).toEqual([502, "failed"]);
  expect(reply.deliveries).toMatchObject([{ attempts: 0, problem: expect.stringContaining("another invocation") }]);
  expect(response.callMs).toBeLessThan(3_000);
  expect((await delivering).reply.outcome).toBe("delivered");
  expect(receiver.attempts.get(event.id)).toBe(1);
});

test("a partial success repeats only what failed", async () => {
  const receiver = await lab.receiver();
  receiver.programme = ({ attempt }) => ({ kind: "answer", status: attempt === 1 ? 400 : 200 });
  const { LAB_TOPIC } = await import("./lab.ts");
  const config = { WEBHOOK_URL: receiver.url, ONS_TOPIC_ID: LAB_TOPIC, DEDUPE_BUCKET: lab.bucket() };
  const event = newEvent();
  const first = await lab.container(config).send(event.body);
  expect(first.reply).toMatchObject({
    outcome: "failed",
    deliveries: [
      { destination: "webhook", outcome: "failed" },
      { destination: "ons", outcome: "delivered" },
    ],
  });
  const published = lab.oci.ons.published.length;
  const second = await lab.container(config).send(event.body);
  expect(second.reply).toMatchObject({
    outcome: "delivered",
    deliveries: [
      { destination: "webhook", outcome: "delivered", attempts: 1 },
      { destination: "ons", outcome: "duplicate", attempts: 0 },
    ],
  });
  expect(lab.oci.ons.published.length).toBe(published);
});

test("two relays that share both buckets do not take each other's deliveries or dead letters for their own", async () => {
  const receiver = await lab.receiver();
  const config = { DEDUPE_BUCKET: lab.bucket(), DEAD_LETTER_BUCKET: lab.bucket() };
  const teams = ["A", "B"].map((team) => lab.container({ ...config, WEBHOOK_URL: `${receiver.url}/team-${team}` }));
  const [good, bad] = [newEvent(), newEvent()];
  receiver.programme = ({ id }) => ({ kind: "answer", status: id === bad.id ? 400 : 200 });
  for (const { send } of teams) {
    expect((await send(good.body)).reply.outcome).toBe("delivered");
    expect((await send(bad.body)).reply.outcome).toBe("dead-lettered");
  }
  expect(receiver.arrivals.filter(({ isAccepted }) => isAccepted).map(({ path }) => path)).toEqual([
    "/hook/team-A",
    "/hook/team-B",
  ]);
  expect(lettersIn(lab, config.DEAD_LETTER_BUCKET).map(({ letter }) => letter.id)).toEqual([bad.id, bad.id]);
});

test("a batch that failed in part repeats only what failed, in another container too", async () => {
  const receiver = await lab.receiver();
  const events = Array.from({ length: 40 }, () => newEvent());
  const refused = new Set(events.filter((_, n) => n % 7 === 0).map(({ id }) => id));
  receiver.programme = ({ id, attempt }) => ({ kind: "answer", status: refused.has(id) && attempt === 1 ? 422 : 200 });
  const config = { WEBHOOK_URL: receiver.url, DEDUPE_BUCKET: lab.bucket() };
  const body = `[${events.map((event) => event.body).join(",")}]`;
  const first = await lab.container(config).send(body);
  expect([first.response.status, first.reply.counts]).toEqual([502, { failed: 6, delivered: 34 }]);
  const second = await lab.container(config).send(body);
  expect([second.response.status, second.reply.counts]).toEqual([200, { delivered: 6, duplicate: 34 }]);
  expect([...receiver.accepted.values()]).toEqual(Array(40).fill(1));
});

test("two containers that are given the same 1,000 events at once deliver each exactly once", {
  timeout: 120_000,
}, async () => {
  const receiver = await lab.receiver({ keepBodies: false });
  const config = { WEBHOOK_URL: receiver.url, DEDUPE_BUCKET: lab.bucket() };
  const containers = [lab.container(config), lab.container(config)];
  const events = Array.from({ length: 1_000 }, () => newEvent());
  const outcomes = await Promise.all(
    containers.map(async ({ send }) => {
      const seen: (string | undefined)[] = [];
      for (const { body } of events) seen.push((await send(body)).reply.outcome);
      return seen;
    }),
  );
  events.forEach(({ id }, n) => {
    expect([id, outcomes.map((seen) => seen[n]).sort()]).toEqual([id, ["delivered", "duplicate"]]);
    expect([id, receiver.attempts.get(id)]).toEqual([id, 1]);
  });
});

test("an object event of the relay's own bucket is ignored, one of another bucket is not", async () => {
  const receiver = await lab.receiver();
  const [letters, markers] = [lab.bucket(), lab.bucket()];
  const { send } = lab.container({ WEBHOOK_URL: receiver.url, DEAD_LETTER_BUCKET: letters, DEDUPE_BUCKET: markers });
  const about = (bucket: string, data: Record<string, unknown> = {}) =>
    newEvent({
      eventType: "com.oraclecloud.objectstorage.createobject",
      data: {
        resourceName: "x.json",
        resourceId: `/n/localtenancy/b/${bucket}/o/x.json`,
        additionalDetails: { bucketName: bucket },
        ...data,
      },
    }).body;
  const outcomes = [];
  for (const body of [
    about(letters),
    about(markers),
    about(letters, { resourceId: "" }),
    about("another"),
    newEvent({
      eventType: "com.oraclecloud.objectstorage.updatebucket",
      data: {
        resourceName: letters,
        resourceId: `/n/localtenancy/b/${letters}`,
        additionalDetails: { bucketName: letters },
      },
    }).body,
  ]) {
    outcomes.push((await send(body)).reply.outcome);
  }
  expect(outcomes).toEqual(["ignored", "ignored", "ignored", "delivered", "delivered"]);
});
