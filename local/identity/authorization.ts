import type { Cloud, Target } from "../emulator/cloud.ts";
import type { Caller } from "../emulator/principal.ts";
import type { Compartment } from "./compartments.ts";
import type { DynamicGroup } from "./dynamic-groups.ts";
import { parseMatchingRule } from "./matching-rule.ts";
import type { Policy } from "./policies.ts";
import { type Location, parseStatement, type Statement, type Subject } from "./policy-statement.ts";
import { holds } from "./where.ts";

export interface Authorization {
  /** Users are administrators: they may all of their tenancy. A function may what policies grant it. */
  allows: Cloud["allows"];
  /** May a service of OCI do this? `Allow service cloudEvents to use functions-family in compartment C` */
  serviceAllows: (service: string, permission: string, target: Target) => boolean;
}

/** Decides by the policies, dynamic groups and compartments that there are at the time. */
export function createAuthorization(cloud: Pick<Cloud, "store" | "tenancyId" | "isWithin">): Authorization {
  const { store, tenancyId } = cloud;
  return {
    allows(caller, permission, target) {
      if (caller.tenancyId !== tenancyId) return false;
      if (caller.kind === "user") return true;
      const groups = groupsOf(caller);
      return isGranted(permission, target, {
        isMeant: (subject) => isFunction(subject, groups),
        variables: {
          "request.principal.type": "fnfunc",
          "request.principal.id": caller.functionId,
          "request.principal.compartment.id": caller.compartmentId,
        },
      });
    },
    serviceAllows(service, permission, target) {
      const isMeant = (subject: Subject) =>
        subject.kind === "any-user" || (subject.kind === "service" && subject.names.includes(service.toLowerCase()));
      return isGranted(permission, target, { isMeant, variables: { "request.principal.type": "service" } });
    },
  };

  function isGranted(
    permission: string,
    target: Target,
    { isMeant, variables }: { isMeant: (subject: Subject) => boolean; variables: Record<string, string> },
  ): boolean {
    const known = new Map(
      Object.entries({
        ...target.variables,
        ...variables,
        "request.permission": permission,
        "target.compartment.id": target.compartmentId,
      }).map(([name, value]) => [name.toLowerCase(), value]),
    );
    const grants = (policy: Policy, statement: Statement) =>
      isMeant(statement.subject) &&
      statement.permissions.has(permission) &&
      isIn(target.compartmentId, statement.location, policy) &&
      (statement.where === undefined || holds(statement.where, known));
    return [...store.collection<Policy>("policies").values()].some((policy) =>
      policy.statements.some((text) => {
        const statement = parseStatement(text);
        return typeof statement !== "string" && grants(policy, statement);
      }),
    );
  }

  /** A policy grants nothing outside of the compartment that it is attached to. */
  function isIn(compartmentId: string, location: Location, policy: Policy): boolean {
    const granted = locationId(location, policy.compartmentId, cloud);
    return [policy.compartmentId, granted].every((id) => id !== undefined && cloud.isWithin(compartmentId, id));
  }

  function groupsOf(caller: Extract<Caller, { kind: "function" }>): DynamicGroup[] {
    const resource = new Map([
      ["resource.type", "fnfunc"],
      ["resource.id", caller.functionId],
      ["resource.compartment.id", caller.compartmentId],
    ]);
    return [...store.collection<DynamicGroup>("dynamic-groups").values()].filter(({ matchingRule }) => {
      const rule = parseMatchingRule(matchingRule);
      return typeof rule !== "string" && holds(rule, resource);
    });
  }
}

function isFunction(subject: Subject, groups: readonly DynamicGroup[]): boolean {
  if (subject.kind === "any-user" || subject.kind === "any-group") return true;
  if (subject.kind !== "dynamic-group") return false;
  return subject.members.some((member) =>
    groups.some(({ id, name }) =>
      "id" in member
        ? member.id === id
        : // There is but the default identity domain.
          member.domain.toLowerCase() === "default" && member.name.toLowerCase() === name.toLowerCase(),
    ),
  );
}

/**
 * The compartment that a statement speaks of.
 * @returns undefined if there is none of that name
 */
export function locationId(
  location: Location,
  policyCompartmentId: string,
  { store, tenancyId }: Pick<Cloud, "store" | "tenancyId">,
): string | undefined {
  if (location.kind === "tenancy") return tenancyId;
  if (location.kind === "compartment") return location.id;
  const compartments = store.collection<Compartment>("compartments");
  const isCalled = (compartment: Compartment | undefined, name: string) =>
    compartment?.lifecycleState === "ACTIVE" && compartment.name.toLowerCase() === name.toLowerCase();
  const childOf = (parentId: string, name: string) =>
    [...compartments.values()].find((child) => child.compartmentId === parentId && isCalled(child, name))?.id;
  // A policy may call its own compartment by name too.
  const [first = "", ...below] = location.names;
  const isOwn = isCalled(compartments.get(policyCompartmentId), first);
  let id = isOwn ? policyCompartmentId : childOf(policyCompartmentId, first);
  for (const name of below) id = id === undefined ? undefined : childOf(id, name);
  return id;
}
