import { readdirSync, readFileSync } from "node:fs";
import { fixture } from "../../local/fixtures.ts";
import { launch } from "./launch.ts";
import type { Receivers } from "./receivers.ts";
import { directoryOf, type Row } from "./rows.ts";

export interface ColdStart {
  /** Spawn to the end of the first reply, the delivery made. */
  ms: number;
  /** CPU time of all its threads until then: what else the machine does hardly changes it. */
  cpuMs: number;
  /** Resident (VmRSS) right after that reply. */
  residentKb: number;
}

export interface Bench {
  node: string;
  event: Uint8Array;
  receivers: Receivers;
}

export function entryOf(row: Row): string {
  return `${directoryOf(row.variant)}/func.cjs`;
}

/** Interleaved, in another order each round: what else the machine does falls on all rows alike. */
export async function measureColdStarts(
  rows: readonly Row[],
  runs: number,
  bench: Bench,
): Promise<Map<Row, ColdStart[]>> {
  const measured = new Map<Row, ColdStart[]>(rows.map((row) => [row, []]));
  // The first round warms up the disk cache and the receivers, and is not counted.
  for (let round = 0; round <= runs; round++) {
    for (const row of shuffled(rows)) {
      const one = await coldStart(row, bench);
      if (round > 0) measured.get(row)?.push(one);
    }
  }
  return measured;
}

async function coldStart(row: Row, { node, event, receivers }: Bench): Promise<ColdStart> {
  const before = row.delivers.map(receivers.count);
  const running = await launch(node, entryOf(row), receivers.config(row.delivers, row.option));
  try {
    await running.invoke(row.fixture === undefined ? event : fixture(row.fixture));
    const ms = performance.now() - running.spawnedMs;
    const spent = { cpuMs: cpuMsOf(running.pid), residentKb: residentKbOf(running.pid) };
    const isDelivered = row.delivers.every((kind, index) => receivers.count(kind) === (before[index] ?? 0) + 1);
    if (!isDelivered) throw new Error(`${row.label}: replied, but the delivery did not arrive`);
    return { ms, ...spent };
  } finally {
    await running.kill();
  }
}

/** Of all threads of a process, so far. */
export function cpuMsOf(pid: number): number {
  const threads = readdirSync(`/proc/${pid}/task`);
  const ns = threads.map((id) => Number(readFileSync(`/proc/${pid}/task/${id}/schedstat`, "utf8").split(" ")[0]));
  return ns.reduce((sum, one) => sum + one, 0) / 1e6;
}

function residentKbOf(pid: number): number {
  return Number(/VmRSS:\s*(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]);
}

export function shuffled<T>(items: readonly T[]): T[] {
  return items
    .map((item) => ({ item, order: Math.random() }))
    .sort((a, b) => a.order - b.order)
    .map(({ item }) => item);
}
