import type { Actual, Attributes, KindOfThing, Place } from "./kind.ts";
import { isOwned, listAll, unlessGone, untilActive, untilGone } from "./kind.ts";

export const topic: KindOfThing = {
  noun: "ONS topic",
  async list(place) {
    const { clients, compartmentId } = place;
    const topics = await listAll(async (page) => clients.topics.listTopics({ compartmentId, ...page }));
    return topics
      .filter(({ lifecycleState }) => lifecycleState !== "DELETING")
      .map(({ topicId, ...thing }): Actual => {
        const { name, description, freeformTags } = thing;
        const attributes = { name, compartmentId: thing.compartmentId, description, freeformTags };
        return { kind: "topic", id: topicId, name, attributes, isOurs: isOwned(thing, place) };
      });
  },
  isSame: (actual, wanted) => actual.name === wanted.name,
  async create(wanted, { clients }) {
    const { notificationTopic } = await clients.topics.createTopic({ createTopicDetails: wanted as never });
    const { topicId } = notificationTopic;
    await untilActive(`topic ${notificationTopic.name}`, () => topicState(topicId, clients));
    return topicId;
  },
  async update({ id }, { description, freeformTags }, { clients }) {
    const topicAttributesDetails = { description, freeformTags } as never;
    await clients.topics.updateTopic({ topicId: id, topicAttributesDetails });
  },
  async remove({ id, name }, { clients }) {
    await unlessGone(clients.topics.deleteTopic({ topicId: id }));
    await untilGone(`topic ${name}`, () => topicState(id, clients));
  },
};

async function topicState(topicId: string, { topics }: Place["clients"]): Promise<string | undefined> {
  return (await topics.getTopic({ topicId })).notificationTopic.lifecycleState;
}

export const subscription: KindOfThing = {
  noun: "subscription",
  async list(place) {
    const { clients, compartmentId } = place;
    const all = await listAll((page) => clients.subscriptions.listSubscriptions({ compartmentId, ...page }));
    return all
      .filter(({ lifecycleState }) => lifecycleState !== "DELETED")
      .map((thing): Actual => {
        const { id, topicId, protocol, endpoint, freeformTags } = thing;
        const attributes = { topicId, compartmentId: thing.compartmentId, protocol, endpoint, freeformTags };
        return {
          kind: "subscription",
          id,
          name: subscriptionName(attributes),
          attributes,
          isOurs: isOwned(thing, place),
        };
      });
  },
  isSame: ({ attributes }, wanted) =>
    ["topicId", "protocol", "endpoint"].every((name) => attributes[name] === wanted[name]),
  async create(wanted, { clients }) {
    const made = await clients.subscriptions.createSubscription({ createSubscriptionDetails: wanted as never });
    return made.subscription.id;
  },
  async update({ id }, { freeformTags }, { clients }) {
    const updateSubscriptionDetails = { freeformTags } as never;
    await clients.subscriptions.updateSubscription({ subscriptionId: id, updateSubscriptionDetails });
  },
  async remove({ id }, { clients }) {
    await unlessGone(clients.subscriptions.deleteSubscription({ subscriptionId: id }));
  },
};

function subscriptionName({ protocol, endpoint }: Attributes): string {
  return `${protocol} ${endpoint}`;
}
