import type { Notification } from "../notification.ts";
import { FOOTER, ID_LABELS } from "../own-message.ts";
import { isRecord } from "../problem.ts";
import { UNSAFE_TEXT } from "../unsafe-text.ts";

/** Characters before the values, and of a line; only what has no space in it is longer. */
const LABEL_CHARS = 15;
const LINE_CHARS = 100;
/** OCI's own texts are shorter: an OCID has up to 255, the value of a tag 256. */
const MAX_VALUE_CHARS = 300;
/** A link that is cut leads nowhere. */
const MAX_LINK_CHARS = 1_000;
/**
 * Of the lines that may be any number. With 16 values of 300 characters, of 3 bytes each, and a link beside them, one text
 * stays under the 62 KB of a message.
 */
const MAX_DETAIL_BYTES = 12 * 1024;
const MAX_TAG_BYTES = 24 * 1024;

/** The body of a message for people: what there is to know of each notification, and the line by which the relay knows its own. */
export function onsText(notifications: readonly Notification[]): string {
  const count = notifications.length;
  const [first] = notifications;
  if (count === 1 && first !== undefined) return `${textOf(first)}\n\n${FOOTER}\n`;
  const texts = notifications.map((each, at) => `${separator(at + 1, count)}\n\n${textOf(each)}`);
  return [`${count} events`, ...texts, `${FOOTER}\n`].join("\n\n");
}

function separator(number: number, count: number): string {
  return `---- ${number} of ${count} `.padEnd(72, "-");
}

/** More than the separator of a text and the line breaks around it take. */
export const SEPARATOR_BYTES = 90;

/**
 * Instance web-1 created in prod
 *
 * Resource:     server web-1
 *               ocid1.instance.oc1.iad.anuw…
 * When:         Mon, 02 Mar 2026 08:16:07 UTC
 * …
 */
export function textOf({ title, resourceType, result, details, consoleUrl }: Notification): string {
  const oci = isRecord(details.oci) ? details.oci : {};
  const tags = isRecord(details.metadata) ? details.metadata : {};
  const { "sys:CreatedBy": createdBy, "sys:CreatedOn": createdOn, ...otherTags } = tags;
  const { old_status: before, new_status: after, status } = details;
  const hasChanged = before !== undefined && after !== undefined && before !== after;
  const { event_id, event_type, event_time } = oci;
  return [
    [clean(title)],
    [
      ...labelled("Resource:", resourceType.replaceAll("_", " "), details.name),
      ...labelled("", details.id ?? details.external_id),
      ...labelled("When:", utcOf(event_time)),
      ...labelled("Region:", details.region_ext_id),
      ...labelled("AD:", details.zone_ext_id),
      ...labelled("Compartment:", oci.compartment_name || oci.compartment_id),
      ...(oci.compartment_name ? labelled("", oci.compartment_id) : []),
      ...(result === "failed" ? labelled("Result:", "failed") : []),
      ...labelled("Status:", ...(hasChanged ? [before, "->", after] : [status])),
      ...detailLines(details),
      ...creatorLines(createdBy, createdOn),
      ...tagLines(otherTags),
    ],
    [
      ...consoleLines(consoleUrl),
      idLine(ID_LABELS.event_id, event_id),
      idLine(ID_LABELS.event_type, event_type),
      idLine(ID_LABELS.event_time, event_time),
    ],
  ]
    .map((lines) => lines.join("\n"))
    .join("\n\n")
    .toWellFormed();
}

/** What has a line of its own, or is the same for everything that OCI sends. */
const TOLD = new Set([
  ...["id", "external_id", "name", "status", "old_status", "new_status", "region_ext_id", "zone_ext_id"],
  ...["region_external_id", "metadata", "oci", "provider", "brand", "cloud_env", "environment", "source", "hypervisor"],
]);

/** What else the event's family knows: its shape, the severity and the text of an alarm. */
function detailLines(details: Notification["details"]): string[] {
  const others = Object.entries(details).filter(([key]) => !TOLD.has(key));
  return bounded(others, MAX_DETAIL_BYTES, ([key, value]) => labelled(labelOf(key), value));
}

