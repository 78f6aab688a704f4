import { block, blocks, type Expression, input, ref, text } from "../expression.ts";
import type { Row } from "../resources.ts";
import { ownerTags } from "./owner.ts";

const bucket = (what: string): Row => ({
  key: `bucket ${what}`,
  kind: "bucket",
  attributes: {
    compartmentId: input("compartmentId"),
    name: text`${input("name")}-${what}`,
    publicAccessType: "NoPublicAccess",
    storageTier: "Standard",
    // Events of the relay's own objects would call the relay.
    objectEventsEnabled: false,
    freeformTags: ownerTags,
  },
});

const lifecycle = (what: string, days: Expression): Row => ({
  key: `lifecycle ${what}`,
  kind: "lifecycle",
  after: ["policy"],
  attributes: {
    bucketName: ref(`bucket ${what}`, "name"),
    items: blocks(
      block({
        name: `delete-${what}`,
        action: "DELETE",
        target: "objects",
        timeAmount: days,
        timeUnit: "DAYS",
        isEnabled: true,
      }),
    ),
  },
});

export const stores: readonly Row[] = [bucket("dead-letters"), bucket("dedupe")];

export const lifecycles: readonly Row[] = [
  lifecycle("dead-letters", input("keepDays")),
  lifecycle("dedupe", input("dedupeDays")),
];
