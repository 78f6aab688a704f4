import { parseStatement } from "../../local/identity/policy-statement.ts";

/** What is known here of a request that the function makes. All else depends on tags, the network, the time and the like. */
const KNOWN = new Set([
  "request.permission",
  "request.principal.type",
  "request.principal.id",
  "request.principal.compartment.id",
  "target.compartment.id",
  "target.bucket.name",
]);

/** A variable, = or !=, and a 'value' or a pattern between slashes. */
const COMPARISON = /([^\s{},=!'/]+)\s*!?=\s*(?:'[^']*'|\/[^'{}]*?\/(?=[\s,}]|$))/g;

/**
 * A policy statement in which all holds that cannot be known here: each comparison of it, and that the function is in a dynamic
 * group of another identity domain, which the list of them leaves out.
 */
export function generousStatement(text: string, groups: readonly { id: string }[]): string {
  const statement = parseStatement(text);
  if (typeof statement === "string") return text;
  const { subject } = statement;
  const isElsewhere =
    subject.kind === "dynamic-group" &&
    subject.members.some((member) =>
      "id" in member ? !groups.some(({ id }) => id === member.id) : member.domain.toLowerCase() !== "default",
    );
  const told = text.replace(COMPARISON, (comparison, variable: string) =>
    KNOWN.has(variable.toLowerCase()) ? comparison : "request.permission = /*/",
  );
  return isElsewhere ? told.replace(/dynamic-group.*?\s+to\s/is, "any-group to ") : told;
}

/** A matching rule in which the function has every tag. */
export function generousGroup(matchingRule: string): string {
  return matchingRule.replace(/tag\.[^.\s]+\.[^.\s]+\.value(?:\s*!?=\s*'[^']*')?/gi, "resource.type = 'fnfunc'");
}
