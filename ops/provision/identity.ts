import type { Actual, KindOfThing } from "./kind.ts";
import { isOwned, listAll, unlessGone, untilActive, untilGone } from "./kind.ts";

export const dynamicGroup: KindOfThing = {
  noun: "dynamic group",
  async list(place) {
    const { clients, tenancyId } = place;
    const groups = await listAll((page) => clients.identity.listDynamicGroups({ compartmentId: tenancyId, ...page }));
    return groups.map((thing): Actual => {
      const { id, name, description, matchingRule, freeformTags } = thing;
      const attributes = { compartmentId: thing.compartmentId, name, description, matchingRule, freeformTags };
      return { kind: "dynamic-group", id, name, attributes, isOurs: isOwned(thing, place) };
    });
  },
  isSame: (actual, wanted) => actual.name === wanted.name,
  async create(wanted, { clients }) {
    const made = await clients.identity.createDynamicGroup({ createDynamicGroupDetails: wanted as never });
    const { id: dynamicGroupId, name } = made.dynamicGroup;
    const state = async () => (await clients.identity.getDynamicGroup({ dynamicGroupId })).dynamicGroup.lifecycleState;
    await untilActive(`dynamic group ${name}`, state);
    return dynamicGroupId;
  },
  async update({ id }, { description, matchingRule, freeformTags }, { clients }) {
    const updateDynamicGroupDetails = { description, matchingRule, freeformTags } as never;
    await clients.identity.updateDynamicGroup({ dynamicGroupId: id, updateDynamicGroupDetails });
  },
  async remove({ id, name }, { clients }) {
    const dynamicGroupId = id;
    await unlessGone(clients.identity.deleteDynamicGroup({ dynamicGroupId }));
    const state = async () => (await clients.identity.getDynamicGroup({ dynamicGroupId })).dynamicGroup.lifecycleState;
    await untilGone(`dynamic group ${name}`, state);
  },
};

export const policy: KindOfThing = {
  noun: "policy",
  async list(place) {
    const { clients, compartmentId } = place;
    const policies = await listAll((page) => clients.identity.listPolicies({ compartmentId, ...page }));
    return policies.map((thing): Actual => {
      const { id, name, description, statements, freeformTags } = thing;
      const attributes = { compartmentId: thing.compartmentId, name, description, statements, freeformTags };
      return { kind: "policy", id, name, attributes, isOurs: isOwned(thing, place) };
    });
  },
  isSame: (actual, wanted) => actual.name === wanted.name,
  async create(wanted, { clients }) {
    const made = await clients.identity.createPolicy({ createPolicyDetails: wanted as never });
    const { id: policyId, name } = made.policy;
    await untilActive(
      `policy ${name}`,
      async () => (await clients.identity.getPolicy({ policyId })).policy.lifecycleState,
    );
    return policyId;
  },
  async update({ id }, { description, statements, freeformTags }, { clients }) {
    const updatePolicyDetails = { description, statements, freeformTags } as never;
    await clients.identity.updatePolicy({ policyId: id, updatePolicyDetails });
  },
  async remove({ id, name }, { clients }) {
    const policyId = id;
    await unlessGone(clients.identity.deletePolicy({ policyId }));
    await untilGone(
      `policy ${name}`,
      async () => (await clients.identity.getPolicy({ policyId })).policy.lifecycleState,
    );
  },
};
