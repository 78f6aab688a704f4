import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { fixture } from "../../local/fixtures.ts";
import { MAX_LANE_SOCKETS } from "../../src/deliver/lane.ts";
import { nodeRelease } from "../node-release.ts";
import { BATCH_EVENTS, measureBatches } from "./batch.ts";
import { bytesTable } from "./bytes.ts";
import { measureColdStarts } from "./cold-start.ts";
import { startReceivers } from "./receivers.ts";
import {
  batchTable,
  catalogueTable,
  coldStartTable,
  type InProcess,
  inProcessTable,
  memoryTable,
  provenance,
  routesTable,
  warmTable,
} from "./report.ts";
import { directoryOf, ROWS } from "./rows.ts";
import { measureWarm } from "./warm.ts";

const USAGE = "npm run bench [-- --runs 25] [--events 1000] [--node <path>] [--write]";
const IN_PROCESS_TIMEOUT_MS = 60_000;
/** A batch takes as long as many cold starts, and spreads less. */
const RUNS_PER_BATCH_RUN = 5;
const MIN_BATCH_RUNS = 5;

const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "25" },
    events: { type: "string", default: "1000" },
    node: { type: "string" },
    write: { type: "boolean", default: false },
  },
});
const runs = countOf("runs", values.runs, 500);
const events = countOf("events", values.events, 20_000);

if (process.platform !== "linux") fail("the bench reads /proc, so it runs on Linux only");

// Sockets, tokens and keys stand below one directory, which goes whatever the end of this process; its children go with it
// too (launch.ts).
const temporary = mkdtempSync(join(tmpdir(), "bench-"));
process.env.TMPDIR = temporary;
process.on("exit", () => rmSync(temporary, { recursive: true, force: true }));
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => process.exit(1));

const node = values.node ?? nodeRelease(22);
const loadBefore = loadavg()[0] ?? 0;
execFileSync(node, [...process.execArgv, fileURLToPath(new URL("build-variants.ts", import.meta.url))], {
  stdio: "inherit",
});
const receivers = await startReceivers();
const bench = { node, event: fixture("instance-launched"), receivers };

const cold = await measureColdStarts(ROWS, runs, bench);
const warmRows = ROWS.filter((row) => row.isWarm);
const warm = await measureWarm(warmRows, events, bench);
const batchRuns = Math.max(MIN_BATCH_RUNS, Math.ceil(runs / RUNS_PER_BATCH_RUN));
const batches = await measureBatches(batchRuns, bench);
const inProcess: InProcess = JSON.parse(
  execFileSync(node, [`${directoryOf("in-process")}/func.cjs`], { encoding: "utf8", timeout: IN_PROCESS_TIMEOUT_MS }),
);
const verifyingMs = receivers.verifyingMs() / receivers.count("ons");
await receivers.close();

const report = `# What it costs

${provenance(node, runs, loadBefore)}. Made by \`npm run bench -- --write\`.

## Cold start

Spawn to the end of the first reply, the delivery made: the receiver on loopback has it and has verified its signature.
Fresh processes, interleaved, in another order each round. Every ratio is against the FDK no-op of the same run. CPU time is
that of all threads of the process: on a machine that others use too, it is the steadier measure.

${coldStartTable(cold)}

## Warm

${events} events one after the other, each with an eventID of its own, after 200 to warm up; one process a row, not frozen, the
rows by turns. The difference to the no-op includes the delivery itself over a new loopback connection; of an ONS row,
${verifyingMs.toFixed(2)} ms are the receiver's own, for verifying token and signature.

${warmTable(warm)}

## A batch

One call with ${BATCH_EVENTS.toLocaleString("en")} events for a webhook whose receiver takes 10 ms for each answer: a process of its own on loopback, which
verifies nothing. The relay has ${MAX_LANE_SOCKETS} requests under way at a time. Its peer has as many, over one keep-alive agent of node:http, and
sends the very bytes that the relay has sent before, from memory: it reads, makes and signs nothing. ${batchRuns} runs a row, each in
a fresh process that has had a batch of 50, in another order each round; every event with an eventID of its own. A warm process
has had six batches of 1,000 before: until then V8 is still compiling, and a container's first batch takes as long as its CPU.

${batchTable(batches)}

## Bytes

The entry is all that is loaded at every start. \`oci.cjs\`, the services of OCI and the SDK, is loaded only where a topic, a
bucket or a secret of the vault is configured; of the other parts each only where it is needed; the list of event types only
where one is looked up. What the unbundled naive function takes from node_modules is not counted.

${bytesTable()}

## Memory

VmRSS right after the first reply, of the processes of the first table.

${memoryTable(cold)}

## One event in the process

Classify, parse, look for what is odd, route, identify and normalise, against JSON.parse of the same bytes; no HTTP, no
delivery, warm.

${inProcessTable(inProcess)}

The same with routes that each name one documented type; the event's type is that of the first.

${routesTable(inProcess)}

## The catalogue

What the tables of all families and names cost (\`handlers/by-name.ts\`), against a relay in which they are empty. They are loaded with
the first event that no handler names: one about an instance never pays for them, one about a block volume does.

${catalogueTable(cold)}
`;
console.log(report);
if (report.includes("MISSED")) process.exitCode = 1;
if (values.write) writeFileSync(new URL("RESULTS.md", import.meta.url), report);

function countOf(name: string, text: string, max: number): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1 && count <= max) return count;
  return fail(`--${name}: expected a whole number from 1 to ${max}, got ${text}\n${USAGE}`);
}

function fail(problem: string): never {
  console.error(problem);
  process.exit(2);
}
