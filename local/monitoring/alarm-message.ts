import { createHash } from "node:crypto";
import type { Cloud } from "../emulator/cloud.ts";
import type { Alarm } from "./alarms.ts";
import { parseMetricQuery } from "./metric-query.ts";

export interface Transition {
  type: "OK_TO_FIRING" | "FIRING_TO_OK" | "REPEAT";
  nowMs: number;
  /** Empty for all streams together. */
  streamKey: string;
  /** Of the streams that fire, or fired until now. */
  firing: { dimensions: Record<string, string>; value: number | undefined }[];
}

const MAX_DIMENSIONS = 100;

/**
 * The message of an alarm, version 1.5, as subscribers of its topic get it.
 * @see https://docs.oracle.com/en-us/iaas/Content/Monitoring/alarm-message-format.htm
 */
export function alarmMessage(alarm: Alarm, transition: Transition, { region }: Pick<Cloud, "region">) {
  const { type, nowMs, streamKey, firing } = transition;
  const isFiring = type !== "FIRING_TO_OK";
  const shown = firing.slice(0, MAX_DIMENSIONS);
  const query = parseMetricQuery(alarm.query);
  const expression = typeof query === "string" ? alarm.query : query.expression;
  const totalMetricsFiring = isFiring ? firing.length : 0;
  return {
    dedupeKey: createHash("sha256").update(`${alarm.id} ${streamKey}`).digest("hex").slice(0, 32),
    title: alarm.notificationTitle ?? alarm.displayName,
    body: alarm.body ?? null,
    type,
    severity: alarm.severity,
    timestampEpochMillis: nowMs,
    timestamp: new Date(nowMs).toISOString(),
    alarmMetaData: [
      {
        id: alarm.id,
        status: isFiring ? "FIRING" : "OK",
        severity: alarm.severity,
        namespace: alarm.namespace,
        query: alarm.query,
        totalMetricsFiring,
        dimensions: shown.map(({ dimensions }) => dimensions),
        metricValues: shown.flatMap(({ value }) => (value === undefined ? [] : [{ [expression]: String(value) }])),
        alarmUrl: `https://cloud.oracle.com/monitoring/alarms/${alarm.id}?region=${region}`,
        alarmSummary: summaryOf(alarm, totalMetricsFiring),
        notificationType: alarm.isNotificationsPerMetricDimensionEnabled
          ? "Split messages per metric stream"
          : "Grouped messages across metric streams",
      },
    ],
    version: 1.5,
  };
}

/** @param firing how many metric streams fire */
export function summaryOf(alarm: Alarm, firing: number): string {
  if (alarm.alarmSummary) return alarm.alarmSummary;
  const { displayName, query, pendingDuration } = alarm;
  return firing > 0
    ? `Alarm "${displayName}" is in a "FIRING" state; because ${firing} metrics meet the trigger rule: "${query}", with a trigger delay of ${pendingDuration}`
    : `Alarm "${displayName}" is in a "OK" state; because no metrics meet the trigger rule: "${query}", with a trigger delay of ${pendingDuration}`;
}
