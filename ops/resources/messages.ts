import { input, item, ref } from "../expression.ts";
import type { Row } from "../resources.ts";
import { ownerTags } from "./owner.ts";

export const messages: readonly Row[] = [
  {
    key: "topic",
    kind: "topic",
    attributes: {
      compartmentId: input("compartmentId"),
      name: input("name"),
      description: "Notifications of the event relay, and its alarms",
      freeformTags: ownerTags,
    },
  },
  {
    key: "subscription",
    kind: "subscription",
    each: "subscriptions",
    attributes: {
      compartmentId: input("compartmentId"),
      topicId: ref("topic", "id"),
      protocol: item("protocol"),
      endpoint: item("endpoint"),
      freeformTags: ownerTags,
    },
  },
];
