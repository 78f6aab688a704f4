import { readTokens, shown, tokensOf } from "./token.ts";
import { readWhere, type Where } from "./where.ts";

const VARIABLE = /^(?:instance|resource)\.(?:id|compartment\.id)$|^resource\.type$|^tag\.[^.]+\.[^.]+\.value$/;

/**
 * The matching rule of a dynamic group: `ALL {resource.type = 'fnfunc', resource.id = '...'}`.
 * @returns it, or a string that tells what is wrong
 * @see https://docs.oracle.com/en-us/iaas/Content/Identity/dynamicgroups/Writing_Matching_Rules_to_Define_Dynamic_Groups.htm
 */
export function parseMatchingRule(text: string): Where | string {
  const tokens = tokensOf(text);
  if (typeof tokens === "string") return tokens;
  const reader = readTokens(tokens);
  const rule = readWhere(reader, { mayStandAlone: true });
  if (typeof rule === "string") return rule;
  if (reader.peek() !== undefined) return `nothing was expected after the rule, but ${shown(reader.peek())} came`;
  return problemOf(rule) ?? rule;
}

function problemOf(rule: Where): string | undefined {
  if ("of" in rule) return rule.of.map(problemOf).find((problem) => problem !== undefined);
  if (!VARIABLE.test(rule.variable)) {
    return `${rule.variable} is no variable of matching rules; there are instance.id, instance.compartment.id, resource.id, resource.compartment.id, resource.type and tag.<namespace>.<key>.value`;
  }
  if (rule.kind === "present") {
    return rule.variable.startsWith("tag.") ? undefined : `= or != was expected after ${rule.variable}`;
  }
  return rule.value.isPattern ? `${rule.variable} takes a 'value', not a pattern` : undefined;
}
