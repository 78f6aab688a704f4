import type { Rule } from "./rule.ts";
import { displayNameOf, type RulePlaces } from "./rule-forms.ts";

/** Resources of Oracle's Terraform provider, with the variables and the provider that they refer to. */
export function asTerraform(rules: readonly Rule[], places: RulePlaces): string {
  const variables = new Set<string>();
  const given = (text: string | undefined, variable: string): string => {
    if (text !== undefined) return quoted(text);
    variables.add(variable);
    return `var.${variable}`;
  };
  const resources = rules.map((rule) => {
    const functionId =
      rule.isIdentity && places.homeFunction !== undefined
        ? quoted(places.homeFunction)
        : given(places.function, "function_ocid");
    const compartmentId = rule.isIdentity
      ? given(places.tenancy, "tenancy_ocid")
      : given(places.compartment, "compartment_ocid");
    return resourceOf(rule, { displayName: displayNameOf(rule, places), compartmentId, functionId });
  });
  const hasIdentity = rules.some(({ isIdentity }) => isIdentity);
  const provider = hasIdentity ? [providerOf(given(places.homeRegion, "home_region"))] : [];
  const declared = [...variables].map((name) => `variable "${name}" {\n  type = string\n}\n`);
  return [...declared, ...provider, ...resources].join("\n").trimEnd();
}

function providerOf(region: string): string {
  return `# Identity events fire in the home region only.
provider "oci" {
  alias  = "home"
  region = ${region}
}
`;
}

function resourceOf(
  { isIdentity, condition }: Rule,
  { displayName, compartmentId, functionId }: { displayName: string; compartmentId: string; functionId: string },
): string {
  return `resource "oci_events_rule" ${quoted(identifierOf(displayName))} {
${isIdentity ? "  provider       = oci.home\n" : ""}  compartment_id = ${compartmentId}
  display_name   = ${quoted(displayName)}
  is_enabled     = true
  condition      = jsonencode(${conditionOf(condition)})

  actions {
    actions {
      action_type = "FAAS"
      is_enabled  = true
      function_id = ${functionId}
    }
  }
}
`;
}

function conditionOf({ eventType }: Rule["condition"]): string {
  if (!Array.isArray(eventType)) return "{}";
  return `{\n    eventType = [\n${eventType.map((type) => `      ${quoted(String(type))},\n`).join("")}    ]\n  }`;
}

/** A name of Terraform's: letters, digits, underscores and hyphens, and no digit at the start. */
function identifierOf(name: string): string {
  const plain = name.replace(/[^A-Za-z0-9_-]/g, "_");
  return /^[A-Za-z_]/.test(plain) ? plain : `_${plain}`;
}

/** As HCL has it: the escapes of JSON, and templates that are none. */
function quoted(text: string): string {
  return JSON.stringify(text).replaceAll("${", "$${").replaceAll("%{", "%%{");
}
