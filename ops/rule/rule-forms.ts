import type { Rule } from "./rule.ts";
import { shellWord } from "./shell-word.ts";

/** What a rule is made with beside its condition; what is not given stands there as something to fill in. */
export interface RulePlaces {
  /** Of the installation: the rules' names begin with it. */
  name: string;
  /** OCIDs. */
  compartment?: string;
  tenancy?: string;
  function?: string;
  /** Of the identity rule, where the function itself is not in the home region. */
  homeFunction?: string;
  homeRegion?: string;
}

export function displayNameOf({ name }: Rule, places: Pick<RulePlaces, "name">): string {
  return name === "" ? places.name : `${places.name}-${name}`;
}

/** The condition itself; of several rules, an object with each under its name. */
export function asJson(rules: readonly Rule[], places: RulePlaces): string {
  const [first] = rules;
  const named = Object.fromEntries(rules.map((rule) => [displayNameOf(rule, places), rule.condition]));
  return JSON.stringify(rules.length === 1 ? first?.condition : named, undefined, 2);
}

/** A command line of OCI's CLI for each rule. */
export function asOciCommands(rules: readonly Rule[], places: RulePlaces): string {
  return rules.map((rule) => commandOf(rule, places)).join("\n");
}

function commandOf(rule: Rule, places: RulePlaces): string {
  const { isIdentity, condition } = rule;
  const functionId = isIdentity
    ? (places.homeFunction ?? places.function ?? "<OCID of a function in the home region>")
    : (places.function ?? "<OCID of the function>");
  const action = { actionType: "FAAS", isEnabled: true, functionId };
  const options = {
    ...(isIdentity && { region: places.homeRegion ?? "<home region>" }),
    "compartment-id": isIdentity
      ? (places.tenancy ?? "<OCID of the tenancy>")
      : (places.compartment ?? "<OCID of the compartment>"),
    "display-name": displayNameOf(rule, places),
    "is-enabled": "true",
    condition: JSON.stringify(condition),
    actions: JSON.stringify({ actions: [action] }),
  };
  const words = Object.entries(options).flatMap(([option, value]) => [`--${option}`, shellWord(value)]);
  return ["oci events rule create", ...words].join(" ");
}
