import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { deadlinesOf } from "../src/deadline.ts";

describe("deadlinesOf an invocation that came at 0", () => {
  test.each<[string, Date | null, { readingMs?: number; lanes?: number; canKeep: boolean }, [number, number, number]]>([
    ["keeps half a second for the reply", new Date(30_000), { canKeep: false }, [29_500, 29_500, 30_000]],
    ["keeps a quarter of a very short time", new Date(1_000), { canKeep: false }, [750, 750, 1_000]],
    ["takes 30 s where the header is missing", null, { canKeep: false }, [29_500, 29_500, 30_000]],
    ["takes 30 s where the header is unreadable", new Date("soon"), { canKeep: false }, [29_500, 29_500, 30_000]],
    ["leaves a deadline that is over where it is", new Date(-5_000), { canKeep: false }, [-5_000, -5_000, -5_000]],
    ["keeps 2.5 s to keep what is undelivered", new Date(30_000), { canKeep: true }, [27_000, 29_500, 30_000]],
    [
      "keeps three times as long as the reading took beside that",
      new Date(30_000),
      { canKeep: true, readingMs: 1_000 },
      [24_000, 29_500, 30_000],
    ],
    [
      "keeps that much for each destination",
      new Date(30_000),
      { canKeep: true, readingMs: 1_000, lanes: 2 },
      [21_000, 29_500, 30_000],
    ],
    [
      "keeps a third of what is left where the reading took long",
      new Date(30_000),
      { canKeep: true, readingMs: 11_500 },
      [23_500, 29_500, 30_000],
    ],
    ["keeps a third of a short time", new Date(5_000), { canKeep: true }, [3_000, 4_500, 5_000]],
    ["keeps nothing of a time that is over", new Date(-5_000), { canKeep: true }, [-5_000, -5_000, -5_000]],
  ])("%s", (_, deadline, { readingMs = 0, lanes = 1, canKeep }, [deliverMs, keepMs, endMs]) => {
    const spent = { startedMs: 0, nowMs: readingMs };
    expect(deadlinesOf(deadline, spent, { canKeep, lanes })).toEqual({ deliverMs, keepMs, endMs });
  });

  test("gives three points in order, and deliveries at least half of the time that is left", () => {
    const spans = [fc.integer({ min: 1, max: 300_000 }), fc.nat(2_000_000_000_000), fc.nat(60_000)] as const;
    fc.assert(
      fc.property(...spans, fc.boolean(), (leftMs, startedMs, readingMs, canKeep) => {
        const nowMs = startedMs + readingMs;
        const { deliverMs, keepMs, endMs } = deadlinesOf(
          new Date(nowMs + leftMs),
          { startedMs, nowMs },
          { canKeep, lanes: 2 },
        );
        expect(endMs).toBe(nowMs + leftMs);
        expect([deliverMs - nowMs >= leftMs / 2, keepMs >= deliverMs, endMs > keepMs]).toEqual([true, true, true]);
      }),
    );
  });
});
