import type { OciEvent } from "./envelope.ts";
import type { JsonObject } from "./json-value.ts";
import type { CommonDetails } from "./notification.ts";
import { isRecord } from "./problem.ts";
import { isAboutCredential, redact } from "./redact.ts";
import { wireJson } from "./wire-json.ts";

/** What the event is about, and where it is. */
export interface Resource {
  id: string | undefined;
  region: string | undefined;
}

/** What every notification has: the ids, where it is, its tags, and OCI's own facts under `oci`. */
export function commonDetails(event: OciEvent, { id, region }: Resource): CommonDetails {
  const { data } = event;
  return {
    id,
    external_id: id,
    name: data.resourceName,
    provider: "OracleCloud",
    brand: "OracleCloud",
    cloud_env: "public",
    environment: "OracleCloud",
    source: "cloud",
    region_ext_id: region,
    region_external_id: region && `OracleCloud/${region}`,
    zone_ext_id: data.availabilityDomain === "all" ? undefined : data.availabilityDomain || undefined,
    metadata: metadataOf(event),
    oci: {
      event_id: event.eventID,
      event_type: event.eventType,
      event_time: event.eventTime,
      compartment_id: data.compartmentId,
      compartment_name: data.compartmentName,
      // Read from JSON, so that is what it is.
      additional_details: isAboutCredential(event.type)
        ? undefined
        : nonEmpty(redact(data.additionalDetails) as JsonObject),
    },
  };
}

// Some services shout their OCIDs; whoever looks one up elsewhere finds it in lower case.
export function idOf(id: string | undefined): string | undefined {
  return (id?.startsWith("OCID1.") ? id.toLowerCase() : id) || undefined;
}

/** Tags as Cloudpods imports them: `ext:` freeform, `sys:` Oracle-Tags. Other defined namespaces go by their own name. */
function metadataOf({ data }: OciEvent): CommonDetails["metadata"] {
  const tags: Record<string, string> = {};
  for (const namespace in data.definedTags) {
    addTags(tags, namespace === "Oracle-Tags" ? "sys" : namespace, data.definedTags[namespace]);
  }
  // Last: a namespace may bear the name `ext`.
  addTags(tags, "ext", data.freeformTags);
  return nonEmpty(tags);
}

function addTags(tags: Record<string, string>, prefix: string, values: unknown): void {
  const redacted = redact(values);
  if (!isRecord(redacted)) return;
  for (const key in redacted) {
    const value = redacted[key];
    tags[`${prefix}:${key}`] = typeof value === "string" ? value : wireJson(value);
  }
}

function nonEmpty<Value extends object>(value: Value): Value | undefined {
  return Object.keys(value).length > 0 ? value : undefined;
}
