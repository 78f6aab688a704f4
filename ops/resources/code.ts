import { input, listInput, map, mapInput, merge, ref } from "../expression.ts";
import type { Row } from "../resources.ts";
import { ownerTags } from "./owner.ts";

export const code: readonly Row[] = [
  {
    key: "application",
    kind: "application",
    found: { by: ["compartmentId", "displayName"], sets: [] },
    attributes: {
      compartmentId: input("compartmentId"),
      displayName: input("applicationName"),
      subnetIds: listInput("subnetIds"),
      freeformTags: ownerTags,
    },
  },
  {
    key: "function",
    kind: "function",
    found: { by: ["applicationId", "displayName"], sets: ["config"] },
    attributes: {
      applicationId: ref("application", "id"),
      displayName: input("functionName"),
      image: input("image"),
      memoryInMBs: input("memoryMb"),
      timeoutInSeconds: input("timeoutSeconds"),
      config: merge(
        mapInput("config"),
        map({
          ONS_TOPIC_ID: ref("topic", "id"),
          DEAD_LETTER_BUCKET: ref("bucket dead-letters", "name"),
          DEDUPE_BUCKET: ref("bucket dedupe", "name"),
        }),
      ),
      freeformTags: ownerTags,
    },
  },
];
