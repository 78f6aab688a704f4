import type { Operation } from "../emulator/api.ts";
import type { Cloud } from "../emulator/cloud.ts";
import { createAlarmEvaluation } from "./alarm-evaluation.ts";
import { createAlarmLists } from "./alarm-lists.ts";
import { createAlarms } from "./alarms.ts";
import { createMetricLists } from "./metric-lists.ts";
import { createMetricStreams } from "./metric-streams.ts";
import { createMetrics } from "./metrics.ts";

export interface Monitoring {
  operations: Operation[];
  /** Fits Cloud.count. */
  count: Cloud["count"];
  /** Computes the status of all alarms, and publishes what has changed. `now` in milliseconds since 1970. */
  evaluateAlarms: (now: number) => Promise<void>;
}

/** Metrics and alarms. Nothing is evaluated by itself: whoever runs the emulator calls evaluateAlarms once a minute. */
export function createMonitoring(cloud: Cloud): Monitoring {
  const streams = createMetricStreams(cloud);
  return {
    operations: [
      createMetrics(cloud, streams),
      createMetricLists(cloud, streams),
      createAlarms(cloud),
      createAlarmLists(cloud),
    ].flatMap(({ operations }) => operations),
    count: streams.count,
    evaluateAlarms: createAlarmEvaluation(cloud, streams),
  };
}
