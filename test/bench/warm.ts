import { freshEvent } from "../fresh-event.ts";
import { type Bench, entryOf } from "./cold-start.ts";
import { type Launched, launch } from "./launch.ts";
import type { Row } from "./rows.ts";

const WARM_UP_EVENTS = 200;
const BLOCK_EVENTS = 50;

/**
 * Milliseconds of each of many events, one at a time, in one process a row that is never frozen. The rows take turns in
 * blocks, so that what else the machine does falls on all alike.
 */
export async function measureWarm(rows: readonly Row[], events: number, bench: Bench): Promise<Map<Row, number[]>> {
  // Each its own event, made before the clock runs: of a repeat the relay would measure how fast it does nothing.
  const fresh = (count: number) => Array.from({ length: count }, () => freshEvent(bench.event));
  const before = { webhook: bench.receivers.count("webhook"), ons: bench.receivers.count("ons") };
  const running: { row: Row; launched: Launched; measured: number[] }[] = [];
  try {
    for (const row of rows) {
      const launched = await launch(bench.node, entryOf(row), bench.receivers.config(row.delivers));
      running.push({ row, launched, measured: [] });
      for (const event of fresh(WARM_UP_EVENTS)) await launched.invoke(event);
    }
    for (let block = 0; block < events / BLOCK_EVENTS; block++) {
      for (const { launched, measured } of running) {
        for (const event of fresh(BLOCK_EVENTS)) {
          const startedMs = performance.now();
          await launched.invoke(event);
          measured.push(performance.now() - startedMs);
        }
      }
    }
    for (const kind of ["webhook", "ons"] as const) {
      const sent = running.filter(({ row }) => row.delivers.includes(kind)).map(({ measured }) => measured.length);
      const expected = sent.reduce((sum, count) => sum + WARM_UP_EVENTS + count, 0);
      const arrived = bench.receivers.count(kind) - before[kind];
      if (arrived !== expected) throw new Error(`${kind}: ${arrived} deliveries arrived of ${expected}`);
    }
  } finally {
    await Promise.all(running.map(({ launched }) => launched.kill()));
  }
  return new Map(running.map(({ row, measured }) => [row, measured]));
}
