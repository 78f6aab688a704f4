import * as z from "zod";
import { bodyOf, type Call, notFound, type Operation, page, refuse } from "../emulator/api.ts";
import type { Cloud } from "../emulator/cloud.ts";
import { queriedCompartment } from "../emulator/compartment-id.ts";
import { may } from "../emulator/reach.ts";
import type { HttpAnswer } from "../loopback.ts";
import type { MetricStream, MetricStreams } from "./metric-streams.ts";

const GROUPS = ["namespace", "name", "resourceGroup"] as const;

const listSchema = z.object({
  name: z.string().nullish(),
  namespace: z.string().nullish(),
  resourceGroup: z.string().nullish(),
  dimensionFilters: z.record(z.string(), z.string()).nullish(),
  groupBy: z.array(z.enum(GROUPS)).nullish(),
  sortBy: z.enum(["NAMESPACE", "NAME", "RESOURCEGROUP"]).nullish(),
  sortOrder: z.enum(["ASC", "DESC"]).nullish(),
});

const SORT_KEYS: Record<string, (stream: MetricStream) => string> = {
  NAMESPACE: ({ namespace }) => namespace,
  NAME: ({ name }) => name,
  RESOURCEGROUP: ({ resourceGroup }) => resourceGroup ?? "",
};

/** ListMetrics: which metric streams there are, or which values of groupBy they have. */
export function createMetricLists(cloud: Cloud, streams: MetricStreams): { operations: Operation[] } {
  return { operations: [{ method: "POST", path: "/20180401/metrics/actions/listMetrics", answer: list }] };

  function list(call: Call): HttpAnswer {
    const queried = queriedCompartment(call, cloud);
    if ("answer" in queried) return queried.answer;
    const isDeep = call.query.get("compartmentIdInSubtree") === "true";
    if (isDeep && queried.id !== cloud.tenancyId) {
      return refuse(call, 400, "InvalidParameter", "compartmentIdInSubtree: true only with the OCID of the tenancy");
    }
    const body = bodyOf(call, listSchema);
    if (!body.ok) return body.answer;
    const { groupBy, sortBy, sortOrder, ...wanted } = body.value;
    const variables = wanted.namespace ? { "target.metrics.namespace": wanted.namespace } : {};
    if (!may(cloud, call, "METRIC_INSPECT", { compartmentId: queried.id, variables })) return notFound(call);
    const keyOf = SORT_KEYS[sortBy ?? "NAME"] ?? (() => "");
    const found = streams
      .all()
      .filter(
        ({ compartmentId }) => compartmentId === queried.id || (isDeep && cloud.isWithin(compartmentId, queried.id)),
      )
      .filter((stream) => isAskedFor(stream, wanted))
      .toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : keyOf(a) > keyOf(b) ? 1 : 0));
    const inOrder = sortOrder === "DESC" ? found.toReversed() : found;
    return page(call, groupBy?.length ? groups(inOrder, groupBy) : inOrder.map(shown));
  }
}

function isAskedFor(
  { name, namespace, resourceGroup, dimensions }: MetricStream,
  wanted: z.output<typeof listSchema>,
): boolean {
  return (
    (wanted.name ?? name) === name &&
    (wanted.namespace ?? namespace) === namespace &&
    (wanted.resourceGroup ?? resourceGroup) === resourceGroup &&
    Object.entries(wanted.dimensionFilters ?? {}).every(
      ([key, value]) => Object.hasOwn(dimensions, key) && dimensions[key] === value,
    )
  );
}

function shown({ points: _, metadata: __, resourceGroup, ...stream }: MetricStream) {
  return { ...stream, resourceGroup: resourceGroup ?? null };
}

/** Each combination once: { "namespace": "oci_faas" } */
function groups(streams: readonly MetricStream[], groupBy: readonly (typeof GROUPS)[number][]) {
  const texts = streams.map((stream) =>
    JSON.stringify(Object.fromEntries(groupBy.map((field) => [field, stream[field] ?? null]))),
  );
  return [...new Set(texts)].map((text): unknown => JSON.parse(text));
}
