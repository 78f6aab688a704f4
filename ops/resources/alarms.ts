import { type Expression, input, item, list, ref, text } from "../expression.ts";
import type { Row } from "../resources.ts";
import { ownerTags } from "./owner.ts";

const deadLetters = ref("bucket dead-letters", "name");

/** What all alarms have in common. */
const alarm = (attributes: Readonly<Record<string, Expression>>): Readonly<Record<string, Expression>> => ({
  compartmentId: input("compartmentId"),
  metricCompartmentId: input("compartmentId"),
  isEnabled: true,
  destinations: list(ref("topic", "id")),
  freeformTags: ownerTags,
  ...attributes,
});

export const alarms: readonly Row[] = [
  {
    key: "alarm function-errors",
    kind: "alarm",
    attributes: alarm({
      displayName: text`${input("name")}-function-errors`,
      namespace: "oci_faas",
      query: text`FunctionResponseCount[1m]{resourceId = "${ref("function", "id")}", responseType = "Error"}.sum() > 0`,
      severity: "CRITICAL",
      body: text`The relay's function has failed: an event may be neither delivered nor kept. See the lines of level error in the log ${input("name")}-function-invoke, then run: npm run relay -- verify`,
    }),
  },
  {
    key: "alarm not-delivered",
    kind: "alarm",
    each: "rules",
    attributes: alarm({
      displayName: text`${item("name")}-not-delivered`,
      // Where the rule stands: that of identity events is in the tenancy.
      metricCompartmentId: item("compartmentId"),
      namespace: "oci_cloudevents",
      query: text`DeliveryFailedEvents[1m]{resourceId = "${ref("rule", "id")}"}.sum() > 0`,
      severity: "CRITICAL",
      body: text`Events could not hand an event of the rule ${item("name")} to one of its actions. See that the policy ${input("name")} and what the actions name are still there: npm run relay -- verify`,
    }),
  },
  {
    key: "alarm dead-letters",
    kind: "alarm",
    attributes: alarm({
      displayName: text`${input("name")}-dead-letters`,
      namespace: "oci_objectstorage",
      query: text`PutRequests[1m]{resourceDisplayName = "${deadLetters}"}.sum() > 0`,
      severity: "WARNING",
      body: text`A receiver did not take an event; it is kept in the bucket ${deadLetters}. Mend the receiver, then send it again: npm run relay -- replay --bucket ${deadLetters} --function ${ref("function", "id")}`,
    }),
  },
];
