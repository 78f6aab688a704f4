import { block, blocks, input, item, ref, when } from "../expression.ts";
import type { Row } from "../resources.ts";
import { ownerTags } from "./owner.ts";

export const rules: readonly Row[] = [
  {
    key: "rule",
    kind: "rule",
    each: "rules",
    attributes: {
      compartmentId: item("compartmentId"),
      displayName: item("name"),
      description: "Events for the relay",
      isEnabled: true,
      condition: item("condition"),
      actions: block({
        actions: blocks(
          block({ actionType: "FAAS", isEnabled: true, functionId: ref("function", "id") }),
          when("hasStream", block({ actionType: "OSS", isEnabled: true, streamId: input("streamId") })),
          when("sendsRaw", block({ actionType: "ONS", isEnabled: true, topicId: ref("topic", "id") })),
        ),
      }),
      freeformTags: ownerTags,
    },
  },
];
