import documented from "../handlers/event-types.json" with { type: "json" };
import { printable, table } from "../local/terminal.ts";
import { matches } from "../src/condition.ts";
import { typeAdvice } from "../src/suggest/advice.ts";
import { typeIndexOf } from "../src/suggest/type-index.ts";
import { type CatalogueEntry, catalogueEntries } from "./catalogue.ts";

export interface TypesCommand {
  json?: boolean;
}

/**
 * Prints the documented event types that match, and what each becomes.
 * @param wanted event types, patterns with `*`, or parts of a type, family or X-Yunion-Event; none for all
 * @returns the exit code
 */
export function typesCommand(wanted: readonly string[], { json }: TypesCommand): number {
  const found = catalogueEntries().filter((entry) => wanted.length === 0 || wanted.some((one) => isMeant(one, entry)));
  if (json) for (const entry of found) console.log(JSON.stringify(entry));
  else if (found.length > 0) console.log(table(found.map(rowOf)));
  const missed = wanted.filter((one) => !catalogueEntries().some((entry) => isMeant(one, entry)));
  for (const one of missed) console.error(printable(adviceOn(one)));
  return missed.length === 0 ? 0 : 1;
}

function isMeant(wanted: string, { eventType, family, yunionEvent }: CatalogueEntry): boolean {
  const text = wanted.toLowerCase();
  if (text.includes("*") || text.startsWith("com.")) return matches(text, eventType);
  return eventType.includes(text) || family === text || yunionEvent.toLowerCase() === text;
}

function rowOf({ eventType, yunionEvent, family = "-", awaitsEnd }: CatalogueEntry): string[] {
  return [eventType, yunionEvent, family, awaitsEnd ? "ignored, awaits .end" : ""];
}

function adviceOn(wanted: string): string {
  const type = wanted.toLowerCase();
  if (type.startsWith("com.oraclecloud.")) return typeAdvice(type, typeIndexOf(documented));
  return `${wanted}, no part of any documented event type; try another part, or a pattern such as "com.oraclecloud.*volume*"`;
}
