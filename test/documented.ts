import { type CatalogueEntry, catalogueEntries } from "../ops/catalogue.ts";
import { grouped } from "./grouped.ts";

/** An operation that Oracle documents, with all phases it has. */
export interface Operation {
  service: string;
  /** Without phase: createvolume */
  operation: string;
  /** In Oracle's order; "" for the operation itself, as updateinstance has it. */
  phases: readonly string[];
  entries: readonly CatalogueEntry[];
}

/** Every documented operation, in the order of Oracle's list. */
export function operations(): Operation[] {
  return [...grouped(catalogueEntries(), ({ service, operation }) => `${service}.${operation}`).values()].map(
    (entries) => {
      const { service = "", operation = "" } = entries[0] ?? {};
      return { service, operation, entries, phases: entries.map(({ phase = "" }) => phase) };
    },
  );
}

export function typeOf({ service, operation }: Operation, phase: string): string {
  return `com.oraclecloud.${service}.${operation}${phase === "" ? "" : `.${phase}`}`;
}
