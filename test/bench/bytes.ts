import { readdirSync, statSync } from "node:fs";
import { directoryOf, ROWS, type Row } from "./rows.ts";
import { table } from "./table.ts";

const MAX_ENTRY_BYTES = 150_000;

/** What stands on disk for each variant. */
export function bytesTable(): string {
  const variants = new Map<string, Row>();
  for (const row of ROWS) if (!variants.has(row.variant)) variants.set(row.variant, row);
  const rows = [...variants].map(([variant, { label }]) => {
    const entry = sizeOf(variant, "func.cjs") + sizeOf(variant, "relay.cjs");
    const caches = [cacheSizeOf(variant, "relay.cjs"), cacheSizeOf(variant, "oci.cjs")];
    const size = [entry, caches[0] ?? 0, sizeOf(variant, "oci.cjs"), caches[1] ?? 0].map(grouped);
    if (variant !== "relay") return [label, ...size, ""];
    return ["**relay**, what ships", ...size, `150,000: ${entry <= MAX_ENTRY_BYTES ? "kept" : "MISSED"}`];
  });
  const eventTypes = ["its list of event types", grouped(sizeOf("relay", "event-types.json")), "", "", "", ""];
  return table(
    ["bytes", "entry", "its code cache", "oci.cjs", "its code cache", "limit of the entry"],
    [...rows, eventTypes],
  );
}

function sizeOf(variant: string, file: string): number {
  return statSync(`${directoryOf(variant)}/${file}`, { throwIfNoEntry: false })?.size ?? 0;
}

/** A code cache bears the name of the Node that made it. */
function cacheSizeOf(variant: string, file: string): number {
  const cache = readdirSync(directoryOf(variant)).find(
    (name) => name.startsWith(`${file}.`) && name.endsWith(".cache"),
  );
  return cache === undefined ? 0 : sizeOf(variant, cache);
}

function grouped(count: number): string {
  return count === 0 ? "" : count.toLocaleString("en");
}
