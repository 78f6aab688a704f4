import { type Expression, ref } from "../expression.ts";
import { rowOf } from "./resource-block.ts";

export interface Output {
  name: string;
  title: string;
  description: string;
  /** As Resource Manager shows it. */
  type: "ocid" | "string" | "map" | "list";
  value: Expression | { hcl: string };
  isSensitive?: true;
}

export const outputs: readonly Output[] = [
  {
    name: "function_id",
    title: "Function",
    description: "OCID of the function: npm run relay -- replay --function takes it.",
    type: "ocid",
    value: ref("function", "id"),
  },
  {
    name: "topic_id",
    title: "Topic",
    description: "OCID of the topic.",
    type: "ocid",
    value: ref("topic", "id"),
  },
  {
    name: "dead_letter_bucket",
    title: "Dead letters",
    description: "Bucket of what could not be delivered: npm run relay -- replay --bucket takes it.",
    type: "string",
    value: ref("bucket dead-letters", "name"),
  },
  {
    name: "dedupe_bucket",
    title: "Dedupe record",
    description: "Bucket of the record of delivered events.",
    type: "string",
    value: ref("bucket dedupe", "name"),
  },
  {
    name: "rule_ids",
    title: "Rules",
    description: "OCIDs of the rules, by name.",
    type: "map",
    value: { hcl: "{ for name, rule in oci_events_rule.rule : name => rule.id }" },
  },
  {
    name: "rules_left_out",
    title: "Rules left out",
    description:
      "Rules for identity events that are not made, because this is not the home region: make a stack there.",
    type: "list",
    value: {
      hcl: '[for rule in jsondecode(var.rules) : try(rule.name, "") if try(rule.isIdentity, false) && var.region != local.home_region]',
    },
  },
  {
    name: "function_config",
    title: "Configuration of the function",
    description: "What the function is configured with; without an image it must be set by hand.",
    type: "map",
    value: rowOf("function").attributes.config ?? "",
    isSensitive: true,
  },
];
