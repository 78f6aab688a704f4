import documented from "../../handlers/event-types.json" with { type: "json" };
import { matches } from "../../src/condition.ts";
import { documentedTypes } from "../../src/documented.ts";

/**
 * Services of IAM. Their events fire in the tenancy's home region only, and reach only rules in its root compartment, as
 * Oracle's CIS landing zone has them (home_region_notifications).
 */
const SERVICES = ["identitycontrolplane", "identitysignon", "identityprovisioning"];

const PREFIXES = SERVICES.map((service) => `com.oraclecloud.${service}.`);

/** True for an event type, in any case, that only a rule in the root compartment of the home region gets. */
export function isIdentityType(type: string): boolean {
  return PREFIXES.some((prefix) => type.toLowerCase().startsWith(prefix));
}

/** Where a type or a pattern belongs: into the rules for IAM, into the others, or into both. */
export interface Sides {
  /** As it is to stand among the identity types; a pattern is narrowed to them. */
  identity: readonly string[];
  other: readonly string[];
}

/** A pattern belongs where the documented types are that it fits; one that fits none, by its beginning. */
export function sidesOf(type: string): Sides {
  if (!type.includes("*"))
    return isIdentityType(type) ? { identity: [type], other: [] } : { identity: [], other: [type] };
  const fitting = documentedTypes(documented).filter((each) => matches(type, each));
  const identities = fitting.filter(isIdentityType);
  const isIdentityOnly = fitting.length === 0 ? isIdentityType(type) : identities.length === fitting.length;
  if (isIdentityOnly) return { identity: [type], other: [] };
  if (identities.length === 0) return { identity: [], other: [type] };
  // In the root compartment the whole pattern would bring the events of all compartments.
  const narrowed = PREFIXES.filter((prefix) => identities.some((each) => each.startsWith(prefix))).flatMap((prefix) =>
    after(type, prefix).map((rest) => prefix + rest),
  );
  return { identity: narrowed.sort(), other: [type] };
}

/** What is left of a pattern for texts that begin so: the ways in which the beginning fits it, none that another covers. */
function after(pattern: string, beginning: string): string[] {
  let rests = new Set(unfolded(pattern));
  for (const letter of beginning) {
    const next = [...rests].flatMap((rest) => {
      if (rest.startsWith("*")) return [rest];
      return rest.startsWith(letter) ? unfolded(rest.slice(1)) : [];
    });
    rests = new Set(next.flatMap(unfolded));
  }
  const found = [...rests];
  return found.filter((rest) => !found.some((other) => other !== rest && matches(other, rest)));
}

/** A `*` may stand for nothing. */
function unfolded(pattern: string): string[] {
  return pattern.startsWith("*") ? [pattern, ...unfolded(pattern.slice(1))] : [pattern];
}
