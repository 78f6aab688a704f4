import { execFileSync } from "node:child_process";
import { cpus, loadavg } from "node:os";
import { BATCH_EVENTS, type BatchCost, type BatchRow } from "./batch.ts";
import type { ColdStart } from "./cold-start.ts";
import { median, quantile } from "./quantile.ts";
import { PEER, type Row } from "./rows.ts";
import { table } from "./table.ts";

export function coldStartTable(measured: Map<Row, ColdStart[]>): string {
  const of = (row: Row, what: "ms" | "cpuMs") => (measured.get(row) ?? []).map((one) => one[what]);
  const peer = { ms: median(of(PEER, "ms")), cpuMs: median(of(PEER, "cpuMs")) };
  const rows = [...measured.keys()].map((row) => {
    const ms = of(row, "ms");
    const cpuMs = median(of(row, "cpuMs"));
    const shown = [median(ms), Math.min(...ms), Math.max(...ms), median(ms) - peer.ms].map((value) => value.toFixed(1));
    const ratio = ratioAgainst(median(ms) / peer.ms, row.limit?.coldStart);
    return [row.label, ...shown, ratio, cpuMs.toFixed(1), ratioAgainst(cpuMs / peer.cpuMs)];
  });
  return table(["cold start", "median ms", "min", "max", "over the peer", "ratio", "CPU ms", "ratio of CPU"], rows);
}

export function memoryTable(measured: Map<Row, ColdStart[]>): string {
  const mbOf = (row: Row) => (measured.get(row) ?? []).map(({ residentKb }) => residentKb / 1024);
  const peer = median(mbOf(PEER));
  const rows = [...measured.keys()].map((row) => {
    const mb = mbOf(row);
    const ratio = median(mb) / peer;
    const cells = [median(mb), Math.min(...mb), Math.max(...mb)].map((value) => value.toFixed(1));
    return [row.label, ...cells, ratioAgainst(ratio, row.limit?.memory)];
  });
  return table(["resident memory", "median MiB", "min", "max", "ratio"], rows);
}

export function warmTable(measured: Map<Row, number[]>): string {
  const peer = median(measured.get(PEER) ?? []);
  const rows = [...measured].map(([row, ms]) => [
    row.label,
    ...[median(ms), quantile(ms, 0.95), Math.min(...ms), median(ms) - peer].map((value) => value.toFixed(2)),
    ratioAgainst(median(ms) / peer),
  ]);
  return table(["warm, one event", "median ms", "p95", "min", "over the peer", "ratio"], rows);
}

export function batchTable(measured: Map<BatchRow, BatchCost[]>): string {
  const of = (row: BatchRow, what: keyof BatchCost) => (measured.get(row) ?? []).map((one) => one[what]);
  const cells = (row: BatchRow, what: keyof BatchCost) => {
    const values = of(row, what);
    const shown = [median(values), quantile(values, 0.1), quantile(values, 0.9)].map((value) => value.toFixed(0));
    return [...shown, ratioAgainst(median(values) / median(of(row.peer ?? row, what)), row.limit?.[what])];
  };
  const rows = [...measured.keys()].map((row) => [row.label, ...cells(row, "ms"), ...cells(row, "cpuMs")]);
  const spread = ["p10", "p90", "ratio"];
  return table(
    [`${BATCH_EVENTS.toLocaleString("en")} events in one call`, "median ms", ...spread, "CPU ms", ...spread],
    rows,
  );
}

/** As variants/in-process.ts prints it: microseconds of one call, a value for each batch. */
export interface InProcess {
  sizes: readonly { name: string; bytes: number; ours: number[]; theirs: number[] }[];
  routes: readonly { routes: number; us: number[] }[];
}

/** Times JSON.parse of the same bytes. */
const MAX_RATIO_TO_PARSE = 3.5;

