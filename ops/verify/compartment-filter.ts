import type { models } from "oci-identity";
import type { Condition } from "../../src/condition.ts";
import { isRecord } from "../../src/problem.ts";
import type { Actual } from "../provision/kind.ts";
import { allCompartments } from "./all-compartments.ts";
import { type Check, failed, type Walk } from "./check.ts";
import { seen } from "./seen.ts";

/** Of a field of the condition: the ids or the names that it asks for, if none of them is a pattern. */
interface Asked {
  field: string;
  values: readonly string[];
  by: "id" | "name";
}

/** Does a condition ask for compartments of which its rule gets no event? It gets those of its own and of all below it. */
export async function compartmentFilterChecks(rule: Actual, condition: Condition, { place }: Walk): Promise<Check[]> {
  const asked = askedIn(condition);
  if (asked.length === 0) return [];
  const ruleIn = String(rule.attributes.compartmentId);
  const all = await allCompartments(place);
  const own = await seen(place.clients.identity.getCompartment({ compartmentId: ruleIn }));
  if (all === undefined || own === undefined) return [];
  const heard = [own.compartment, ...below(ruleIn, all)];
  const ids = new Set(heard.map(({ id }) => id));
  const names = new Set(heard.map(({ name }) => name));
  // Events of the root compartment call it so, or by the tenancy's name.
  if (ruleIn === place.tenancyId) names.add("root");
  return asked
    .filter(({ values, by }) => !values.some((value) => (by === "id" ? ids : names).has(value)))
    .map(({ field, values }) => {
      const found = `its condition asks for ${field} ${values.join(", ")}, and its events are of ${own.compartment.name} and the compartments below that: none is it`;
      return failed(`rule ${rule.name}`, found, "mend the condition, or move the rule up to a compartment above both");
    });
}

function askedIn({ data, extensions }: Record<string, unknown>): Asked[] {
  const fields: [string, unknown, Asked["by"]][] = [
    ["data.compartmentId", isRecord(data) ? data.compartmentId : undefined, "id"],
    ["data.compartmentName", isRecord(data) ? data.compartmentName : undefined, "name"],
    ["extensions.compartmentId", isRecord(extensions) ? extensions.compartmentId : undefined, "id"],
  ];
  return fields.flatMap(([field, wanted, by]) => {
    const values = [wanted].flat().filter((value) => value !== undefined);
    const texts = values.filter((value) => typeof value === "string" && !value.includes("*"));
    return texts.length === 0 || texts.length < values.length ? [] : [{ field, by, values: texts as string[] }];
  });
}

function below(id: string, all: readonly models.Compartment[]): models.Compartment[] {
  const children = all.filter((each) => each.compartmentId === id && each.id !== id);
  return children.flatMap((child) => [child, ...below(child.id, all)]);
}
