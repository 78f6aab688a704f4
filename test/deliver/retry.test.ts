import fc from "fast-check";
import { afterEach, describe, expect, test, vi } from "vitest";
import type { Attempt } from "../../src/deliver/destination.ts";
import { type RetryContext, retrying, type Tries } from "../../src/deliver/retry.ts";
import { createConnections } from "../../src/http/connections.ts";
import type { SendContext } from "../../src/http/send.ts";

const connections = createConnections(1);

interface Played {
  deadlineMs?: number;
  random?: number;
  /** What each attempt takes. */
  ms?: number;
}

/** Plays the attempts, then refusals without end, under a clock that only sleeping and trying move. */
async function play(attempts: readonly Attempt[], { deadlineMs = 30_000, random = 0.5, ms = 0 }: Played = {}) {
  const slept: number[] = [];
  let nowMs = 0;
  let tried = 0;
  const tries = await retrying(
    async () => {
      nowMs += ms;
      return attempts[tried++] ?? down;
    },
    {
      connections,
      deadlineMs,
      world: {
        now: () => nowMs,
        random: () => random,
        sleep: async (sleepMs) => {
          slept.push(sleepMs);
          nowMs += sleepMs;
        },
      },
    },
  );
  return { tries, slept, tried, nowMs };
}

const down: Attempt = { verdict: "retry", status: 500, problem: "answered 500" };
const busy: Attempt = { verdict: "retry", status: 503, problem: "answered 503" };
const done: Attempt = { verdict: "done", status: 204 };
const tooMany = (retryAfterMs?: number): Attempt => ({
  ...{ verdict: "retry", status: 429, problem: "answered 429" },
  ...(retryAfterMs !== undefined && { retryAfterMs }),
});

const record = (atMs: number, attempt: Attempt) => {
  const { verdict: _, retryAfterMs: __, ...rest } = attempt as Exclude<Attempt, { verdict: "done" }>;
  return { atMs, ms: 0, ...rest };
};

test("the first success ends it", async () => {
  expect(await play([done])).toMatchObject({
    tries: { attempts: 1, last: done, why: undefined, failed: [] },
    slept: [],
  });
});

test("it tries again with full jitter under a doubling bound, five times at most, and tells each try", async () => {
  const { tries, slept } = await play([], { random: 1 });
  expect({ tries, slept }).toEqual({
    tries: {
      attempts: 5,
      last: down,
      why: "gave up after 5 attempts",
      failed: [0, 200, 600, 1400, 3000].map((atMs) => record(atMs, down)),
    },
    slept: [200, 400, 800, 1600],
  });
});

test("a success after failures counts them all", async () => {
  const { tries } = await play([busy, down, done]);
  expect(tries).toEqual({ attempts: 3, last: done, why: undefined, failed: [record(0, busy), record(100, down)] });
});

test("a try is told with when it began, what it took, and all that came of it", async () => {
  const refused: Attempt = {
    verdict: "give-up",
    status: 400,
    error: "E",
    problem: "p",
    response: "r",
    retryAfterMs: 1,
  };
  expect((await play([refused], { ms: 7 })).tries.failed).toEqual([
    { atMs: 0, ms: 7, status: 400, error: "E", problem: "p", response: "r" },
  ]);
});

test("what will never succeed is not tried again", async () => {
  const refused: Attempt = { verdict: "give-up", status: 400, problem: "answered 400" };
  const { tries, slept } = await play([refused]);
  expect({ tries, slept }).toEqual({
    tries: { attempts: 1, last: refused, why: "not worth another try", failed: [record(0, refused)] },
    slept: [],
  });
});

describe("Retry-After", () => {
  test.each([
    ["takes the place of the backoff", 7_000, [7_000]],
    ["that is over already does not make it hammer", 0, [100]],
    ["shorter than the backoff does not shorten it", 30, [100]],
  ])("%s", async (_, retryAfterMs, slept) => {
    expect(await play([{ ...busy, retryAfterMs }, done])).toMatchObject({ tries: { attempts: 2, last: done }, slept });
  });

  test.each([
    30_000, 60_000,
  ])("of %i ms, at or past the deadline, is believed: it does not wait", async (retryAfterMs) => {
    expect(await play([{ ...busy, retryAfterMs }])).toMatchObject({
      tries: { attempts: 1, why: "no time for another try before the deadline" },
      slept: [],
    });
  });
});

describe("429", () => {
  test("is waited for until the deadline, and not counted among the five attempts", async () => {
    const { tries, slept } = await play(Array(50).fill(tooMany(1_000)), { deadlineMs: 12_500, random: 0 });
    expect({ attempts: tries.attempts, why: tries.why, slept }).toEqual({
      attempts: 13,
      why: "no time for another try before the deadline",
      slept: Array(12).fill(1_000),
    });
  });

  test("does not use up the tries of what is a failure", async () => {
    const { tries } = await play([...Array(6).fill(tooMany(100)), down, tooMany(100), down, down, down, down, done]);
    expect([tries.attempts, tries.why, tries.last]).toEqual([12, "gave up after 12 attempts", down]);
  });

  test("without Retry-After is asked again at longer and longer intervals, up to 5 s", async () => {
    const { slept } = await play([...Array(7).fill(tooMany()), done], { random: 1 });
    expect(slept).toEqual([200, 400, 800, 1600, 3200, 5000, 5000]);
  });
});

