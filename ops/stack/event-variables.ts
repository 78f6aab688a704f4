import { defaultRules } from "./default-rules.ts";
import { isOcid, type Variable } from "./variable.ts";

const wholeDays = (name: string) => ({
  condition: `var.${name} >= 1 && floor(var.${name}) == var.${name}`,
  message: `${name} must be a whole number of days, 1 or more.`,
});

/** Which events come, and how long things are kept. */
export const eventVariables: readonly Variable[] = [
  {
    name: "rules",
    type: "string",
    default: defaultRules(),
    description:
      "Events rules, a JSON array of {name, isIdentity, condition}. A rule with isIdentity stands in the root compartment, and is made only if the region is the home region. npm run relay -- rule shows conditions.",
    validations: [
      {
        condition: "can([for rule in jsondecode(var.rules) : keys(rule.condition)])",
        message:
          'rules must be a JSON array of objects with a condition, such as [{"name": "", "isIdentity": false, "condition": {}}].',
      },
      {
        condition: 'can({ for rule in jsondecode(var.rules) : regex("^[a-z0-9-]*$", try(rule.name, "")) => rule })',
        message:
          "Each of rules must have a name of its own, of lower-case letters, digits and hyphens; one may have none.",
      },
    ],
    form: { title: "Rules", type: "text", multiline: true, required: true },
  },
  {
    name: "sends_raw",
    type: "bool",
    default: false,
    description: "Every rule publishes its events on the topic, too, as they came.",
    form: { title: "Raw events to the topic", type: "boolean", required: false },
  },
  {
    name: "stream_ocid",
    type: "string",
    default: "",
    description: "OCID of a stream that every rule puts its events into, too. Empty: none.",
    validations: [
      {
        condition: `var.stream_ocid == "" || ${isOcid("var.stream_ocid", "stream")}`,
        message: "stream_ocid must be the OCID of a stream, or empty.",
      },
    ],
    form: { title: "Stream", type: "string", required: false },
  },
  {
    name: "keep_days",
    type: "number",
    default: 90,
    description: "Days that dead letters are kept: replay them before.",
    validations: [wholeDays("keep_days")],
    form: { title: "Days of dead letters", type: "integer", required: true, minimum: 1 },
  },
  {
    name: "dedupe_days",
    type: "number",
    default: 7,
    description: "Days that the record of delivered events is kept: a repeat after them is delivered again.",
    validations: [wholeDays("dedupe_days")],
    form: { title: "Days of the dedupe record", type: "integer", required: true, minimum: 1 },
  },
];
