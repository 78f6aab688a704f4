import type { MetricQuery } from "./metric-query.ts";
import type { Point } from "./metric-streams.ts";

/**
 * One statistic of the points of a window.
 * @param points at least one
 */
export function statisticOf(
  points: readonly Point[],
  query: Pick<MetricQuery, "statistic" | "argument" | "intervalMs">,
) {
  const inTime = points.toSorted((a, b) => a.timeMs - b.timeMs);
  const values = points.map(({ value }) => value);
  const count = points.reduce((total, point) => total + point.count, 0);
  const sum = points.reduce((total, point) => total + point.value * point.count, 0);
  const first = inTime.at(0)?.value ?? 0;
  const last = inTime.at(-1)?.value ?? 0;
  switch (query.statistic) {
    case "absent":
      return 0;
    case "count":
      return count;
    case "sum":
      return sum;
    case "mean":
    case "avg":
      return sum / count;
    case "min":
      return values.reduce((a, b) => Math.min(a, b));
    case "max":
      return values.reduce((a, b) => Math.max(a, b));
    case "first":
      return first;
    case "last":
      return last;
    case "increment":
      return last - first;
    case "rate":
      return (last - first) / (query.intervalMs / 1_000);
    case "percentile":
      return percentile(points, (query.argument ?? 0) * count);
  }
}

/** The least value that `rank` of all occurrences do not exceed. */
function percentile(points: readonly Point[], rank: number): number {
  const ascending = points.toSorted((a, b) => a.value - b.value);
  let seen = 0;
  for (const { value, count } of ascending) {
    seen += count;
    if (seen >= rank) return value;
  }
  return ascending.at(-1)?.value ?? 0;
}
