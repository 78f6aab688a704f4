import { expect, test } from "vitest";
import { deliver } from "../../src/deliver/deliver.ts";
import type { Attempt } from "../../src/deliver/destination.ts";
import type { Notification } from "../../src/notification.ts";

const notification: Notification = {
  resourceType: "server",
  action: "create",
  result: "succeed",
  details: {},
  title: "Instance web-1 created",
  eventId: "1",
};

/** A destination that plays its attempts, under a clock that only sleeping moves. */
async function play(attempts: Attempt[], { deadlineMs = 30_000, random = 0.5 } = {}) {
  const slept: number[] = [];
  let nowMs = 0;
  const delivery = await deliver(
    notification,
    {
      name: "webhook",
      label: "",
      attempt: async () => attempts.shift() ?? { verdict: "retry", problem: "answered 500", status: 500 },
    },
    {
      deadlineMs,
      world: {
        now: () => nowMs,
        random: () => random,
        sleep: async (ms) => {
          slept.push(ms);
          nowMs += ms;
        },
      },
    },
  );
  return { delivery, slept };
}

const busy: Attempt = { verdict: "retry", status: 503, problem: "answered 503" };

test("the first success ends it", async () => {
  expect(await play([{ verdict: "done", status: 204 }])).toEqual({
    delivery: { destination: "webhook", outcome: "delivered", attempts: 1, status: 204 },
    slept: [],
  });
});

test("it tries again with full jitter under a doubling bound, five times at most", async () => {
  expect(await play([], { random: 1 })).toEqual({
    delivery: {
      destination: "webhook",
      outcome: "failed",
      attempts: 5,
      status: 500,
      problem: "answered 500; gave up after 5 attempts",
    },
    slept: [200, 400, 800, 1600],
  });
});

test("what will never succeed is not tried again", async () => {
  expect(await play([{ verdict: "give-up", status: 400, problem: "answered 400" }])).toEqual({
    delivery: {
      destination: "webhook",
      outcome: "failed",
      attempts: 1,
      status: 400,
      problem: "answered 400; not worth another try",
    },
    slept: [],
  });
});

test("Retry-After takes the place of the backoff", async () => {
  expect(
    await play([
      { ...busy, retryAfterMs: 7_000 },
      { verdict: "done", status: 200 },
    ]),
  ).toEqual({
    delivery: { destination: "webhook", outcome: "delivered", attempts: 2, status: 200 },
    slept: [7_000],
  });
});

test("a Retry-After that is over already does not make it hammer", async () => {
  expect(
    await play([
      { ...busy, retryAfterMs: 0 },
      { verdict: "done", status: 200 },
    ]),
  ).toMatchObject({ slept: [100] });
});

test("a destination that never ends its attempt is left when its time is over", async () => {
  const delivery = deliver(
    notification,
    { name: "webhook", label: "", attempt: () => new Promise(() => {}) },
    { deadlineMs: 50, world: { now: () => 0, random: () => 1, sleep: async () => {} } },
  );
  expect(await delivery).toMatchObject({
    outcome: "failed",
    attempts: 1,
    problem: expect.stringContaining("no answer within 0.1 s"),
  });
});

test("it does not wait past the deadline", async () => {
  expect(await play([{ ...busy, retryAfterMs: 60_000 }])).toEqual({
    delivery: {
      destination: "webhook",
      outcome: "failed",
      attempts: 1,
      status: 503,
      problem: "answered 503; no time for another try before the deadline",
    },
    slept: [],
  });
});

test("without any time left it does not begin", async () => {
  expect(await play([], { deadlineMs: 0 })).toEqual({
    delivery: { destination: "webhook", outcome: "failed", attempts: 0, problem: "no time left before the deadline" },
    slept: [],
  });
});
