import * as z from "zod";
import {
  bodyOf,
  type Call,
  change,
  json,
  newThing,
  notFound,
  type Operation,
  refuse,
  type Thing,
} from "../emulator/api.ts";
import type { Cloud } from "../emulator/cloud.ts";
import { compartmentIdSchema } from "../emulator/compartment-id.ts";
import { may, reach } from "../emulator/reach.ts";
import { rememberMade, retried } from "../emulator/retried.ts";
import { tagsSchema } from "../emulator/tags.ts";
import type { HttpAnswer } from "../loopback.ts";
import { emitIdentityEvent } from "./identity-event.ts";
import { identityListing } from "./identity-listing.ts";
import { parseMatchingRule } from "./matching-rule.ts";

export interface DynamicGroup extends Thing {
  name: string;
  description: string;
  matchingRule: string;
  lifecycleState: "ACTIVE";
}

const detailsSchema = {
  name: z.string().regex(/^[\w.-]{1,100}$/, "1 to 100 letters, digits, periods, hyphens and underscores"),
  // It may be empty.
  description: z.string().max(400),
  matchingRule: z.string().min(1).max(4_000),
};
const createSchema = z.object({ compartmentId: compartmentIdSchema, ...detailsSchema, ...tagsSchema });
const updateSchema = z.object({
  description: detailsSchema.description.nullish(),
  matchingRule: detailsSchema.matchingRule.nullish(),
  ...tagsSchema,
});

/** Dynamic groups, in the tenancy's root and nowhere else; see createAuthorization for what they are good for. */
export function createDynamicGroups(cloud: Cloud): { operations: Operation[] } {
  const groups = cloud.store.collection<DynamicGroup>("dynamic-groups");
  const reached = (call: Call, permission: string) =>
    reach(cloud, call, { thing: groups.get(call.parameters.dynamicGroupId ?? ""), permission });
  const wrongRule = (call: Call, rule: string) => {
    const parsed = parseMatchingRule(rule);
    if (typeof parsed !== "string") return undefined;
    return refuse(call, 400, "InvalidParameter", `matchingRule: ${parsed}`);
  };
  const path = "/20160918/dynamicGroups";
  return {
    operations: [
      { method: "POST", path, answer: create },
      { method: "GET", path, answer: list },
      { method: "GET", path: `${path}/{dynamicGroupId}`, answer: get },
      { method: "PUT", path: `${path}/{dynamicGroupId}`, answer: update },
      { method: "DELETE", path: `${path}/{dynamicGroupId}`, answer: remove },
    ],
  };

  function create(call: Call): HttpAnswer {
    const body = bodyOf(call, createSchema);
    if (!body.ok) return body.answer;
    const { name, description, matchingRule, compartmentId } = body.value;
    if (compartmentId !== cloud.tenancyId) {
      return refuse(call, 400, "InvalidParameter", "compartmentId: dynamic groups stand in the tenancy, give its OCID");
    }
    if (!may(cloud, call, "DYNAMIC_GROUP_CREATE", { compartmentId })) return notFound(call);
    const wrong = wrongRule(call, matchingRule);
    if (wrong !== undefined) return wrong;
    const again = retried(call, { store: cloud.store, things: groups, shown: shownAnswer });
    if (again !== undefined) return again;
    if ([...groups.values()].some((other) => other.name.toLowerCase() === name.toLowerCase())) {
      return refuse(call, 409, "DynamicGroupAlreadyExists", `DynamicGroup '${name}' already exists`);
    }
    const thing = newThing({ kind: "dynamicgroup" }, body.value);
    const made: DynamicGroup = { ...thing, name, description, matchingRule, lifecycleState: "ACTIVE" };
    groups.set(made.id, made);
    rememberMade(call, cloud.store, made.id);
    emitIdentityEvent(cloud, "identitycontrolplane.createdynamicgroup", made);
    return shownAnswer(call, made);
  }

  function list(call: Call): HttpAnswer {
    return identityListing(cloud, call, { things: groups.values(), permission: "DYNAMIC_GROUP_INSPECT", shown });
  }

  function get(call: Call): HttpAnswer {
    const found = reached(call, "DYNAMIC_GROUP_INSPECT");
    return "thing" in found ? shownAnswer(call, found.thing) : found.answer;
  }

  function update(call: Call): HttpAnswer {
    const found = reached(call, "DYNAMIC_GROUP_UPDATE");
    if (!("thing" in found)) return found.answer;
    const body = bodyOf(call, updateSchema);
    if (!body.ok) return body.answer;
    const { matchingRule } = body.value;
    const wrong = typeof matchingRule === "string" ? wrongRule(call, matchingRule) : undefined;
    if (wrong !== undefined) return wrong;
    emitIdentityEvent(cloud, "identitycontrolplane.updatedynamicgroup", change(found.thing, body.value));
    return shownAnswer(call, found.thing);
  }

  function remove(call: Call): HttpAnswer {
    const found = reached(call, "DYNAMIC_GROUP_DELETE");
    if (!("thing" in found)) return found.answer;
    groups.delete(found.thing.id);
    emitIdentityEvent(cloud, "identitycontrolplane.deletedynamicgroup", found.thing);
    return json(call, 204, undefined);
  }

  function shownAnswer(call: Call, group: DynamicGroup): HttpAnswer {
    return json(call, 200, shown(group), { etag: group.etag });
  }

  function shown({ etag: _, ...group }: DynamicGroup) {
    return { ...group, inactiveStatus: null };
  }
}
