import { stringify } from "yaml";
import { version } from "../../package.json" with { type: "json" };
import { outputs } from "./outputs.ts";
import { variableGroups, variables } from "./variables.ts";

/** schema.yaml: the form by which Resource Manager asks for the variables. */
export function formSchema(): string {
  const schema = {
    title: "oci-event-relay",
    description: "Relays the events of Oracle Cloud as signed webhooks and ONS messages.",
    stackDescription: "One function, its topic, buckets, rules, log, alarms and policy.",
    schemaVersion: "1.1.0",
    version,
    locale: "en",
    variableGroups: variableGroups.map(({ title, visible, variables: shown }) => ({
      title,
      visible,
      variables: shown.map(({ name }) => name),
    })),
    variables: Object.fromEntries(variables.map(({ name, description, form }) => [name, { ...form, description }])),
    outputGroups: [{ title: "The relay", outputs: outputs.map(({ name }) => name) }],
    outputs: Object.fromEntries(
      outputs.map(({ name, title, description, type, isSensitive }) => [
        name,
        { type, title, description, ...(isSensitive && { sensitive: true }) },
      ]),
    ),
  };
  return stringify(schema, { lineWidth: 0 });
}