export function inProcessTable({ sizes }: InProcess): string {
  const rows = sizes.map(({ name, bytes, ours, theirs }) => [
    `${name}: ${bytes.toLocaleString("en")} bytes`,
    ...[median(ours), quantile(ours, 0.95), median(theirs)].map((value) => value.toFixed(2)),
    ratioAgainst(median(ours) / median(theirs), MAX_RATIO_TO_PARSE),
  ]);
  return table(["one event in the process", "median µs", "p95", "JSON.parse alone, µs", "ratio"], rows);
}

/** Times what the fewest routes cost. */
const MAX_RATIO_OF_ROUTES = 1.5;

export function routesTable({ routes }: InProcess): string {
  const fewest = median(routes[0]?.us ?? []);
  const rows = routes.map(({ routes: count, us }) => [
    count.toLocaleString("en"),
    ...[median(us), quantile(us, 0.95)].map((value) => value.toFixed(2)),
    ratioAgainst(median(us) / fewest, MAX_RATIO_OF_ROUTES),
  ]);
  return table(["routes of literal types", "median µs", "p95", "ratio"], rows);
}

/** Of cold start and memory, with the catalogue and without. */
const MAX_GROWTH = 1.05;

/** What the catalogue's tables cost: those that need them, and those that do not. */
export function catalogueTable(measured: Map<Row, ColdStart[]>): string {
  const webhookRow = (variant: string, fixture: string | undefined) =>
    [...measured.keys()].find(
      (row) =>
        row.variant === variant &&
        row.fixture === fixture &&
        row.option === undefined &&
        row.delivers.join() === "webhook",
    );
  const of = (variant: string, fixture: string | undefined, what: keyof ColdStart) => {
    const row = webhookRow(variant, fixture);
    return median((row && measured.get(row)?.map((one) => one[what])) ?? []);
  };
  const rows = [undefined, "volume-created"].flatMap((fixture) =>
    (["ms", "cpuMs", "residentKb"] as const).map((what) => {
      const [before, after] = [of("no-catalogue", fixture, what), of("relay", fixture, what)];
      const limit = fixture === undefined && what !== "cpuMs" ? MAX_GROWTH : undefined;
      const shown = [before, after].map((value) => (what === "residentKb" ? value / 1024 : value).toFixed(1));
      const names = { ms: "ms", cpuMs: "ms of CPU", residentKb: "MiB" };
      return [`${fixture ?? "instance-launched"}, ${names[what]}`, ...shown, ratioAgainst(after / before, limit)];
    }),
  );
  return table(["cold start with", "tables emptied", "with the tables", "ratio"], rows);
}

/** "1.62, limit 1.7: kept"; without a limit the ratio alone. */
function ratioAgainst(ratio: number, limit?: number): string {
  if (limit === undefined) return ratio.toFixed(2);
  return `${ratio.toFixed(2)}, limit ${limit}: ${ratio <= limit ? "kept" : "MISSED"}`;
}

/** When, where and of what the tables are. */
export function provenance(node: string, runs: number, loadBefore: number): string {
  const machine = cpus();
  return [
    `${new Date().toISOString().slice(0, 10)}, ${commit()}`,
    `Node ${execFileSync(node, ["-p", "process.versions.node"], { encoding: "utf8" }).trim()}`,
    `${machine[0]?.model ?? "unknown processor"}, ${machine.length} cores`,
    `load average ${loadBefore.toFixed(1)} before, ${(loadavg()[0] ?? 0).toFixed(1)} after`,
    `${runs} runs a row`,
  ].join("; ");
}

function commit(): string {
  const git = (...args: string[]) =>
    execFileSync("git", args, { encoding: "utf8", stdio: "pipe", cwd: import.meta.dirname });
  try {
    const isDirty = git("status", "--porcelain", "--", ":/", ":!/test/bench/RESULTS.md") !== "";
    return `commit ${git("rev-parse", "--short", "HEAD").trim()}${isDirty ? " (dirty)" : ""}`;
  } catch {
    return "no commit: not a git repository";
  }
}
