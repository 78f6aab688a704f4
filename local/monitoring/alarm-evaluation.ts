import type { Cloud } from "../emulator/cloud.ts";
import { durationMs } from "./alarm-details.ts";
import { alarmMessage, type Transition } from "./alarm-message.ts";
import type { Alarm } from "./alarms.ts";
import { parseMetricQuery } from "./metric-query.ts";
import type { MetricStreams } from "./metric-streams.ts";

/** What an alarm has come to; JSON, so that it can be kept. */
export interface AlarmState {
  /** Of the last change from or to FIRING. */
  timeTriggered: string;
  /** By stream if messages are split, else all together under the empty key. */
  streams: Record<string, StreamState>;
}

interface StreamState {
  status: "OK" | "FIRING";
  /** Milliseconds since 1970 of the first evaluation in a row that breached. */
  breachedMs: number | undefined;
  notifiedMs: number | undefined;
  /** Of what fires. */
  dimensions: Record<string, string>[];
}

const MINUTE_MS = 60_000;

/**
 * Evaluates every enabled alarm over the interval that ends now, and tells its destinations what has changed. OCI does
 * so once a minute, three minutes late so that metrics come in; here they are in at once.
 * @returns evaluateAlarms: `now` in milliseconds since 1970
 */
export function createAlarmEvaluation(cloud: Cloud, streams: MetricStreams): (now: number) => Promise<void> {
  const alarms = cloud.store.collection<Alarm>("alarms");
  const states = cloud.store.collection<AlarmState>("alarm-states");
  return async (now) => {
    const due = [...alarms.values()].filter(({ isEnabled }) => isEnabled);
    const told = due.flatMap((alarm) => evaluate(alarm, now).map((transition) => tell(alarm, transition)));
    await Promise.all(told);
  };

  function evaluate(alarm: Alarm, now: number): Transition[] {
    const breaching = breachingStreams(alarm, now);
    const state = states.get(alarm.id) ?? { timeTriggered: alarm.timeCreated, streams: {} };
    states.set(alarm.id, state);
    const keys = alarm.isNotificationsPerMetricDimensionEnabled
      ? [...new Set([...Object.keys(state.streams), ...breaching.map(({ key }) => key)])]
      : [""];
    const transitions = keys.flatMap((key) => {
      const firing = alarm.isNotificationsPerMetricDimensionEnabled
        ? breaching.filter((stream) => stream.key === key)
        : breaching;
      const stream = state.streams[key] ?? {
        status: "OK",
        breachedMs: undefined,
        notifiedMs: undefined,
        dimensions: [],
      };
      const type = step(stream, firing.length > 0, { alarm, now });
      const shown =
        firing.length > 0 ? firing : stream.dimensions.map((dimensions) => ({ dimensions, value: undefined }));
      stream.dimensions = stream.status === "FIRING" ? firing.map(({ dimensions }) => dimensions) : [];
      // What is fine is not kept: streams come and go.
      if (stream.status === "OK" && stream.breachedMs === undefined) delete state.streams[key];
      else state.streams[key] = stream;
      return type === undefined ? [] : [{ type, nowMs: now, streamKey: key, firing: shown }];
    });
    if (transitions.some(({ type }) => type !== "REPEAT")) state.timeTriggered = new Date(now).toISOString();
    return transitions;
  }

  function breachingStreams(alarm: Alarm, now: number) {
    const query = parseMetricQuery(alarm.query);
    // The alarm could not have been made.
    if (typeof query === "string") return [];
    const found = streams.aggregate(query, {
      namespace: alarm.namespace,
      resourceGroup: alarm.resourceGroup ?? undefined,
      compartmentId: alarm.metricCompartmentId,
      isDeep: alarm.metricCompartmentIdInSubtree === true,
      // With what came in this very millisecond.
      startMs: now + 1 - query.intervalMs,
      endMs: now + 1,
      resolutionMs: query.intervalMs,
    });
    return found.flatMap(({ dimensions, points, values }) =>
      points[0] !== undefined && points[0].value !== 0
        ? [{ key: JSON.stringify(Object.entries(dimensions).toSorted()), dimensions, value: values[0] }]
        : [],
    );
  }

  async function tell(alarm: Alarm, transition: Transition): Promise<void> {
    if (isSuppressed(alarm, transition.nowMs)) return;
    const message = alarmMessage(alarm, transition, cloud);
    const body = JSON.stringify(message, null, alarm.messageFormat === "PRETTY_JSON" ? 2 : undefined);
    await Promise.all(
      alarm.destinations.map(async (destination) => {
        if (destination.startsWith("ocid1.stream.")) cloud.putOnStream(destination, { value: JSON.stringify(message) });
        // So that a phone gets it: SMS is for alarms, not for what people publish.
        else await cloud.publish(destination, { title: message.title, body, type: "ALARM" });
      }),
    );
  }
}

/** Changes a stream's status; what its destinations are to be told. */
function step(
  stream: StreamState,
  isBreaching: boolean,
  { alarm, now }: { alarm: Alarm; now: number },
): Transition["type"] | undefined {
  if (!isBreaching) {
    const wasFiring = stream.status === "FIRING";
    Object.assign(stream, { status: "OK", breachedMs: undefined, notifiedMs: undefined });
    return wasFiring ? "FIRING_TO_OK" : undefined;
  }
  stream.breachedMs ??= now;
  if (stream.status === "OK") {
    // PT1M fires with the first evaluation that breaches, PT5M with that four minutes later.
    const pendingMs = (durationMs(alarm.pendingDuration) ?? MINUTE_MS) - MINUTE_MS;
    if (now - stream.breachedMs < pendingMs) return undefined;
    Object.assign(stream, { status: "FIRING", notifiedMs: now });
    return "OK_TO_FIRING";
  }
  const repeatMs = alarm.repeatNotificationDuration ? durationMs(alarm.repeatNotificationDuration) : undefined;
  if (repeatMs === undefined || now - (stream.notifiedMs ?? now) < repeatMs) return undefined;
  stream.notifiedMs = now;
  return "REPEAT";
}

function isSuppressed({ suppression }: Alarm, now: number): boolean {
  if (!suppression) return false;
  return now >= Date.parse(suppression.timeSuppressFrom) && now <= Date.parse(suppression.timeSuppressUntil);
}
