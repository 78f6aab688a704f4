import { block, input, ref, text } from "../expression.ts";
import type { Row } from "../resources.ts";
import { ownerTags } from "./owner.ts";

export const logs: readonly Row[] = [
  {
    key: "log-group",
    kind: "log-group",
    attributes: {
      compartmentId: input("compartmentId"),
      displayName: input("name"),
      description: "Logs of the event relay",
      freeformTags: ownerTags,
    },
  },
  {
    key: "log function-invoke",
    kind: "log",
    attributes: {
      logGroupId: ref("log-group", "id"),
      displayName: text`${input("name")}-function-invoke`,
      logType: "SERVICE",
      isEnabled: true,
      // Days.
      retentionDuration: 30,
      configuration: block({
        source: block({
          sourceType: "OCISERVICE",
          service: "functions",
          resource: ref("application", "id"),
          category: "invoke",
        }),
      }),
      freeformTags: ownerTags,
    },
  },
];
