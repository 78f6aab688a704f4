import type { Actual } from "../provision/kind.ts";
import type { Walk } from "./check.ts";

/** What the metrics of Events and Functions say of an event that did not come. */
export async function whereItStopped(
  { place, fn }: Walk,
  rules: readonly Actual[],
  sinceMs: number,
): Promise<{ found: string; fix: string }> {
  const sum = async (namespace: string, metric: string, where: string, compartmentId = place.compartmentId) => {
    const { items } = await place.clients.monitoring.summarizeMetricsData({
      compartmentId,
      summarizeMetricsDataDetails: {
        namespace,
        query: `${metric}[1m]{${where}}.sum()`,
        startTime: new Date(sinceMs - 60_000),
        endTime: new Date(),
      },
    });
    return items.flatMap(({ aggregatedDatapoints }) => aggregatedDatapoints).reduce((all, { value }) => all + value, 0);
  };
  const ofRules = async (metric: string) => {
    // The metrics of a rule are where it stands: that for identity stands in the root.
    const ofRule = ({ id, attributes }: Actual) =>
      sum("oci_cloudevents", metric, `resourceId = "${id}"`, String(attributes.compartmentId));
    const sums = await Promise.all(rules.map(ofRule));
    return sums.reduce((all, each) => all + each, 0);
  };
  try {
    if ((await ofRules("MatchedEvents")) === 0) {
      const names = rules.map(({ name }) => name).join(", ");
      return {
        found: `no rule has matched it yet (${names}), by the metric MatchedEvents`,
        fix: "a new rule takes a minute or two: verify again; then see that the rule's compartment is above the event's",
      };
    }
    if ((await ofRules("DeliveryFailedEvents")) > 0) {
      return {
        found: "a rule matched, and could not deliver, by the metric DeliveryFailedEvents",
        fix: `see that the function is in the rule's region; then: Allow service cloudEvents to use functions-family in compartment id ${place.compartmentId}`,
      };
    }
    const errors = await sum("oci_faas", "FunctionResponseCount", `resourceId = "${fn?.id}", responseType = "Error"`);
    if (errors > 0)
      return {
        found: "the function was called, and failed",
        fix: "see its log; the synthetic event above says what a call of its own gives",
      };
    return {
      found: "a rule matched, and called the function",
      fix: "see the function's log, and wait longer with --wait",
    };
  } catch {
    // Metrics are a help, not the answer.
    return {
      found: "and the metrics cannot be read",
      fix: "see MatchedEvents and DeliveryFailedEvents of the rule in the console",
    };
  }
}
