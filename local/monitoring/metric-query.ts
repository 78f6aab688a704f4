/**
 * A query in the Monitoring Query Language: `metric[interval]{dimension = "value"}.groupBy(dimension).statistic() > 1`.
 * @see https://docs.oracle.com/en-us/iaas/Content/Monitoring/Reference/mql.htm
 */
export interface MetricQuery {
  metric: string;
  intervalMs: number;
  filters: DimensionFilter[];
  /** Of groupBy(); empty for grouping(), which makes one stream of all; undefined: each stream by itself. */
  groupBy: string[] | undefined;
  statistic: Statistic;
  /** The argument of percentile(), 0 to 1; of absent() its period in milliseconds. */
  argument: number | undefined;
  predicate: Predicate | undefined;
  /** The query without its predicate, as it was written. */
  expression: string;
}

export interface DimensionFilter {
  name: string;
  /** =~ takes * for any text, and | between alternatives. */
  operator: "=" | "!=" | "=~";
  value: string;
}

export interface Predicate {
  operator: (typeof OPERATORS)[number];
  /** Two for `in` and `not in`, which count their bounds in. */
  values: number[];
}

export type Statistic = (typeof STATISTICS)[number];

const STATISTICS = [
  "absent",
  "avg",
  "count",
  "first",
  "increment",
  "last",
  "max",
  "mean",
  "min",
  "percentile",
  "rate",
  "sum",
] as const;
const OPERATORS = [">=", "<=", "==", "!=", ">", "<", "not in", "in"] as const;

const HEAD = /^\s*([A-Za-z][\w.$-]*)\s*\[\s*(\d+[mhd])\s*\]\s*(?:\{((?:[^}"]|"(?:[^"\\]|\\.)*")*)\})?\s*/;
const FILTER = /\s*([\w.$-]+)\s*(=~|!=|=)\s*"((?:[^"\\]|\\.)*)"\s*(,|$)/y;
const FUNCTION = /^\.\s*(\w+)\s*\(\s*([^()]*?)\s*\)\s*/;
const NUMBER = String.raw`[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?`;
const PREDICATE = new RegExp(
  `^(>=|<=|==|!=|>|<|not\\s+in|in)\\s*(?:(${NUMBER})|\\(\\s*(${NUMBER})\\s*,\\s*(${NUMBER})\\s*\\))\\s*$`,
);

/** @returns the query, or a string that tells what is wrong with it */
export function parseMetricQuery(text: string): MetricQuery | string {
  if (/^\s*\(|&&|\|\|/.test(text)) return "nested and joined queries cannot be evaluated here; write one query";
  const head = HEAD.exec(text);
  if (head === null) return "a query begins with metric[interval], such as FunctionErrors[1m]";
  const [start, metric = "", interval = "", dimensions] = head;
  const intervalMs = intervalMsOf(interval);
  if (intervalMs === undefined) return `interval ${interval}: 1m to 60m, 1h to 24h, or 1d`;
  const filters = dimensions === undefined ? [] : filtersOf(dimensions);
  if (filters === undefined) return 'dimensions: {name = "value", ...}';

  let rest = text.slice(start.length);
  let groupBy: string[] | undefined;
  for (let called = FUNCTION.exec(rest); called !== null; called = FUNCTION.exec(rest)) {
    const [whole, name = "", argument = ""] = called;
    rest = rest.slice(whole.length);
    if (name === "groupBy" || name === "grouping") {
      if (groupBy !== undefined) return "one grouping function can be evaluated here";
      groupBy = argument === "" ? [] : argument.split(/\s*,\s*/);
      if ((name === "groupBy") !== groupBy.length > 0) return "groupBy() takes dimensions, and grouping() none";
      continue;
    }
    const statistic = STATISTICS.find((known) => known === name);
    if (statistic === undefined) return `there is no statistic ${name}(); there are ${STATISTICS.join(", ")}`;
    const number = argumentOf(statistic, argument);
    if (typeof number === "string") return number;
    const predicate = rest === "" ? undefined : predicateOf(rest);
    if (typeof predicate === "string") return predicate;
    const expression = text.slice(0, text.length - rest.length).trim();
    return { metric, intervalMs, filters, groupBy, statistic, argument: number, predicate, expression };
  }
  return `a statistic was expected, such as .sum(), not ${JSON.stringify(rest)}`;
}

/** 5m, 2h, 1d in milliseconds; undefined for an interval that there is not. */
export function intervalMsOf(interval: string): number | undefined {
  const [, digits, unit] = /^(\d+)([mhd])$/.exec(interval) ?? [];
  const number = Number(digits);
  if (unit === "m" && number >= 1 && number <= 60) return number * 60_000;
  if (unit === "h" && number >= 1 && number <= 24) return number * 3_600_000;
  return unit === "d" && number === 1 ? 86_400_000 : undefined;
}

/** Undefined if they are not as they should be. */
function filtersOf(text: string): DimensionFilter[] | undefined {
  const filters: DimensionFilter[] = [];
  FILTER.lastIndex = 0;
  for (let match = FILTER.exec(text); match !== null; match = FILTER.exec(text)) {
    const [, name = "", operator = "=", value = "", separator] = match;
    filters.push({ name, operator: operator as DimensionFilter["operator"], value: value.replaceAll(/\\(.)/g, "$1") });
    if (separator === "" && FILTER.lastIndex === text.length) return filters;
  }
  return undefined;
}

function argumentOf(statistic: Statistic, text: string): number | undefined | string {
  if (statistic === "percentile") {
    const number = text === "" ? Number.NaN : Number(text);
    return number >= 0 && number <= 1 ? number : "percentile() takes a number from 0 to 1, such as percentile(0.9)";
  }
  if (text === "") return undefined;
  const [, digits, unit = "h"] = /^(\d{1,4})([mhd])?$/.exec(text) ?? [];
  if (statistic !== "absent") return `${statistic}() takes nothing`;
  const unitMs = { m: 60_000, h: 3_600_000, d: 86_400_000 }[unit] ?? 0;
  return digits === undefined ? "absent() takes a period, such as absent(20h)" : Number(digits) * unitMs;
}

function predicateOf(text: string): Predicate | string {
  const [, found, one, from, to] = PREDICATE.exec(text) ?? [];
  const operator = OPERATORS.find((known) => known === found?.replace(/\s+/, " "));
  const isRange = operator === "in" || operator === "not in";
  const values = [one, from, to].flatMap((value) => (value === undefined ? [] : [Number(value)]));
  if (operator === undefined || values.length !== (isRange ? 2 : 1)) {
    return `a comparison was expected, such as > 0 or in (1, 5), not ${JSON.stringify(text)}`;
  }
  return { operator, values };
}

export function satisfies(value: number, { operator, values: [first = 0, second = 0] }: Predicate): boolean {
  switch (operator) {
    case ">":
      return value > first;
    case ">=":
      return value >= first;
    case "<":
      return value < first;
    case "<=":
      return value <= first;
    case "==":
      return value === first;
    case "!=":
      return value !== first;
    case "in":
      return value >= first && value <= second;
    case "not in":
      return value < first || value > second;
  }
}
