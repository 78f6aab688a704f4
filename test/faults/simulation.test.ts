import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Lab, startLab } from "./lab.ts";
import { type Books, type Programme, simulate } from "./simulation.ts";

let lab: Lab;
beforeAll(async () => {
  lab = await startLab();
});
afterAll(() => {
  console.log(written(runs));
  return lab.close();
});

const runs: { programme: Programme; books: Books }[] = [];

/** RELAY_SEED runs one more; a seed that once failed stays here. */
const SEEDS = [1, 2, 3, 4, 5, ...(process.env.RELAY_SEED ? [Number(process.env.RELAY_SEED)] : [])];

const PROGRAMMES: Programme[] = SEEDS.map((seed) => ({
  seed,
  events: 4_200,
  containers: 8,
  keepsLetters: seed % 5 !== 4,
  sharesRecord: seed % 5 !== 3,
}));

describe("under random faults every event is delivered, kept, or its call fails", () => {
  // One after the other: a machine that is busy with the lab itself is one more fault, and not one of the relay's.
  test.each(PROGRAMMES.map((programme) => [programme.seed, programme] as const))(
    "seed %i",
    { timeout: 300_000 },
    async (_, programme) => {
      const books = await simulate(lab, programme);
      runs.push({ programme, books });
      const { lost, untrue, unexplained, late, fates, sent } = books;
      expect({ lost, untrue, unexplained, late }).toEqual({ lost: [], untrue: [], unexplained: [], late: 0 });
      expect(Object.values(fates).reduce((sum, count) => sum + count, 0)).toBe(sent);
    },
  );

  test("over at least 20,000 events", () => {
    expect(runs.reduce((sum, { books }) => sum + books.sent, 0)).toBeGreaterThanOrEqual(20_000);
  });
});

function written(all: typeof runs): string {
  const rows = [...all]
    .sort((a, b) => a.programme.seed - b.programme.seed)
    .map(({ programme, books: { sent, fates, extra, causes, calls, lost } }) => {
      const { delivered, duplicate, ignored, rejected, failed } = fates;
      const parts = `${delivered} delivered + ${fates["dead-lettered"]} dead-lettered + ${rejected} rejected + ${duplicate} duplicate + ${ignored} ignored + ${failed} failed`;
      return `seed ${programme.seed}: ${sent} sent = ${parts}; ${lost.length} lost; ${extra} extra deliveries ${JSON.stringify(causes)}; ${calls} calls`;
    });
  return rows.join("\n");
}