/** Whose doing it was, OCI's events do not tell; who once made the resource, its tag does. */
function creatorLines(by: unknown, on: unknown): string[] {
  const lines = [...labelled("Created by:", by), ...labelled("Created on:", utcOf(on) || on)];
  return lines.length === 0 ? [] : [...lines, ...labelled("", "(by the resource's tags; who did this may be another)")];
}

/** `ext:` are the freeform ones, `sys:` those of Oracle-Tags. */
function tagLines(tags: Record<string, unknown>): string[] {
  return bounded(Object.entries(tags), MAX_TAG_BYTES, ([key, value], at) => {
    const end = key.indexOf(":");
    const namespace = end === -1 ? "ext" : key.slice(0, end);
    const name = key.slice(end + 1);
    const tag = namespace === "ext" ? name : `${namespace === "sys" ? "Oracle-Tags" : namespace}.${name}`;
    return labelled(at === 0 ? "Tags:" : "", `${clean(tag)} = ${clean(value)}`);
  });
}

function consoleLines(url: string | undefined): string[] {
  const link = safe(url);
  return link === "" || link.length > MAX_LINK_CHARS ? [] : [`${"Console:".padEnd(LABEL_CHARS)}${link}`];
}

/** Never broken: the relay reads it when its own message comes back. */
function idLine(label: string, id: unknown): string {
  return `${label.padEnd(LABEL_CHARS)}${clean(id) || "-"}`;
}

/** A value under its label, broken where a line gets too long; nothing where there is no value. */
function labelled(label: string, ...values: unknown[]): string[] {
  const text = values.map(clean).filter((each) => each !== "");
  if (text.length === 0) return [];
  const lines = [label.padEnd(LABEL_CHARS - 1)];
  for (const word of text.join(" ").split(" ")) {
    const line = lines.at(-1) ?? "";
    // What no line has room for stays where it is.
    const isShort = word.length <= LINE_CHARS - LABEL_CHARS;
    if (isShort && line.length + 1 + word.length > LINE_CHARS) lines.push(`${" ".repeat(LABEL_CHARS - 1)} ${word}`);
    else lines[lines.length - 1] = `${line} ${word}`;
  }
  return lines;
}

/** The lines of as many as have room, and how many have none. */
function bounded<Item>(
  items: readonly Item[],
  maxBytes: number,
  linesOf: (item: Item, at: number) => string[],
): string[] {
  const kept: string[] = [];
  let bytes = 0;
  for (const [at, item] of items.entries()) {
    const lines = linesOf(item, at);
    bytes += Buffer.byteLength(JSON.stringify(lines.join("\n")));
    if (bytes > maxBytes)
      return [...kept, ...labelled("", `(${items.length - at} more left out: too long for a message)`)];
    kept.push(...lines);
  }
  return kept;
}

/** A value on one line, not too long. */
function clean(value: unknown): string {
  // Of a text of megabytes, no more is cleaned than may be shown.
  const text = safe(typeof value === "string" ? value.slice(0, 4 * MAX_VALUE_CHARS) : value);
  return text.length <= MAX_VALUE_CHARS ? text : `${text.slice(0, MAX_VALUE_CHARS)}…`;
}

/** No control characters, and no marks that turn its direction. */
function safe(value: unknown): string {
  if (!["string", "number", "bigint", "boolean"].includes(typeof value)) return "";
  return String(value).replace(UNSAFE_TEXT, " ").replace(/ {2,}/g, " ").trim();
}

/** "instance_type" -> "Instance type:" */
function labelOf(key: string): string {
  const words = clean(key).replaceAll("_", " ");
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}:`;
}

/** "Mon, 02 Mar 2026 08:16:07 UTC" of an RFC 3339 time; empty for what is none. */
function utcOf(time: unknown): string {
  if (typeof time !== "string" || !/^\d{4}-\d\d-\d\dT.*(Z|[+-]\d\d:?\d\d)$/.test(time)) return "";
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? "" : date.toUTCString().replace("GMT", "UTC");
}
