import type { Actual, Attributes, KindOfThing, Place } from "./kind.ts";
import { isOwned, listAll, unlessGone, untilActive, untilGone } from "./kind.ts";

/** Rules of the compartment, and those of the root compartment, where rules for identity stand. */
export const rule: KindOfThing = {
  noun: "Events rule",
  isFailed: ({ attributes }) =>
    attributes.lifecycleState === "FAILED" || actionsIn(attributes).some((each) => each.lifecycleState === "FAILED"),
  async list(place) {
    const { clients, compartmentId, tenancyId } = place;
    const rulesIn = (each: string) =>
      listAll((page) => clients.events.listRules({ compartmentId: each, limit: 50, ...page }));
    const here = await rulesIn(compartmentId);
    // Who may not see the root has no rule there either.
    const above = compartmentId === tenancyId ? [] : ((await unlessGone(rulesIn(tenancyId))) ?? []);
    const summaries = [...here, ...above];
    const there = summaries.filter(({ lifecycleState }) => !["DELETING", "DELETED"].includes(String(lifecycleState)));
    return Promise.all(
      there.map(async (thing): Promise<Actual> => {
        const { id, displayName } = thing;
        // A list does not tell the actions.
        const attributes = await ruleAttributes(id, place);
        return { kind: "rule", id, name: displayName, attributes, isOurs: isOwned(thing, place) };
      }),
    );
  },
  isSame: ({ attributes }, wanted) =>
    attributes.displayName === wanted.displayName && attributes.compartmentId === wanted.compartmentId,
  async create(wanted, { clients }) {
    const made = await clients.events.createRule({ createRuleDetails: wanted as never });
    const { id: ruleId, displayName } = made.rule;
    await untilActive(`rule ${displayName}`, () => ruleState(ruleId, clients));
    return ruleId;
  },
  async update({ id, name }, wanted, { clients }) {
    const { displayName, description, isEnabled, condition, actions, freeformTags } = wanted;
    const updateRuleDetails = { displayName, description, isEnabled, condition, actions, freeformTags } as never;
    await clients.events.updateRule({ ruleId: id, updateRuleDetails });
    await untilActive(`rule ${name}`, () => ruleState(id, clients));
  },
  async remove({ id, name }, { clients }) {
    await unlessGone(clients.events.deleteRule({ ruleId: id }));
    await untilGone(`rule ${name}`, () => ruleState(id, clients));
  },
};

function actionsIn({ actions }: Attributes): { lifecycleState?: string }[] {
  return (actions as { actions?: { lifecycleState?: string }[] } | undefined)?.actions ?? [];
}

async function ruleState(ruleId: string, { events }: Place["clients"]): Promise<string | undefined> {
  return (await events.getRule({ ruleId })).rule.lifecycleState;
}

async function ruleAttributes(ruleId: string, { clients }: Place): Promise<Attributes> {
  const { rule: thing } = await clients.events.getRule({ ruleId });
  const { displayName, description, isEnabled, condition, compartmentId, actions, freeformTags } = thing;
  const { lifecycleState, lifecycleMessage } = thing;
  const attributes = { displayName, description, isEnabled, condition, compartmentId, actions, freeformTags };
  return { ...attributes, lifecycleState, lifecycleMessage };
}
