import * as z from "zod";
import { bodyOf, type Call, json, notFound, type Operation, refuse } from "../emulator/api.ts";
import type { Cloud } from "../emulator/cloud.ts";
import { compartmentIdSchema, queriedCompartment } from "../emulator/compartment-id.ts";
import { may } from "../emulator/reach.ts";
import type { HttpAnswer } from "../loopback.ts";
import { intervalMsOf, parseMetricQuery } from "./metric-query.ts";
import type { MetricStreams } from "./metric-streams.ts";

const MINUTE_MS = 60_000;
const DEFAULT_RANGE_MS = 3 * 60 * MINUTE_MS;
/** Of one-minute resolution, OCI's own limit. */
const MAX_RANGE_MS = 7 * 24 * 60 * MINUTE_MS;
const MAX_STREAMS = 50;

const resourceGroupSchema = z
  .string()
  .regex(/^[A-Za-z][\w.$-]{0,254}$/)
  .nullish();
const timeSchema = z.iso.datetime({ offset: true });

const pointSchema = z.object({
  timestamp: timeSchema,
  value: z.number(),
  count: z.number().int().positive().nullish(),
});
const metricSchema = z.object({
  namespace: z
    .string()
    .regex(/^[A-Za-z]\w{0,255}$/, "begins with a letter and has letters, digits and underscores only")
    .refine((name) => !/^(oci|oracle)_/i.test(name), "oci_ and oracle_ are Oracle's own"),
  resourceGroup: resourceGroupSchema,
  compartmentId: compartmentIdSchema,
  name: z.string().regex(/^[A-Za-z][\w.$-]{0,254}$/, "begins with a letter and has letters, digits and . _ - $ only"),
  dimensions: z
    .record(z.string().regex(/^[!-~]{1,256}$/), z.string().min(1).max(512))
    .refine((all) => Object.keys(all).length >= 1 && Object.keys(all).length <= 20, "1 to 20 of them"),
  metadata: z.record(z.string().max(256), z.string().max(256)).nullish(),
  datapoints: z.array(pointSchema).min(1),
});
const postSchema = z.object({
  metricData: z.array(z.unknown()).min(1),
  batchAtomicity: z.enum(["ATOMIC", "NON_ATOMIC"]).nullish(),
});

const summarizeSchema = z.object({
  namespace: z.string().min(1),
  resourceGroup: resourceGroupSchema,
  query: z.string().min(1),
  startTime: timeSchema.nullish(),
  endTime: timeSchema.nullish(),
  resolution: z.string().nullish(),
});

/** PostMetricData and SummarizeMetricsData. */
export function createMetrics(cloud: Cloud, streams: MetricStreams): { operations: Operation[] } {
  return {
    operations: [
      { method: "POST", path: "/20180401/metrics", answer: post },
      { method: "POST", path: "/20180401/metrics/actions/summarizeMetricsData", answer: summarize },
    ],
  };

  function post(call: Call): HttpAnswer {
    const body = bodyOf(call, postSchema);
    if (!body.ok) return body.answer;
    const { metricData, batchAtomicity } = body.value;
    if (metricData.length > MAX_STREAMS) {
      return refuse(call, 400, "InvalidParameter", `metricData: at most ${MAX_STREAMS} metric streams in one call`);
    }
    const checked = metricData.map((metric) => ({ metric, result: check(metric) }));
    const failedMetrics = checked.flatMap(({ metric, result }) =>
      typeof result === "string" ? [{ message: result, metricData: metric }] : [],
    );
    const [failed] = failedMetrics;
    if (failed !== undefined && (batchAtomicity === "ATOMIC" || failedMetrics.length === metricData.length)) {
      return refuse(call, 400, "InvalidParameter", `metricData: ${failed.message}`);
    }
    const sound = checked.flatMap(({ result }) => (typeof result === "string" ? [] : [result]));
    const isAllowed = sound.every(({ compartmentId, namespace }) =>
      may(cloud, call, "METRIC_WRITE", { compartmentId, variables: { "target.metrics.namespace": namespace } }),
    );
    if (!isAllowed) return notFound(call);
    for (const { datapoints, metadata, resourceGroup, ...metric } of sound) {
      const points = datapoints.map(({ timestamp, value, count }) => ({
        timeMs: Date.parse(timestamp),
        value,
        count: count ?? 1,
      }));
      streams.add({ ...metric, resourceGroup: resourceGroup ?? undefined, metadata: metadata ?? {} }, points);
    }
    return json(call, 200, { failedMetricsCount: failedMetrics.length, failedMetrics });
  }

  function summarize(call: Call): HttpAnswer {
    const queried = queriedCompartment(call, cloud);
    if ("answer" in queried) return queried.answer;
    const isDeep = call.query.get("compartmentIdInSubtree") === "true";
    if (isDeep && queried.id !== cloud.tenancyId) {
      return refuse(call, 400, "InvalidParameter", "compartmentIdInSubtree: true only with the OCID of the tenancy");
    }
    const body = bodyOf(call, summarizeSchema);
    if (!body.ok) return body.answer;
    const { namespace, resourceGroup, query: text, startTime, endTime, resolution = "1m" } = body.value;
    const target = { compartmentId: queried.id, variables: { "target.metrics.namespace": namespace } };
    if (!may(cloud, call, "METRIC_READ", target)) return notFound(call);

    const query = parseMetricQuery(text);
    if (typeof query === "string") return refuse(call, 400, "InvalidParameter", `query: ${query}`);
    const resolutionMs = intervalMsOf(resolution ?? "1m");
    if (resolutionMs === undefined || resolutionMs > query.intervalMs) {
      return refuse(call, 400, "InvalidParameter", "resolution: 1m to 60m, 1h to 24h or 1d, and not over the interval");
    }
    const endMs = endTime ? Date.parse(endTime) : Date.now() + 1;
    const startMs = wholeMinute(startTime ? Date.parse(startTime) : endMs - DEFAULT_RANGE_MS);
    if (startMs >= endMs || endMs - startMs > MAX_RANGE_MS + MINUTE_MS) {
      return refuse(call, 400, "InvalidParameter", "startTime: before endTime, by 7 days at most");
    }
    const range = { namespace, resourceGroup: resourceGroup ?? undefined, compartmentId: queried.id, isDeep };
    const found = streams.aggregate(query, { ...range, startMs, endMs, resolutionMs });
    const items = found
      .filter(({ points }) => points.length > 0)
      .map(({ dimensions, points }) => ({
        namespace,
        resourceGroup: resourceGroup ?? null,
        compartmentId: queried.id,
        name: query.metric,
        dimensions,
        metadata: {},
        resolution: null,
        aggregatedDatapoints: points.map(({ timeMs, value }) => ({ timestamp: new Date(timeMs).toISOString(), value })),
      }));
    return json(call, 200, items);
  }
}

/** The metric, or what is wrong with it. */
function check(metric: unknown): z.output<typeof metricSchema> | string {
  const parsed = metricSchema.safeParse(metric);
  if (!parsed.success) {
    return parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`).join("; ");
  }
  const now = Date.now();
  const isNear = ({ timestamp }: z.output<typeof pointSchema>) => {
    const time = Date.parse(timestamp);
    return time > now - 120 * MINUTE_MS && time < now + 10 * MINUTE_MS;
  };
  return parsed.data.datapoints.every(isNear)
    ? parsed.data
    : "datapoints: a timestamp must lie less than 2 hours back and less than 10 minutes ahead";
}

function wholeMinute(timeMs: number): number {
  return Math.floor(timeMs / MINUTE_MS) * MINUTE_MS;
}
