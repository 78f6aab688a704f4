import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { MAX_LANE_SOCKETS } from "../../src/deliver/lane.ts";
import { freshEvent } from "../fresh-event.ts";
import { type Bench, cpuMsOf, shuffled } from "./cold-start.ts";
import { type Launched, launch } from "./launch.ts";
import { recorded } from "./recorded.ts";
import { directoryOf } from "./rows.ts";

/** One function that is given a batch to deliver. */
export interface BatchRow {
  label: string;
  variant: string;
  /** Of a client: how many requests it has under way at a time. */
  atOnce?: number;
  /** Batches of 1,000 before the one that counts: until the code has been compiled for speed. */
  warmUps: number;
  /** The row that its ratios are against, measured in the same run; absent for a peer. */
  peer?: BatchRow;
  /** What the project promises: times the peer. */
  limit?: { ms: number; cpuMs: number };
}

const WARM_BATCHES = 6;

const client = (warmUps: number, when: string): BatchRow => ({
  label: `**bare HTTP client**, ${MAX_LANE_SOCKETS} at a time, ${when} (the peer)`,
  variant: "bare-client",
  atOnce: MAX_LANE_SOCKETS,
  warmUps,
});
const WARM_CLIENT = client(WARM_BATCHES, "warm");
const FIRST_CLIENT = client(0, "first batch");

const ROWS: readonly BatchRow[] = [
  {
    label: "**relay**, webhook, warm",
    variant: "relay",
    warmUps: WARM_BATCHES,
    peer: WARM_CLIENT,
    limit: { ms: 1.1, cpuMs: 2.5 },
  },
  WARM_CLIENT,
  { label: "relay, webhook, first batch of a container", variant: "relay", warmUps: 0, peer: FIRST_CLIENT },
  FIRST_CLIENT,
  { label: "a plain loop of awaits, first batch", variant: "bare-client", atOnce: 1, warmUps: 0, peer: FIRST_CLIENT },
];

export const BATCH_EVENTS = 1_000;
const WARM_UP_EVENTS = 50;

export interface BatchCost {
  /** From the call to the end of its reply. */
  ms: number;
  /** CPU time of all threads meanwhile. */
  cpuMs: number;
}

/** Each time a fresh process, batches to warm up and the batch that counts; the rows in another order each round. */
export async function measureBatches(runs: number, bench: Bench): Promise<Map<BatchRow, BatchCost[]>> {
  const measured = new Map<BatchRow, BatchCost[]>(ROWS.map((row) => [row, []]));
  const receiver = await startSlowReceiver();
  try {
    const requests = await requestsOfRelay(bench);
    for (let round = 0; round < runs; round++) {
      for (const row of shuffled(ROWS)) {
        const config = { ...bench.receivers.config(["webhook"]), WEBHOOK_URL: `${receiver.url}/hook` };
        const client = row.atOnce === undefined ? {} : { REQUESTS: requests, AT_ONCE: String(row.atOnce) };
        const launched = await launch(bench.node, `${directoryOf(row.variant)}/func.cjs`, { ...config, ...client });
        try {
          const context = { launched, bench, answered: receiver.answered };
          await deliver(WARM_UP_EVENTS, row, context);
          for (let n = 0; n < row.warmUps; n++) await deliver(BATCH_EVENTS, row, context);
          const cost = await deliver(BATCH_EVENTS, row, context);
          measured.get(row)?.push(cost);
        } finally {
          await launched.kill();
        }
      }
    }
  } finally {
    receiver.kill();
  }
  return measured;
}

async function deliver(
  count: number,
  row: BatchRow,
  { launched, bench, answered }: { launched: Launched; bench: Bench; answered: () => Promise<number> },
): Promise<BatchCost> {
  const input = row.atOnce === undefined ? batchOf(count, bench) : Buffer.from(String(count));
  const before = { answered: await answered(), cpuMs: cpuMsOf(launched.pid) };
  const startedMs = performance.now();
  const reply = await launched.invoke(input);
  const ms = performance.now() - startedMs;
  const cpuMs = cpuMsOf(launched.pid) - before.cpuMs;
  const arrived = (await answered()) - before.answered;
  const told = JSON.parse(reply).counts?.delivered;
  if (told !== count || arrived !== count) {
    throw new Error(`${row.label}: of ${count} events ${arrived} arrived, and it told of ${told}`);
  }
  return { ms, cpuMs };
}

/** Each event under an eventID of its own: what it has delivered, the relay does not deliver again. */
function batchOf(count: number, { event }: Bench): Buffer {
  return Buffer.from(`[${Array.from({ length: count }, () => freshEvent(event)).join(",")}]`);
}

/** A file with what the relay sends for such a batch: a client sends the same bytes. */
async function requestsOfRelay(bench: Bench): Promise<string> {
  const requests = await recorded(async (url) => {
    const config = { ...bench.receivers.config(["webhook"]), WEBHOOK_URL: `${url}/hook` };
    const launched = await launch(bench.node, `${directoryOf("relay")}/func.cjs`, config);
    try {
      await launched.invoke(batchOf(BATCH_EVENTS, bench));
    } finally {
      await launched.kill();
    }
  });
  if (requests.length !== BATCH_EVENTS) throw new Error(`the relay sent ${requests.length} of ${BATCH_EVENTS} events`);
  const file = join(mkdtempSync(join(tmpdir(), "requests-")), "requests.json");
  writeFileSync(file, JSON.stringify(requests));
  return file;
}

interface SlowReceiver {
  url: string;
  /** How many requests so far. */
  answered: () => Promise<number>;
  kill: () => void;
}

async function startSlowReceiver(): Promise<SlowReceiver> {
  const child = fork(fileURLToPath(new URL("slow-receiver.ts", import.meta.url)));
  const ended = once(child, "exit").then(() => Promise.reject(new Error("the slow receiver has ended")));
  // That it ends by our own hand is no news.
  ended.catch(() => {});
  const said = (): Promise<number> => Promise.race([once(child, "message").then(([message]) => message), ended]);
  const port = await said();
  return {
    url: `http://127.0.0.1:${port}`,
    answered() {
      const answer = said();
      child.send("how many?");
      return answer;
    },
    kill: () => child.kill(),
  };
}
