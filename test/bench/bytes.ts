import { readdirSync, statSync } from "node:fs";
import { directoryOf, ROWS, type Row } from "./rows.ts";
import { table } from "./table.ts";

const MAX_ENTRY_BYTES = 150_000;

/** What is loaded at every start. */
const ENTRY = ["func.cjs", "relay.cjs"];

/** What stands on disk for each variant. */
export function bytesTable(): string {
  const variants = new Map<string, Row>();
  for (const row of ROWS) if (!variants.has(row.variant)) variants.set(row.variant, row);
  const rows = [...variants].map(([variant, { label }]) => {
    const others = filesOf(variant).filter((file) => ![...ENTRY, "oci.cjs"].includes(file));
    const sizes = [ENTRY, ["oci.cjs"], others].flatMap((files) => [
      total(files, (file) => sizeOf(variant, file)),
      total(files, (file) => cacheSizeOf(variant, file)),
    ]);
    const [entry = 0] = sizes;
    if (variant !== "relay") return [label, ...sizes.map(grouped), ""];
    const limit = `150,000: ${entry <= MAX_ENTRY_BYTES ? "kept" : "MISSED"}`;
    return ["**relay**, what ships", ...sizes.map(grouped), limit];
  });
  const others = filesOf("relay").filter((file) => ![...ENTRY, "oci.cjs"].includes(file));
  const each = others.map((file) => {
    const sizes = [sizeOf("relay", file), cacheSizeOf("relay", file)];
    return [`of it ${file}`, "", "", "", "", ...sizes.map(grouped), ""];
  });
  const eventTypes = ["its list of event types", "", "", "", "", grouped(sizeOf("relay", "event-types.json")), "", ""];
  return table(
    [
      ...["bytes", "entry", "its code cache", "oci.cjs", "its code cache", "other parts", "their code caches"],
      "limit of the entry",
    ],
    [...rows, ...each, eventTypes],
  );
}

function total(files: readonly string[], of: (file: string) => number): number {
  return files.reduce((sum, file) => sum + of(file), 0);
}

/** The bundles of a variant. */
function filesOf(variant: string): string[] {
  return readdirSync(directoryOf(variant)).filter((file) => file.endsWith(".cjs"));
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
