import * as z from "zod";
import {
  bodyOf,
  type Call,
  change,
  json,
  matchProblem,
  newThing,
  notFound,
  type Operation,
  page,
  refuse,
} from "../emulator/api.ts";
import type { Cloud } from "../emulator/cloud.ts";
import { compartmentIdSchema, isForeign, queriedCompartment } from "../emulator/compartment-id.ts";
import { rememberMade, retried } from "../emulator/retried.ts";
import { sorted } from "../emulator/sorted.ts";
import { stateProblem } from "../emulator/state-problem.ts";
import type { HttpAnswer } from "../loopback.ts";
import { createRuleSchema, newActions, type Rule, rulesOf, updateRuleSchema } from "./rule.ts";

/** Told of the tenancy in a region; OCI keeps the number as a service limit that can be raised. */
const MAX_RULES = 50;

const moveSchema = z.object({ compartmentId: compartmentIdSchema });

const SORT_KEYS: Record<string, (rule: Rule) => string> = {
  TIME_CREATED: ({ timeCreated }) => timeCreated,
  ID: ({ id }) => id,
  DISPLAY_NAME: ({ displayName }) => displayName,
};

/** The control plane of Events. */
export function ruleOperations(cloud: Cloud): Operation[] {
  const rules = rulesOf(cloud);
  return [
    { method: "POST", path: "/20181201/rules", answer: create },
    { method: "GET", path: "/20181201/rules", answer: list },
    { method: "GET", path: "/20181201/rules/{ruleId}", answer: get },
    { method: "PUT", path: "/20181201/rules/{ruleId}", answer: update },
    { method: "DELETE", path: "/20181201/rules/{ruleId}", answer: remove },
    { method: "POST", path: "/20181201/rules/{ruleId}/actions/changeCompartment", answer: move },
  ];

  function may({ caller }: Call, permission: string, compartmentId: string): boolean {
    if (caller === undefined || isForeign(compartmentId, cloud)) return false;
    return cloud.allows(caller, `EVENTRULE_${permission}`, { compartmentId });
  }

  /** The rule that a path names, if the caller may do this to it. */
  function permitted(call: Call, permission: string): Rule | undefined {
    const rule = rules.get(call.parameters.ruleId ?? "");
    return rule !== undefined && may(call, permission, rule.compartmentId) ? rule : undefined;
  }

  /** One that can still be changed; a deleted one can only be looked at, which the waiters of the SDKs need. */
  function changeable(call: Call, permission: string): Rule | HttpAnswer {
    const rule = permitted(call, permission);
    if (rule === undefined || rule.lifecycleState === "DELETED") return notFound(call);
    return matchProblem(call, rule) ?? rule;
  }

  /** A change tells the state on the way; whoever asks next finds that it has arrived. */
  function shown(call: Call, rule: Rule, lifecycleState: string = rule.lifecycleState): HttpAnswer {
    const { etag, actions, ...rest } = rule;
    return json(call, 200, { ...rest, lifecycleState, actions: { actions } }, { etag });
  }

  function create(call: Call): HttpAnswer {
    const body = bodyOf(call, createRuleSchema);
    if (!body.ok) return body.answer;
    const { compartmentId, displayName, description = null, isEnabled, condition, actions } = body.value;
    if (!may(call, "CREATE", compartmentId)) return notFound(call);
    const again = retried(call, { store: cloud.store, things: rules, shown });
    if (again !== undefined) return again;
    if ([...rules.values()].filter(({ lifecycleState }) => lifecycleState !== "DELETED").length >= MAX_RULES) {
      const message = `The tenancy has ${MAX_RULES} rules in this region, and no more may be. Delete one first.`;
      return refuse(call, 400, "LimitExceeded", message);
    }
    const rule: Rule = {
      ...newThing({ kind: "eventrule", region: cloud.region }, body.value),
      displayName,
      description,
      isEnabled,
      condition,
      actions: newActions(cloud, actions.actions),
      lifecycleState: stateOf(isEnabled),
      lifecycleMessage: null,
    };
    rules.set(rule.id, rule);
    rememberMade(call, cloud.store, rule.id);
    return shown(call, rule, "CREATING");
  }

  function get(call: Call): HttpAnswer {
    const rule = permitted(call, "READ");
    return rule === undefined ? notFound(call) : shown(call, rule);
  }

  function list(call: Call): HttpAnswer {
    const queried = queriedCompartment(call, cloud);
    if ("answer" in queried) return queried.answer;
    const wrongState = stateProblem(call);
    if (wrongState !== undefined) return wrongState;
    const { query } = call;
    const compartmentId = queried.id;
    if (!may(call, "LIST", compartmentId)) return notFound(call);
    const [name, state] = [query.get("displayName"), query.get("lifecycleState")?.toUpperCase()];
    const found = [...rules.values()].filter(
      ({ lifecycleState, displayName, ...rule }) =>
        rule.compartmentId === compartmentId &&
        lifecycleState !== "DELETED" &&
        (name === null || displayName === name) &&
        (state === undefined || lifecycleState === state),
    );
    const ordered = sorted(call, found, SORT_KEYS);
    if ("answer" in ordered) return ordered.answer;
    const summaries = ordered.items.map(({ actions: _, etag: __, lifecycleMessage: ___, ...summary }) => summary);
    return page(call, summaries, { maxLimit: 50, defaultLimit: 10 });
  }

  function update(call: Call): HttpAnswer {
    const body = bodyOf(call, updateRuleSchema);
    if (!body.ok) return body.answer;
    const rule = changeable(call, "MODIFY");
    if ("status" in rule) return rule;
    const { actions, ...rest } = body.value;
    change(rule, { ...rest, actions: actions && newActions(cloud, actions.actions) });
    rule.lifecycleState = stateOf(rule.isEnabled);
    return shown(call, rule, "UPDATING");
  }

  function remove(call: Call): HttpAnswer {
    const rule = changeable(call, "DELETE");
    if ("status" in rule) return rule;
    change(rule, { lifecycleState: "DELETED" });
    return json(call, 204, undefined);
  }

  function move(call: Call): HttpAnswer {
    const body = bodyOf(call, moveSchema);
    if (!body.ok) return body.answer;
    const rule = changeable(call, "MODIFY");
    if ("status" in rule) return rule;
    if (!may(call, "MODIFY", body.value.compartmentId)) return notFound(call);
    change(rule, body.value);
    return json(call, 200, undefined);
  }
}

function stateOf(isEnabled: boolean): "ACTIVE" | "INACTIVE" {
  return isEnabled ? "ACTIVE" : "INACTIVE";
}
