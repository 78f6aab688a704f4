import { parseJson } from "../json.ts";
import { isRecord } from "../problem.ts";
import { withoutCredentials } from "../redact.ts";

/**
 * A record of OCI Logging (CloudEvents 1.0) as the Events message that says the same, less credentials and headers.
 *
 * An audit record tells of an operation as Events does, its type in mixed case; `source` is the resource's name:
 * { "specversion": "1.0", "type": "com.oraclecloud.identityControlPlane.UpdatePolicy", "id": "1158…", "time": "2026-…",
 *   "source": "Admins", "dataschema": "2.0", "oracle": { "loggroupid": "_Audit", "compartmentid": "ocid1…" },
 *   "data": { "eventName": "UpdatePolicy", "resourceId": "ocid1…", "identity": {}, "request": {}, "response": {} } }
 * Any other record has a payload of its service's own, which becomes additionalDetails.
 */
export function logRecordTwin(record: Record<string, unknown>): Record<string, unknown> {
  const oracle = isRecord(record.oracle) ? record.oracle : {};
  const data = withoutCredentials(payloadOf(record.data));
  const isAudit = oracle.loggroupid === "_Audit" || typeof data.eventName === "string";
  return {
    eventType: typeof record.type === "string" ? record.type.toLowerCase() : record.type,
    cloudEventsVersion: "0.1",
    eventTypeVersion: record.dataschema,
    source: record.source || "Logging",
    eventTime: record.time,
    contentType: "application/json",
    eventID: record.id,
    extensions: { compartmentId: oracle.compartmentid },
    data: isAudit
      ? { ...data, resourceName: data.resourceName ?? record.source }
      : {
          compartmentId: oracle.compartmentid,
          resourceName: record.subject ?? record.source,
          additionalDetails: data,
        },
  };
}

/** Some connectors pass on what is nested as its JSON; other logs have a text where an object is usual. */
function payloadOf(data: unknown): Record<string, unknown> {
  if (isRecord(data)) return data;
  const parsed = typeof data === "string" && data.startsWith("{") ? parseJson(data) : undefined;
  if (parsed?.ok && isRecord(parsed.value)) return parsed.value;
  return data === undefined || data === null ? {} : { message: data };
}
