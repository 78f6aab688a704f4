import * as z from "zod/mini";
import { isRecord, type Result, shown } from "./problem.ts";

/**
 * One OCI Events message (CloudEvents 0.1), read leniently: only what routing needs is required.
 *
 * { "eventType": "com.oraclecloud.computeapi.launchinstance.end", "cloudEventsVersion": "0.1",
 *   "eventTypeVersion": "2.0", "source": "ComputeApi", "eventTime": "2026-01-14T03:21:07Z",
 *   "eventID": "2d5a…", "contentType": "application/json", "extensions": { "compartmentId": "ocid1…" },
 *   "data": { "compartmentId": "ocid1…", "compartmentName": "prod", "resourceName": "web-1",
 *     "resourceId": "ocid1.instance…", "availabilityDomain": "Uocm:US-ASHBURN-1-AD-1", "freeformTags": {},
 *     "definedTags": { "Oracle-Tags": { "CreatedBy": "…" } }, "additionalDetails": { "shape": "VM.Standard.E4.Flex" } } }
 *
 * @see https://docs.oracle.com/en-us/iaas/Content/Events/Reference/eventenvelopereference.htm
 */
export interface OciEvent {
  /** As received. */
  eventType: string;
  /** Lower case: what handlers are looked up by (audit records spell the same types in mixed case). */
  type: string;
  eventID: string;
  /** RFC 3339, as received. */
  eventTime: string;
  data: EventData;
  /** The operation was refused or did not succeed: only audit records tell of such. */
  hasFailed: boolean;
  /** The message as received, or its twin where that was no Events message: what conditions match. */
  raw: Record<string, unknown>;
}

export interface EventData {
  resourceName?: string | undefined;
  /** An OCID, a path such as /n/<namespace>/b/<bucket>, free text, or empty. */
  resourceId?: string | undefined;
  compartmentId?: string | undefined;
  compartmentName?: string | undefined;
  availabilityDomain?: string | undefined;
  freeformTags: Record<string, unknown>;
  definedTags: Record<string, unknown>;
  additionalDetails: Record<string, unknown>;
}

const EVENT_TYPE = /^com\.oraclecloud(\.[_-]*[a-z0-9][a-z0-9_-]*){2,}$/i;
const MAX_EVENT_TYPE_CHARS = 256;

/** True for `com.oraclecloud.<service>.<operation>[.<phase>]` in any case: well-formed, whether documented or not. */
export function isEventType(text: string): boolean {
  return text.length <= MAX_EVENT_TYPE_CHARS && EVENT_TYPE.test(text);
}

// The compiled parser that zod makes otherwise costs more than one event can ever earn back. Said once for all schemas: an
// option of each parse is copied at each.
z.config({ jitless: true });

const required = z.custom<string>((value) => typeof value === "string" && value !== "");

const envelope = z.object({
  eventType: z.custom<string>((value) => typeof value === "string" && isEventType(value)),
  eventID: required,
  eventTime: required,
  source: required,
  cloudEventsVersion: required,
  data: z.custom<Record<string, unknown>>(isRecord),
});

const EXPECTED: Record<string, string> = {
  eventType: "com.oraclecloud.<service>.<operation>[.<phase>]",
  data: "an object",
};

/** The value as an event, or one problem that lists every field that is wrong. */
export function parseEvent(value: Record<string, unknown>): Result<OciEvent> {
  const parsed = envelope.safeParse(value);
  if (!parsed.success) {
    const fields = new Set(parsed.error.issues.map((issue) => String(issue.path[0])));
    const problems = [...fields].map((field) => {
      const came = Object.hasOwn(value, field) ? value[field] : undefined;
      return `${field}: expected ${EXPECTED[field] ?? "a non-empty string"}, got ${shown(came)}`;
    });
    return { ok: false, problem: `not an OCI Events message: ${problems.join("; ")}` };
  }
  const { eventType, eventID, eventTime, data } = parsed.data;
  return {
    ok: true,
    value: {
      eventType,
      type: eventType.toLowerCase(),
      eventID,
      eventTime,
      data: dataIn(data),
      hasFailed: hasFailed(data),
      raw: value,
    },
  };
}

// Nothing in it can be refused: real events have null, numbers or nothing where the documentation has text.
function dataIn(data: Record<string, unknown>): EventData {
  return {
    resourceName: textIn(data.resourceName),
    resourceId: textIn(data.resourceId),
    compartmentId: textIn(data.compartmentId),
    compartmentName: textIn(data.compartmentName),
    availabilityDomain: textIn(data.availabilityDomain),
    freeformTags: freeformTags(data),
    definedTags: recordIn(data.definedTags),
    additionalDetails: recordIn(data.additionalDetails),
  };
}

// Both spellings come.
function freeformTags({ freeFormTags, freeformTags }: Record<string, unknown>): Record<string, unknown> {
  return freeFormTags === undefined ? recordIn(freeformTags) : { ...recordIn(freeFormTags), ...recordIn(freeformTags) };
}

function textIn(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function recordIn(value: unknown): Record<string, unknown> {
  return isRecord(value) ? value : {};
}

/** By the status that an audit record tells, a text. */
function hasFailed({ response }: Record<string, unknown>): boolean {
  const status = isRecord(response) ? response.status : undefined;
  return (typeof status === "string" || typeof status === "number") && /^[45]\d\d$/.test(`${status}`);
}
