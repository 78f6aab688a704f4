import { resources } from "../handlers/by-name.ts";
import documented from "../handlers/event-types.json" with { type: "json" };
import { printable, styled, table } from "../local/terminal.ts";
import { matches } from "../src/condition.ts";
import { isEventType } from "../src/envelope.ts";
import type { Resource } from "../src/resource.ts";
import { typeAdvice } from "../src/suggest/advice.ts";
import { typeIndexOf } from "../src/suggest/type-index.ts";
import { type CatalogueEntry, catalogueEntries, entryOf } from "./catalogue.ts";
import { nearName } from "./near-name.ts";

export interface ListOptions {
  json?: boolean;
}

const PREFIX = "com.oraclecloud.";

/**
 * Prints the documented event types that match any of what is wanted, and what each becomes; of a type that is not documented
 * what it would become, and what was perhaps meant.
 * @param wanted event types, with or without com.oraclecloud.; patterns with `*`; parts of a type, a family, a resource_type or an
 *   X-Yunion-Event; none for all
 * @returns the exit code: 1 if something is not documented
 */
export function listTypes(wanted: readonly string[], { json }: ListOptions): number {
  const asked = wanted.map((text) => text.toLowerCase());
  const found = catalogueEntries().filter((entry) => asked.length === 0 || asked.some((one) => isMeant(one, entry)));
  const missed = asked.filter((one) => !catalogueEntries().some((entry) => isMeant(one, entry)));
  const undocumented = missed.filter(isWhole).map((type) => entryOf(whole(type)));
  if (json) for (const entry of [...found, ...undocumented]) console.log(JSON.stringify(entry));
  else {
    const rows = [
      ...found.map((entry) => rowOf(entry)),
      ...undocumented.map((entry) => rowOf(entry, "not documented")),
    ];
    if (rows.length > 0) console.log(table([HEAD.map((cell) => styled("dim", cell)), ...rows]));
  }
  for (const one of missed) console.error(printable(adviceOn(one)));
  return missed.length === 0 ? 0 : 1;
}

const HEAD = ["event type", "X-Yunion-Event", "family", ""];

function rowOf({ eventType, yunionEvent, family, awaitsEnd }: CatalogueEntry, note = ""): string[] {
  return [
    eventType,
    yunionEvent,
    family ?? "(by rule)",
    awaitsEnd ? "ignored unless a route names it: awaits .end" : note,
  ];
}

function isMeant(wanted: string, { eventType, family = "", resourceType, yunionEvent }: CatalogueEntry): boolean {
  const event = yunionEvent.toLowerCase();
  if (wanted.includes("*"))
    return [eventType, eventType.slice(PREFIX.length), event].some((text) => matches(wanted, text));
  if (wanted.includes("/")) return event === wanted;
  return [eventType, family, resourceType].some((text) => text.includes(wanted));
}

/** True for what is an event type, and no part of one; its beginning may be left out. */
function isWhole(text: string): boolean {
  return !text.includes("*") && text.includes(".") && isEventType(whole(text));
}

function whole(text: string): string {
  return text.startsWith(PREFIX) ? text : PREFIX + text;
}

function adviceOn(wanted: string): string {
  const isPattern = wanted.includes("*") && /^[a-z0-9.*_-]+$/.test(wanted);
  if (isPattern || isWhole(wanted)) return `you name ${typeAdvice(whole(wanted), () => typeIndexOf(documented))}`;
  const audited = Object.entries<Resource>(resources)
    .filter(([family, { is = family }]) => family.includes(wanted) || is.includes(wanted))
    .map(([family, { is = family }]) => `${family} (${is.toUpperCase()}/…)`);
  return audited.length > 0
    ? `${wanted}: Events does not emit it; audit records do, through Connector Hub: ${audited.join(", ")}`
    : `${wanted}: no part of any documented event type, family or resource_type${meantInstead(wanted)}`;
}

function meantInstead(wanted: string): string {
  const names = new Set(catalogueEntries().flatMap(({ family = "", resourceType }) => [family, resourceType]));
  const alike = [...names].filter(({ length }) => Math.abs(length - wanted.length) <= 2);
  const clause = nearName(wanted, alike);
  return clause.startsWith("did you mean") ? `: ${clause}` : "; try another part of it, or a pattern with *";
}
