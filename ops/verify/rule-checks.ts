import { eventTypesOf } from "../../src/condition.ts";
import { conditionProblems } from "../../src/config/check-condition.ts";
import { unlikelyRoutes } from "../../src/config/unlikely-routes.ts";
import { isRecord } from "../../src/problem.ts";
import type { Actual } from "../provision/kind.ts";
import { sidesOf } from "../rule/identity-types.ts";
import { type Check, failed, ok, type Walk, warning } from "./check.ts";
import { compartmentFilterChecks } from "./compartment-filter.ts";
import { wantedTypes } from "./wanted-types.ts";

interface Action {
  actionType?: string;
  isEnabled?: boolean;
  lifecycleState?: string;
  lifecycleMessage?: string;
  functionId?: string;
}

/** Every rule that is the relay's, or calls its function: is it switched on, does it call, can it match, does it stand where it must? */
export async function ruleChecks(walk: Walk): Promise<Check[]> {
  const ours = rulesOf(walk);
  if (walk.refused.has("rule")) return [];
  if (ours.length === 0) {
    const fix = "provision apply makes them; or npm run relay -- rule --as oci";
    if (!walk.seesAllRules) {
      const found = "no rule that can be seen calls the function; those of some compartment above cannot be seen";
      return [warning("rules", found, fix)];
    }
    return [failed("rules", "no rule of this compartment, nor of those above it, calls the function", fix)];
  }
  return (await Promise.all(ours.map((each) => checksOf(each, walk)))).flat();
}

/** Rules with the relay's tag, and all others that call the function. */
export function rulesOf({ place, fn }: Walk): Actual[] {
  return place.found.filter(
    (each) =>
      each.kind === "rule" &&
      (each.isOurs || actionsOf(each).some(({ functionId }) => functionId !== undefined && functionId === fn?.id)),
  );
}

/** Those of them that bring events to the function now. */
export function activeRulesOf(walk: Walk): Actual[] {
  const { fn } = walk;
  return rulesOf(walk).filter((rule) => {
    const { isEnabled, lifecycleState } = rule.attributes;
    const calls = actionsOf(rule).some(
      (action) => action.functionId === fn?.id && action.isEnabled !== false && action.lifecycleState !== "FAILED",
    );
    return calls && isEnabled !== false && (lifecycleState === "ACTIVE" || lifecycleState === "UPDATING");
  });
}

function actionsOf({ attributes }: Actual): Action[] {
  const actions = isRecord(attributes.actions) ? attributes.actions.actions : undefined;
  return Array.isArray(actions) ? actions : [];
}

export function conditionOf({ attributes }: Actual): Record<string, unknown> | undefined {
  try {
    const condition: unknown = JSON.parse(String(attributes.condition));
    return isRecord(condition) ? condition : undefined;
  } catch {
    return undefined;
  }
}

async function checksOf(rule: Actual, walk: Walk): Promise<Check[]> {
  const link = `rule ${rule.name}`;
  const problems = [...stateProblems(rule, walk), ...actionProblems(rule, walk), ...placeProblems(rule, walk)];
  const condition = conditionOf(rule);
  if (condition === undefined) {
    problems.push(failed(link, "its condition is no JSON object", "npm run relay -- rule tells what it should be"));
  } else {
    for (const { at, problem } of conditionProblems(condition)) {
      problems.push(failed(link, `its condition${at}: ${problem}`, "npm run relay -- rule tells what it should be"));
    }
    for (const text of await unlikelyRoutes([{ match: condition, to: [] }])) {
      problems.push(
        warning(
          link,
          `its condition may never match: ${text}`,
          "npm run relay -- explain <event.json> --compartment … shows why",
        ),
      );
    }
    problems.push(...(await compartmentFilterChecks(rule, condition, walk)));
  }
  if (problems.length > 0 || condition === undefined) return problems;
  const { brought, wanted } = wantedTypes(condition, walk);
  if (brought > 0 && wanted === 0 && walk.fn?.relay.ok) {
    const fix = "compare the function's ROUTES with npm run relay -- rule, which makes rules for them";
    return [failed(link, "no route of the function wants any event type that it brings", fix)];
  }
  return [ok(link, `${rule.attributes.lifecycleState}, calls the function`)];
}

function stateProblems({ name, id, attributes }: Actual, { commands }: Walk): Check[] {
  const { isEnabled, lifecycleState, lifecycleMessage } = attributes;
  if (isEnabled === false || lifecycleState === "INACTIVE") {
    return [
      failed(
        `rule ${name}`,
        "it is disabled: nothing comes",
        `oci events rule update --rule-id ${id} --is-enabled true`,
      ),
    ];
  }
  if (lifecycleState === "ACTIVE" || lifecycleState === "UPDATING") return [];
  const why = lifecycleMessage ? `: ${lifecycleMessage}` : "";
  return [failed(`rule ${name}`, `it is ${lifecycleState}${why}`, commands.apply)];
}

function actionProblems(rule: Actual, walk: Walk): Check[] {
  const again = `${walk.commands.apply}, or mend the action in the console`;
  // What else somebody's own rule does is theirs.
  const minded = actionsOf(rule).filter(({ functionId }) => rule.isOurs || functionId === walk.fn?.id);
  const broken = minded.filter(({ isEnabled, lifecycleState }) => isEnabled !== false && lifecycleState === "FAILED");
  return [
    ...callProblems(rule, walk).map((found) => failed(`rule ${rule.name}`, found, again)),
    ...broken.map(({ actionType, lifecycleMessage }) => {
      const why = lifecycleMessage ? `: ${lifecycleMessage}` : "";
      return failed(`rule ${rule.name}`, `its action ${actionType} has FAILED${why}`, again);
    }),
  ];
}

function callProblems(rule: Actual, { fn, refused }: Walk): string[] {
  const calls = actionsOf(rule).filter(({ actionType }) => actionType === "FAAS");
  if (calls.length === 0) return ["it calls no function"];
  // Which function is meant is not known.
  if (fn === undefined && (refused.has("application") || refused.has("function"))) return [];
  const ours = calls.filter(({ functionId }) => functionId === fn?.id);
  if (ours.length === 0) return [`it calls another function: ${calls.map(({ functionId }) => functionId).join(", ")}`];
  return ours.some(({ isEnabled }) => isEnabled !== false) ? [] : ["its action that calls the function is disabled"];
}

/**
 * Events of identity reach a rule in the root compartment of the home region, and no other. A pattern that takes in others too
 * does its part where it stands, as in the rules that `provision` makes.
 */
function placeProblems(rule: Actual, { place }: Walk): Check[] {
  const condition = conditionOf(rule);
  const types = condition === undefined ? [] : eventTypesOf(condition).filter((type) => typeof type === "string");
  const identity = types.filter((type) => sidesOf(type).other.length === 0);
  if (identity.length === 0) return [];
  const link = `rule ${rule.name}`;
  const some = `${identity[0]}${identity.length > 1 ? ` and ${identity.length - 1} more` : ""}`;
  const isOnlyIdentity = identity.length === types.length;
  const verdict = isOnlyIdentity ? failed : warning;
  if (rule.attributes.compartmentId !== place.tenancyId) {
    const fix = `these events reach rules of the root compartment only: make a rule of their own there, ${place.tenancyId} (provision apply does)`;
    return [verdict(link, `it names identity events (${some}), and does not stand in the root compartment`, fix)];
  }
  if (place.region !== place.homeRegion) {
    const fix = `these events fire in the home region only: make the rule and a function in ${place.homeRegion}`;
    return [verdict(link, `it names identity events (${some}), and stands in ${place.region}`, fix)];
  }
  return [];
}
