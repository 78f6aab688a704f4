import * as z from "zod/mini";
import { defineHandler, text } from "../src/handler.ts";

/** Metrics that Connector Hub reads from OCI Monitoring; their event type is the relay's own (src/twin/metric.ts). */
export const metric = defineHandler({
  resourceType: "metric",
  noun: "Metric",
  actions: { "com.oraclecloud.monitoring.metric.update": "update" },
  additionalDetails: () => z.object({ namespace: text }),
  normalise: ({ additionalDetails: { namespace } }) => ({ did: "has new values", details: { namespace } }),
});
