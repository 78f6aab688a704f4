import { ownConfiguration } from "../../local/own-configuration.ts";
import definition from "../../relay.config.ts";
import type { Condition } from "../../src/condition.ts";
import { conditionProblems } from "../../src/config/check-condition.ts";
import { referenceTo, vaultSecret } from "../../src/config/reference.ts";
import { isRecord, type Result, shown } from "../../src/problem.ts";

/**
 * The conditions of this relay's routes, as relay.config.ts or the variables of this environment have them. Only they are
 * checked: a rule can be made before there is a destination.
 */
export function routeConditions(): Result<readonly Condition[]> {
  const defined = definition({ env: referenceTo, vault: vaultSecret, variables: ownConfiguration() });
  const label = defined?.label ?? ((path: string) => path);
  const routes: unknown = defined?.config.routes ?? [{ match: {} }];
  const problems = [...(defined?.problems ?? [])];
  if (!Array.isArray(routes))
    return { ok: false, problem: `${label("routes")}: expected an array, got ${shown(routes)}` };
  const conditions = routes.flatMap((route: unknown, index): Condition[] => {
    const match = isRecord(route) ? route.match : undefined;
    for (const { at, problem } of conditionProblems(match))
      problems.push(`${label(`routes[${index}].match${at}`)}: ${problem}`);
    return isRecord(match) ? [match] : [];
  });
  if (problems.length > 0) return { ok: false, problem: problems.join("; ") };
  return { ok: true, value: conditions };
}