describe("near the deadline", () => {
  test("a wait of its own is cut short, so that half a second is left for a last try", async () => {
    const { tries, slept } = await play([], { deadlineMs: 2_000, random: 1, ms: 10 });
    // Tries at 0, 210, 620, 1430; 1600 ms of backoff are too many, 60 ms are left before the last half second.
    expect([slept, tries.attempts, tries.why]).toEqual([[200, 400, 800, 60], 5, "gave up after 5 attempts"]);
  });

  test("a wait that somebody asks for is never cut short", async () => {
    expect(await play([{ ...busy, retryAfterMs: 1_900 }, done], { deadlineMs: 2_000, random: 1 })).toMatchObject({
      tries: { attempts: 2, last: done },
      slept: [1_900],
    });
  });

  test("with less than half a second left it does not try again", async () => {
    expect(await play([], { deadlineMs: 400, random: 1, ms: 300 })).toMatchObject({
      tries: { attempts: 1, why: "no time for another try before the deadline" },
      slept: [],
    });
  });

  test.each([0, -5_000])("without any time left (%i ms) it does not begin", async (deadlineMs) => {
    const { tries, tried } = await play([done], { deadlineMs });
    expect({ tries, tried }).toEqual({
      tries: { attempts: 0, last: undefined, why: "no time left before the deadline", failed: [] },
      tried: 0,
    });
  });
});

test("whatever is answered: five failures at most, no wait past the deadline, and every try is told", async () => {
  const failure = fc.record({
    verdict: fc.constantFrom("retry" as const, "give-up" as const),
    status: fc.constantFrom(400, 429, 500, 503),
    problem: fc.constant("p"),
    retryAfterMs: fc.option(fc.nat(40_000), { nil: undefined }),
  });
  const attempts = fc.array(fc.oneof({ weight: 9, arbitrary: failure }, fc.constant(done)), { maxLength: 30 });
  const played = fc.record({
    deadlineMs: fc.nat(60_000),
    random: fc.double({ min: 0, max: 0.999_999, noNaN: true }),
    ms: fc.integer({ min: 1, max: 5_000 }),
  });
  await fc.assert(
    fc.asyncProperty(attempts, played, async (answers, how) => {
      const { tries, tried, slept, nowMs } = await play(answers as Attempt[], how);
      const counted = tries.failed.filter(({ status }) => status !== 429);
      const isDone = tries.last?.verdict === "done";
      expect(tries.attempts).toBe(tried);
      expect(tries.failed.length + (isDone ? 1 : 0)).toBe(tried);
      expect(counted.length).toBeLessThanOrEqual(5);
      expect(tries.why === undefined).toBe(isDone);
      // The clock stands where the last try ended: no try began at or after the deadline, and after no wait was there nothing.
      expect(slept.length).toBe(Math.max(0, tried - 1));
      if (tried > 0) expect(nowMs - how.ms).toBeLessThan(how.deadlineMs);
    }),
  );
});

describe("the time of one attempt", () => {
  afterEach(() => vi.useRealTimers());

  /** One attempt under a fake clock. */
  function begin(attempt: (context: SendContext) => Promise<Attempt>, change: Partial<RetryContext> = {}) {
    vi.useFakeTimers({ now: 0 });
    const world = { now: Date.now, random: () => 1, sleep: async () => {} };
    const ended: { tries?: Tries } = {};
    retrying(attempt, { connections, deadlineMs: 17_000, world, ...change }).then((tries) => {
      ended.tries = tries;
    });
    return ended;
  }

  const never = () => new Promise<Attempt>(() => {});

  test.each<[string, Partial<RetryContext>, number]>([
    ["is what connecting, waiting and reading may take", { deadlineMs: 60_000 }, 17_000],
    ["is what is left before the deadline", { deadlineMs: 3_000 }, 3_000],
    ["is what it is told", { deadlineMs: 60_000, attemptTimeoutMs: 4_000 }, 4_000],
  ])("%s; then it is ended, and says itself what was missing", async (_, change, timeoutMs) => {
    const endedAt: number[] = [];
    const untilItsTimeIsOver = (context: SendContext) =>
      new Promise<Attempt>((resolve) =>
        setTimeout(() => {
          endedAt.push(Date.now());
          resolve({ verdict: "give-up", error: "NO_TIME_LEFT", problem: "in its words" });
        }, context.leftMs()),
      );
    const ended = begin(untilItsTimeIsOver, change);
    await vi.advanceTimersByTimeAsync(timeoutMs - 1);
    expect([endedAt, ended]).toEqual([[], {}]);
    await vi.advanceTimersByTimeAsync(1);
    expect([endedAt, ended.tries?.failed]).toEqual([
      [timeoutMs],
      [{ atMs: 0, ms: timeoutMs, error: "NO_TIME_LEFT", problem: "in its words" }],
    ]);
    expect(vi.getTimerCount()).toBe(0);
  });

  test("is at most a tenth of a second longer for one that does not end when its time is over", async () => {
    const ended = begin(never);
    await vi.advanceTimersByTimeAsync(17_099);
    expect(ended).toEqual({});
    await vi.advanceTimersByTimeAsync(1);
    expect(ended.tries).toEqual({
      attempts: 1,
      last: { verdict: "retry", error: "NO_TIME_LEFT", problem: "no answer within 17.0 s" },
      why: "no time for another try before the deadline",
      failed: [{ atMs: 0, ms: 17_100, error: "NO_TIME_LEFT", problem: "no answer within 17.0 s" }],
    });
    expect(vi.getTimerCount()).toBe(0);
  });

  test("over, leaves no timer behind, whether it succeeds or throws", async () => {
    const ended = begin(async () => done);
    await vi.advanceTimersByTimeAsync(0);
    expect([ended.tries?.attempts, vi.getTimerCount()]).toEqual([1, 0]);

    const world = { now: Date.now, random: () => 1, sleep: async () => {} };
    const bug = retrying(() => Promise.reject(new TypeError("a bug")), { connections, deadlineMs: 17_000, world });
    await expect(bug).rejects.toThrow("a bug");
    expect(vi.getTimerCount()).toBe(0);
  });
});
