import { isRecord } from "../problem.ts";

/**
 * A Monitoring alarm, as ONS hands it on, as an event of a type of our own, com.oraclecloud.monitoring.alarm.ok_to_firing and so on:
 * { "dedupeKey": "3d5c…", "title": "High CPU", "body": null, "type": "OK_TO_FIRING", "severity": "CRITICAL",
 *   "timestampEpochMillis": 1684337663852, "alarmMetaData": [{ "id": "ocid1.alarm…", "status": "FIRING", … }], "version": 1.5 }
 * The documentation spells `dedupekey`, captures `dedupeKey`; with the time it is what tells two messages apart.
 */
export function alarmTwin(alarm: Record<string, unknown>): Record<string, unknown> {
  const { title, type, timestamp, timestampEpochMillis, alarmMetaData, version, ...rest } = alarm;
  const [first] = Array.isArray(alarmMetaData) ? alarmMetaData : [];
  const about = isRecord(first) ? first : {};
  const { dedupeKey = rest.dedupekey } = rest;
  const ms = typeof timestampEpochMillis === "number" ? timestampEpochMillis : undefined;
  return {
    eventType: `com.oraclecloud.monitoring.alarm.${typeof type === "string" && type !== "" ? type.toLowerCase() : "change"}`,
    cloudEventsVersion: "0.1",
    eventTypeVersion: String(version ?? ""),
    source: "Monitoring",
    eventTime: timestamp ?? timeOf(ms),
    contentType: "application/json",
    eventID: typeof dedupeKey === "string" ? `${dedupeKey}-${ms ?? timestamp}` : dedupeKey,
    data: {
      resourceName: title,
      resourceId: about.id,
      additionalDetails: { severity: rest.severity, body: rest.body, ...about },
    },
  };
}

function timeOf(ms: number | undefined): string | undefined {
  return ms === undefined || Number.isNaN(new Date(ms).getTime()) ? undefined : new Date(ms).toISOString();
}
