import { createHash } from "node:crypto";
import { isRecord } from "../problem.ts";
import { keepable } from "../redact.ts";
import { wireJson } from "../wire-json.ts";

/**
 * A metric, as Connector Hub reads it from Monitoring, as an event of a type of our own, com.oraclecloud.monitoring.metric.update:
 * { "namespace": "oci_objectstorage", "resourceGroup": null, "compartmentId": "ocid1…", "name": "PutRequests",
 *   "dimensions": { "resourceID": "ocid1.bucket…" }, "metadata": { "unit": "count" },
 *   "datapoints": [{ "timestamp": 1761318377414, "value": 1.0, "count": 1 }] }
 * It has no id: the hash of what is kept of it stands for one, so that the same datapoints are the same event.
 */
export function metricTwin(metric: Record<string, unknown>): Record<string, unknown> {
  const dimensions = isRecord(metric.dimensions) ? metric.dimensions : {};
  const { compartmentId, name, ...details } = metric;
  return {
    eventType: "com.oraclecloud.monitoring.metric.update",
    cloudEventsVersion: "0.1",
    source: "Monitoring",
    eventTime: lastTimeOf(metric.datapoints),
    contentType: "application/json",
    eventID: `metric-${createHash("sha256")
      .update(wireJson(keepable(metric)))
      .digest("hex")
      .slice(0, 32)}`,
    data: {
      compartmentId,
      resourceName: name,
      resourceId: dimensions.resourceID ?? dimensions.resourceId,
      additionalDetails: details,
    },
  };
}

/** Timestamps are milliseconds, as a number or as its digits. */
function lastTimeOf(datapoints: unknown): string | undefined {
  const times = (Array.isArray(datapoints) ? datapoints : []).flatMap((point: unknown) => {
    const time = isRecord(point) ? point.timestamp : undefined;
    const isCount =
      typeof time === "number" || typeof time === "bigint" || (typeof time === "string" && /^\d+$/.test(time));
    const date = new Date(isCount ? Number(time) : typeof time === "string" ? time : Number.NaN);
    return Number.isNaN(date.getTime()) ? [] : [date.getTime()];
  });
  return times.length === 0 ? undefined : new Date(times.reduce((a, b) => Math.max(a, b))).toISOString();
}
