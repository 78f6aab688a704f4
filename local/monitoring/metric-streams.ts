import type { Cloud, Metric } from "../emulator/cloud.ts";
import type { DimensionFilter, MetricQuery } from "./metric-query.ts";
import { satisfies } from "./metric-query.ts";
import { statisticOf } from "./metric-statistic.ts";

export interface Point {
  timeMs: number;
  value: number;
  /** How many times the value occurred. */
  count: number;
}

/** A metric with one set of dimensions. */
export interface MetricStream {
  namespace: string;
  resourceGroup: string | undefined;
  name: string;
  compartmentId: string;
  dimensions: Record<string, string>;
  metadata: Record<string, string>;
  points: Point[];
}

/** Which streams, and of which time: from startMs on, before endMs. */
export interface Range {
  namespace: string;
  resourceGroup: string | undefined;
  compartmentId: string;
  isDeep: boolean;
  startMs: number;
  endMs: number;
  resolutionMs: number;
}

export interface Aggregate {
  dimensions: Record<string, string>;
  /** Each covers the interval of the query that begins at timeMs. With a predicate: 1 where it holds, else 0. */
  points: { timeMs: number; value: number }[];
  /** Before the predicate was asked. */
  values: number[];
}

export interface MetricStreams {
  /** All that is kept. */
  all: () => readonly MetricStream[];
  add: (stream: Omit<MetricStream, "points">, points: readonly Point[]) => void;
  count: (metric: Metric) => void;
  aggregate: (query: MetricQuery, range: Range) => Aggregate[];
}

const MAX_STREAMS = 2_000;
const MAX_POINTS = 5_000;
const ABSENCE_MS = 2 * 3_600_000;

/** Metrics, in memory only: the newest points of the streams that had points last. */
export function createMetricStreams(cloud: Pick<Cloud, "isWithin">): MetricStreams {
  const streams = new Map<string, MetricStream>();
  const metrics: MetricStreams = {
    all: () => [...streams.values()],
    add(stream, points) {
      const key = keyOf(stream);
      const known = streams.get(key) ?? { ...stream, points: [] };
      Object.assign(known.metadata, stream.metadata);
      known.points.push(...points);
      if (known.points.length > 2 * MAX_POINTS) known.points.splice(0, known.points.length - MAX_POINTS);
      // To the end: the first is the one that has been quiet longest.
      streams.delete(key);
      streams.set(key, known);
      const [oldest] = streams.keys();
      if (streams.size > MAX_STREAMS && oldest !== undefined) streams.delete(oldest);
    },
    count({ value = 1, ...metric }) {
      metrics.add({ ...metric, resourceGroup: undefined, metadata: {} }, [{ timeMs: Date.now(), value, count: 1 }]);
    },
    aggregate(query, range) {
      const meant = [...streams.values()].filter(
        (stream) =>
          stream.name === query.metric &&
          stream.namespace === range.namespace &&
          stream.resourceGroup === range.resourceGroup &&
          (range.isDeep
            ? cloud.isWithin(stream.compartmentId, range.compartmentId)
            : stream.compartmentId === range.compartmentId) &&
          query.filters.every((filter) => passes(filter, stream.dimensions)),
      );
      return grouped(meant, query.groupBy).map(({ dimensions, points }) => {
        const windows = query.statistic === "absent" ? absences(points, query, range) : present(points, query, range);
        const { predicate } = query;
        return {
          dimensions,
          values: windows.map(({ value }) => value),
          points: windows.map(({ timeMs, value }) => ({
            timeMs,
            value: predicate === undefined ? value : Number(satisfies(value, predicate)),
          })),
        };
      });
    },
  };
  return metrics;
}

function keyOf({ namespace, resourceGroup, name, compartmentId, dimensions }: Omit<MetricStream, "points">): string {
  const sorted = Object.entries(dimensions).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([namespace, resourceGroup ?? null, name, compartmentId, sorted]);
}

function passes({ name, operator, value }: DimensionFilter, dimensions: Record<string, string>): boolean {
  const came = Object.hasOwn(dimensions, name) ? dimensions[name] : undefined;
  if (operator === "!=") return came !== value;
  if (came === undefined) return false;
  if (operator === "=") return came === value;
  const source = value
    .split("|")
    .map((alternative) => alternative.split("*").map(escaped).join(".*"))
    .join("|");
  return new RegExp(`^(?:${source})$`, "s").test(came);
}

function escaped(text: string): string {
  return text.replaceAll(/[^\w ]/g, "\\$&");
}

function grouped(streams: readonly MetricStream[], groupBy: readonly string[] | undefined) {
  if (groupBy === undefined) return streams.map(({ dimensions, points }) => ({ dimensions, points }));
  const groups = new Map<string, { dimensions: Record<string, string>; points: Point[] }>();
  for (const { dimensions, points } of streams) {
    const of = Object.entries(dimensions).filter(([name]) => groupBy.includes(name));
    // A stream without the dimension is in no group.
    if (of.length < groupBy.length) continue;
    const key = JSON.stringify(of.toSorted(([a], [b]) => (a < b ? -1 : 1)));
    const group = groups.get(key) ?? { dimensions: Object.fromEntries(of), points: [] };
    group.points.push(...points);
    groups.set(key, group);
  }
  return [...groups.values()];
}

/** The windows that hold points. They begin at startMs and every resolutionMs from there; each is one interval long. */
function present(points: readonly Point[], query: MetricQuery, { startMs, endMs, resolutionMs }: Range) {
  const windows = new Map<number, Point[]>();
  for (const point of points) {
    if (point.timeMs < startMs || point.timeMs >= endMs) continue;
    const latest = startMs + Math.floor((point.timeMs - startMs) / resolutionMs) * resolutionMs;
    for (let at = latest; at >= startMs && at + query.intervalMs > point.timeMs; at -= resolutionMs) {
      const window = windows.get(at) ?? [];
      window.push(point);
      windows.set(at, window);
    }
  }
  return [...windows]
    .toSorted(([a], [b]) => a - b)
    .map(([timeMs, window]) => ({ timeMs, value: statisticOf(window, query) }));
}

/** Of each whole window: 1 if it holds no point. A stream that has been quiet for the absence period tells nothing. */
function absences(points: readonly Point[], query: MetricQuery, { startMs, endMs, resolutionMs }: Range) {
  const times = points.map(({ timeMs }) => timeMs).toSorted((a, b) => a - b);
  const windows: { timeMs: number; value: number }[] = [];
  for (let at = startMs; at + query.intervalMs <= endMs; at += resolutionMs) {
    const end = at + query.intervalMs;
    const last = times.findLast((time) => time < end);
    if (last === undefined || end - last > (query.argument ?? ABSENCE_MS) + query.intervalMs) continue;
    windows.push({ timeMs: at, value: Number(last < at) });
  }
  return windows;
}
