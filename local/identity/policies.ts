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
import { compartmentIdSchema, isForeign } from "../emulator/compartment-id.ts";
import { may, reach } from "../emulator/reach.ts";
import { rememberMade, retried } from "../emulator/retried.ts";
import { tagsSchema } from "../emulator/tags.ts";
import type { HttpAnswer } from "../loopback.ts";
import { locationId } from "./authorization.ts";
import { emitIdentityEvent } from "./identity-event.ts";
import { identityListing } from "./identity-listing.ts";
import { parseStatement } from "./policy-statement.ts";

export interface Policy extends Thing {
  name: string;
  description: string;
  /** As they came; each parses. */
  statements: string[];
  /** 2026-11-30, or null: as services behave today. */
  versionDate: string | null;
  lifecycleState: "ACTIVE";
}

const detailsSchema = {
  name: z.string().regex(/^[\w.-]{1,100}$/, "1 to 100 letters, digits, periods, hyphens and underscores"),
  // It must be there, and may be empty.
  description: z.string().max(400),
  statements: z.array(z.string().min(1)).min(1).max(50),
  versionDate: z
    .string()
    .regex(/^(?:\d{4}-\d{2}-\d{2}.*)?$/s, "a date, YYYY-MM-DD")
    .transform((date) => date.slice(0, 10) || null),
};
const createSchema = z.object({
  compartmentId: compartmentIdSchema,
  ...detailsSchema,
  versionDate: detailsSchema.versionDate.nullish(),
  ...tagsSchema,
});
const updateSchema = z.object({
  description: detailsSchema.description.nullish(),
  statements: detailsSchema.statements.nullish(),
  versionDate: detailsSchema.versionDate.nullish(),
  ...tagsSchema,
});

/** Policies; see createAuthorization for what they permit. */
export function createPolicies(cloud: Cloud): { operations: Operation[] } {
  const policies = cloud.store.collection<Policy>("policies");
  const reached = (call: Call, permission: string) =>
    reach(cloud, call, { thing: policies.get(call.parameters.policyId ?? ""), permission });
  const path = "/20160918/policies";
  return {
    operations: [
      { method: "POST", path, answer: create },
      { method: "GET", path, answer: list },
      { method: "GET", path: `${path}/{policyId}`, answer: get },
      { method: "PUT", path: `${path}/{policyId}`, answer: update },
      { method: "DELETE", path: `${path}/{policyId}`, answer: remove },
    ],
  };

  function create(call: Call): HttpAnswer {
    const body = bodyOf(call, createSchema);
    if (!body.ok) return body.answer;
    const { name, description, statements, versionDate = null, compartmentId } = body.value;
    if (isForeign(compartmentId, cloud) || !may(cloud, call, "POLICY_CREATE", { compartmentId })) return notFound(call);
    const wrong = wrongStatement(call, statements, compartmentId);
    if (wrong !== undefined) return wrong;
    const again = retried(call, { store: cloud.store, things: policies, shown: shownAnswer });
    if (again !== undefined) return again;
    // Unique in the whole tenancy, as the API reference has it.
    if ([...policies.values()].some((other) => other.name.toLowerCase() === name.toLowerCase())) {
      return refuse(call, 409, "PolicyAlreadyExists", `Policy '${name}' already exists`);
    }
    const thing = newThing({ kind: "policy" }, body.value);
    const made: Policy = { ...thing, name, description, statements, versionDate, lifecycleState: "ACTIVE" };
    policies.set(made.id, made);
    rememberMade(call, cloud.store, made.id);
    emitIdentityEvent(cloud, "identitycontrolplane.createpolicy", made);
    return shownAnswer(call, made);
  }

  function list(call: Call): HttpAnswer {
    return identityListing(cloud, call, { things: policies.values(), permission: "POLICY_READ", shown });
  }

  function get(call: Call): HttpAnswer {
    const found = reached(call, "POLICY_READ");
    return "thing" in found ? shownAnswer(call, found.thing) : found.answer;
  }

  function update(call: Call): HttpAnswer {
    const found = reached(call, "POLICY_UPDATE");
    if (!("thing" in found)) return found.answer;
    const body = bodyOf(call, updateSchema);
    if (!body.ok) return body.answer;
    const { statements } = body.value;
    const wrong = statements ? wrongStatement(call, statements, found.thing.compartmentId) : undefined;
    if (wrong !== undefined) return wrong;
    const changed = change(found.thing, body.value);
    // An empty one means: as services behave today.
    if (body.value.versionDate !== undefined) changed.versionDate = body.value.versionDate;
    emitIdentityEvent(cloud, "identitycontrolplane.updatepolicy", changed);
    return shownAnswer(call, found.thing);
  }

  function remove(call: Call): HttpAnswer {
    const found = reached(call, "POLICY_DELETE");
    if (!("thing" in found)) return found.answer;
    policies.delete(found.thing.id);
    emitIdentityEvent(cloud, "identitycontrolplane.deletepolicy", found.thing);
    return json(call, 204, undefined);
  }

  /** The 400 for the first statement that does not parse, or that speaks of a compartment which is not there. */
  function wrongStatement(call: Call, statements: readonly string[], compartmentId: string): HttpAnswer | undefined {
    for (const [index, text] of statements.entries()) {
      const problem = problemOf(text, compartmentId);
      if (problem === undefined) continue;
      return refuse(call, 400, "InvalidParameter", `${problem} (statement ${index + 1}: ${text})`);
    }
    return undefined;
  }

  function problemOf(text: string, compartmentId: string): string | undefined {
    const statement = parseStatement(text);
    if (typeof statement === "string") return statement;
    const { location } = statement;
    const id = locationId(location, compartmentId, cloud);
    // Both are what OCI says.
    if (location.kind === "path" && id === undefined) {
      const name = location.names.join(":");
      return `The compartment ${name} specified in the policy statement does not exist under current compartment hierarchy.`;
    }
    if (location.kind === "compartment" && !cloud.isWithin(location.id, compartmentId)) {
      return `Compartment {${location.id}} does not exist or is not part of the policy compartment subtree`;
    }
    return undefined;
  }

  function shownAnswer(call: Call, policy: Policy): HttpAnswer {
    return json(call, 200, shown(policy), { etag: policy.etag });
  }

  function shown({ etag: _, ...policy }: Policy) {
    return { ...policy, inactiveStatus: null };
  }
}
