import { createHash } from "node:crypto";
import { isRecord } from "../problem.ts";
import { keepable } from "../redact.ts";
import { wireJson } from "../wire-json.ts";

/**
 * A Monitoring alarm, as ONS hands it on, as an event of a type of our own, com.oraclecloud.monitoring.alarm.ok_to_firing and so on:
 * { "dedupeKey": "3d5c…", "title": "High CPU", "body": null, "type": "OK_TO_FIRING", "severity": "CRITICAL",
 *   "timestampEpochMillis": 1684337663852, "alarmMetaData": [{ "id": "ocid1.alarm…", "status": "FIRING", … }], "version": 1.5 }
 * The documentation spells `dedupekey`, captures `dedupeKey`; with the time it tells two messages apart, and with a hash of
 * the rest also those parts of one that was split.
 */
export function alarmTwin(alarm: Record<string, unknown>): Record<string, unknown> {
  const { title, type, timestamp, timestampEpochMillis, alarmMetaData, version, ...rest } = alarm;
  const alarms = Array.isArray(alarmMetaData) ? alarmMetaData : [];
  const about = isRecord(alarms[0]) ? alarms[0] : {};
  const { dedupeKey = rest.dedupekey } = rest;
  const ms = typeof timestampEpochMillis === "number" ? timestampEpochMillis : undefined;
  return {
    eventType: `com.oraclecloud.monitoring.alarm.${typeof type === "string" && type !== "" ? type.toLowerCase() : "change"}`,
    cloudEventsVersion: "0.1",
    eventTypeVersion: typeof version === "number" ? `${version}` : undefined,
    source: "Monitoring",
    eventTime: timestamp ?? timeOf(ms),
    contentType: "application/json",
    eventID: typeof dedupeKey === "string" ? `${dedupeKey}-${ms ?? textOf(timestamp)}-${hashOf(alarm)}` : dedupeKey,
    data: {
      resourceName: title,
      resourceId: about.id,
      additionalDetails: {
        ...{ severity: rest.severity, body: rest.body, ...about },
        ...(alarms.length > 1 && { alarmMetaData: alarms }),
      },
    },
  };
}

/** Of what is kept of it, so that a dead letter has the same. */
function hashOf(alarm: Record<string, unknown>): string {
  return createHash("sha256")
    .update(wireJson(keepable(alarm)))
    .digest("hex")
    .slice(0, 8);
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function timeOf(ms: number | undefined): string | undefined {
  return ms === undefined || Number.isNaN(new Date(ms).getTime()) ? undefined : new Date(ms).toISOString();
}
