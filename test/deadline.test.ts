import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { deadlinesOf } from "../src/deadline.ts";

const NOTHING_TO_KEEP = undefined;
const EVENT = { isBatch: false };
const BATCH = { isBatch: true };

describe("deadlinesOf an invocation at 0", () => {
  test.each<[string, Date | null, { isBatch: boolean } | undefined, [number, number, number]]>([
    ["keeps half a second for the reply", new Date(30_000), NOTHING_TO_KEEP, [29_500, 29_500, 30_000]],
    ["keeps a quarter of a very short time", new Date(1_000), NOTHING_TO_KEEP, [750, 750, 1_000]],
    ["takes 30 s where the header is missing", null, NOTHING_TO_KEEP, [29_500, 29_500, 30_000]],
    ["takes 30 s where the header is unreadable", new Date("soon"), NOTHING_TO_KEEP, [29_500, 29_500, 30_000]],
    ["leaves a deadline that is over where it is", new Date(-5_000), NOTHING_TO_KEEP, [-5_000, -5_000, -5_000]],
    ["keeps 2.5 s to keep what is undelivered", new Date(30_000), EVENT, [27_000, 29_500, 30_000]],
    ["keeps 6 s to keep what is undelivered of a batch", new Date(30_000), BATCH, [23_500, 29_500, 30_000]],
    ["keeps a third of a short time for that", new Date(5_000), EVENT, [3_000, 4_500, 5_000]],
    ["keeps a third of a short time for that of a batch", new Date(5_000), BATCH, [3_000, 4_500, 5_000]],
    ["keeps nothing of a time that is over", new Date(-5_000), BATCH, [-5_000, -5_000, -5_000]],
  ])("%s", (_, deadline, work, [deliverMs, keepMs, endMs]) => {
    expect(deadlinesOf(deadline, 0, work)).toEqual({ deliverMs, keepMs, endMs });
  });

  test("gives three points in order, and deliveries at least half of the time that there is", () => {
    const work = fc.constantFrom(NOTHING_TO_KEEP, EVENT, BATCH);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300_000 }), fc.nat(2_000_000_000_000), work, (leftMs, nowMs, keeping) => {
        const { deliverMs, keepMs, endMs } = deadlinesOf(new Date(nowMs + leftMs), nowMs, keeping);
        expect(endMs).toBe(nowMs + leftMs);
        expect([deliverMs - nowMs >= leftMs / 2, keepMs >= deliverMs, endMs > keepMs]).toEqual([true, true, true]);
      }),
    );
  });
});
