import { randomUUID } from "node:crypto";
import * as z from "zod";
import type { Thing } from "../emulator/api.ts";
import type { Cloud } from "../emulator/cloud.ts";
import { compartmentIdSchema } from "../emulator/compartment-id.ts";
import { tagsSchema } from "../emulator/tags.ts";
import { conditionProblem } from "./rule-condition.ts";

/** A rule of Events, as it is kept. */
export interface Rule extends Thing {
  displayName: string;
  description: string | null;
  isEnabled: boolean;
  /** A text of JSON. */
  condition: string;
  actions: RuleAction[];
  lifecycleState: "ACTIVE" | "INACTIVE" | "DELETED";
  lifecycleMessage: string | null;
}

export type RuleAction = z.output<typeof actionSchema> & {
  id: string;
  lifecycleState: "ACTIVE" | "INACTIVE" | "DELETED";
  lifecycleMessage: string;
};

const action = { isEnabled: z.boolean(), description: z.string().nullish() };

const actionSchema = z.discriminatedUnion(
  "actionType",
  [
    z.object({ actionType: z.literal("FAAS"), functionId: targetOf("fnfunc", "function"), ...action }),
    z.object({ actionType: z.literal("ONS"), topicId: targetOf("onstopic", "topic"), ...action }),
    z.object({ actionType: z.literal("OSS"), streamId: targetOf("stream", "stream"), ...action }),
  ],
  { error: "actionType: one of FAAS, ONS, OSS" },
);

const details = {
  displayName: z.string().min(1).max(255),
  description: z.string().nullish(),
  isEnabled: z.boolean(),
  condition: z.string().check(({ value, issues }) => {
    const message = conditionProblem(value);
    if (message !== undefined) issues.push({ code: "custom", message, input: value });
  }),
  actions: z.object({
    actions: z.array(actionSchema).min(1, "1 to 10 actions").max(10, "1 to 10 actions"),
  }),
};

export const createRuleSchema = z.object({ ...details, compartmentId: compartmentIdSchema, ...tagsSchema });

export const updateRuleSchema = z.object({
  displayName: details.displayName.nullish(),
  description: details.description,
  isEnabled: details.isEnabled.nullish(),
  condition: details.condition.nullish(),
  actions: details.actions.nullish(),
  ...tagsSchema,
});

function targetOf(kind: string, name: string) {
  return z.string().regex(new RegExp(`^ocid1\\.${kind}\\.[\\w.-]+$`), `the OCID of a ${name}, ocid1.${kind}.…`);
}

export function rulesOf(cloud: Cloud): Map<string, Rule> {
  return cloud.store.collection<Rule>("rules");
}

/** What a rule carries out, given ids. Whether the targets are there shows when an event is delivered. */
export function newActions(cloud: Cloud, actions: readonly z.output<typeof actionSchema>[]): RuleAction[] {
  return actions.map((given) => ({
    ...given,
    description: given.description ?? null,
    id: `ocid1.eventaction.oc1.${cloud.region}.aaaaaaaa${randomUUID().replaceAll("-", "")}`,
    lifecycleState: given.isEnabled ? "ACTIVE" : "INACTIVE",
    lifecycleMessage: "",
  }));
}

/** The OCID that an action leads to. */
export function targetIdOf(action: RuleAction): string {
  if (action.actionType === "FAAS") return action.functionId;
  return action.actionType === "ONS" ? action.topicId : action.streamId;
}
