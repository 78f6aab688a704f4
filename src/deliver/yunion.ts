import { createHmac } from "node:crypto";
import { parseJson } from "../json.ts";
import { isRecord } from "../problem.ts";
import { wireJson, wireMembers, wireObject } from "../wire-json.ts";

/** The settings of a Cloudpods webhook robot, under the names that its API uses. Empty or null: not set. */
export interface Robot {
  header?: unknown;
  body?: unknown;
  msg_key?: string | null;
  secret_key?: string | null;
  use_template?: boolean | null;
}

export interface YunionRequest {
  /** Names in Go's canonical case, as seen on the wire. */
  headers: Record<string, string>;
  body: string;
}

/** What Go's client sets itself, whatever a robot says. */
const BELONGS_TO_TRANSPORT = new Set(["Host", "Content-Length"]);

export const HEADER_NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

const DEFAULT_MSG_KEY = "Msg";
const DEFAULT_USER_AGENT = "yunioncloud-go/201708";

/**
 * The request that the webhook sender of Cloudpods puts on the wire, byte for byte.
 * @param event value of X-Yunion-Event, any case; empty for a validation request or a direct message
 * @param message the notification's fields; or a text: JSON of an object is sent as fields, anything else (and, with
 *   use_template, everything) as text under the msg_key
 * @see test/facts/yunion-wire.json for captured requests
 */
export function yunionRequest(input: { robot: Robot; event: string; message: unknown }): YunionRequest {
  const body = yunionBody(input.robot, input.message);
  return { headers: yunionHeaders({ ...input, body }), body };
}

/** The headers of a request with this body, whoever made it. */
export function yunionHeaders({
  robot,
  event,
  body,
}: {
  robot: Robot;
  event: string;
  body: string;
}): Record<string, string> {
  const headers = new Map<string, string>([["User-Agent", DEFAULT_USER_AGENT]]);
  if (event !== "") headers.set("X-Yunion-Event", event.toUpperCase());
  for (const [name, value] of Object.entries(isRecord(robot.header) ? robot.header : {})) {
    const canonical = canonicalHeaderName(name);
    if (!BELONGS_TO_TRANSPORT.has(canonical)) headers.set(canonical, headerValue(value));
  }
  // Go's client leaves the header out altogether when it is set to the empty string.
  if (headers.get("User-Agent") === "") headers.delete("User-Agent");
  if (robot.secret_key) {
    headers.set("X-Auth-Token", createHmac("sha256", robot.secret_key).update(body).digest("hex"));
  }
  headers.set("Content-Type", "application/json");
  return Object.fromEntries(headers);
}

// Precedence: robot body > msg_key > fields of the message; top level only.
function yunionBody(robot: Robot, message: unknown): string {
  const fields = typeof message === "string" ? objectOf(message) : message;
  // The fields stand in the body twice, also as the text of the msg_key: written once, for they are most of the work.
  const written = isRecord(fields) ? wireMembers(fields) : new Map<string, string>();
  const text = typeof message === "string" ? message : isRecord(fields) ? wireObject(written) : wireJson(message);
  const members = robot.use_template ? new Map<string, string>() : written;
  members.set(robot.msg_key || DEFAULT_MSG_KEY, wireJson(text));
  // A body that is not an object is ignored, as upstream does for strings and arrays. (A number or a boolean empties
  // the request there: a fault, not copied; the configuration refuses such a body.)
  for (const [key, value] of wireMembers(isRecord(robot.body) ? robot.body : {})) members.set(key, value);
  return wireObject(members);
}

function objectOf(text: string): unknown {
  const parsed = text.trimStart().startsWith("{") ? parseJson(text) : undefined;
  return parsed?.ok ? parsed.value : undefined;
}

// Go sends any value that is not a string as its JSON, and trims white space around header values.
function headerValue(value: unknown): string {
  const text = typeof value === "string" ? value : wireJson(value);
  return text.replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, "");
}

/** `x-env` is `X-Env`, as Go's net/textproto writes it; a name with other than token characters stays as it is. */
function canonicalHeaderName(name: string): string {
  if (!HEADER_NAME.test(name)) return name;
  return name.toLowerCase().replace(/(^|-)[a-z]/g, (start) => start.toUpperCase());
}
