import type { models } from "oci-ons";
import { stringifyJson } from "../json.ts";
import { type Details, type Notification, yunionMessage } from "../notification.ts";
import { isRecord, type Result } from "../problem.ts";
import { wireJson } from "../wire-json.ts";
import { onsText, SEPARATOR_BYTES, textOf } from "./ons-text.ts";
import { type Render, rendered } from "./render.ts";

/**
 * ONS takes 64 KB a request and its documentation does not say whether that includes the headers, of which token and
 * signature make about 2 KB.
 */
const MAX_BODY_BYTES = 62 * 1024;

/**
 * `json`: the JSON of one notification, or of an array of them, for machines. `text`: what a person reads in an e-mail
 * (src/deliver/ons-text.ts).
 */
export type OnsFormat = "json" | "text";

/** `{ title, body }` of a publish. */
export function onsMessage(notifications: readonly Notification[], format: OnsFormat = "json"): string {
  const [first] = notifications;
  if (first === undefined) throw new Error("there is nothing to publish");
  const count = notifications.length;
  const title = count === 1 ? first.title : `${count} events, the first: ${first.title}`.slice(0, 100).toWellFormed();
  if (format === "text") return messageOf(title, onsText(notifications));
  if (count === 1) return fitted(first);
  return messageOf(title, `[${notifications.map((each) => wireJson(yunionMessage(each))).join(",")}]`);
}

/** As few messages as hold all: the topic takes 60 a minute. */
export function* packForOns(
  notifications: Iterable<Notification>,
  format: OnsFormat = "json",
): Iterable<Notification[]> {
  let pack: Notification[] = [];
  let packBytes = 0;
  for (const notification of notifications) {
    const bytes = BYTES_IN_PACK[format](notification);
    if (pack.length > 0 && packBytes + bytes > MAX_BODY_BYTES - ENVELOPE_BYTES) {
      yield pack;
      pack = [];
      packBytes = 0;
    }
    pack.push(notification);
    packBytes += bytes;
  }
  if (pack.length > 0) yield pack;
}

const BYTES_IN_PACK: Record<OnsFormat, (notification: Notification) => number> = {
  json: (notification) => escapedBytes(wireJson(yunionMessage(notification))) + 1,
  text: (notification) => escapedBytes(textOf(notification)) + SEPARATOR_BYTES,
};

/**
 * The message that its owner's own `render` makes of one notification: a text as it is, anything else as its JSON. How two
 * of them would go together, only their receiver knows: each goes alone.
 */
export function renderedMessage(notification: Notification, render: Render): Result<string> {
  const payload = rendered(render, notification);
  if (!payload.ok) return payload;
  const body = typeof payload.value === "string" ? payload.value : stringifyJson(payload.value);
  const message = messageOf(notification.title, body);
  const bytes = Buffer.byteLength(message);
  if (bytes <= MAX_BODY_BYTES) return { ok: true, value: message };
  return { ok: false, problem: `render: made a message of ${bytes} bytes; ONS takes ${MAX_BODY_BYTES}` };
}

/** {"body":"[…]","title":"…"} with a title of 100 characters, each escaped or of 4 bytes; the first and last lines of a text. */
const ENVELOPE_BYTES = 700;

function messageOf(title: string, body: string): string {
  return wireJson({ title, body } satisfies models.MessageDetails);
}

/** What a text costs inside of a JSON string. */
function escapedBytes(text: string): number {
  return Buffer.byteLength(JSON.stringify(text));
}

/** What is left out, one after the other, until a message fits; it says so itself, under `oci.left_out`. */
const SHEDDING: readonly { name: string; shed: (details: Details) => Details }[] = [
  { name: "oci.additional_details", shed: (details) => without(details, "additional_details") },
  { name: "metadata", shed: ({ metadata, ...details }) => details },
  { name: "all but the resource's identity", shed: identityOf },
  { name: "the ends of long texts", shed: (details) => shortened(details) as Details },
];

/** One notification as a message that ONS takes: never cut JSON. */
function fitted(notification: Notification): string {
  let details = notification.details;
  const leftOut: string[] = [];
  let message = messageOf(notification.title, wireJson(yunionMessage(notification)));
  for (const { name, shed } of SHEDDING) {
    if (Buffer.byteLength(message) <= MAX_BODY_BYTES) return message;
    details = shed(details);
    leftOut.push(name);
    const oci = { ...(isRecord(details.oci) ? details.oci : {}), left_out: leftOut };
    message = messageOf(notification.title, wireJson(yunionMessage({ ...notification, details: { ...details, oci } })));
  }
  return message;
}

function without(details: Details, key: string): Details {
  const { [key]: _, ...oci } = isRecord(details.oci) ? details.oci : {};
  return { ...details, oci };
}

const IDENTITY = ["id", "external_id", "name", "status", "provider", "region_ext_id", "oci"];

function identityOf(details: Details): Details {
  return Object.fromEntries(IDENTITY.filter((key) => details[key] !== undefined).map((key) => [key, details[key]]));
}

const MAX_KEPT_CHARS = 500;

function shortened(value: unknown): unknown {
  if (typeof value === "string" && value.length > MAX_KEPT_CHARS) {
    return `${value.slice(0, MAX_KEPT_CHARS).toWellFormed()}…`;
  }
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, shortened(item)]));
}
