import type { models } from "oci-events";
import { parseJson } from "../../src/json.ts";
import type { Access } from "../access.ts";
import { type Clients, clientsOf } from "../provision/clients.ts";
import { listAll } from "../provision/kind.ts";
import { tenancyOf } from "../provision/place.ts";
import { whyRefused } from "../refusal.ts";
import type { ExplainedRule } from "./explain.ts";
import { ruleObstacle } from "./rule-obstacle.ts";

/** The most that OCI gives at once. */
const PAGE = 50;

export interface RulesAsked {
  compartmentId: string;
  /** The one that they are to call; undefined: any. */
  functionId?: string | undefined;
}

/**
 * The active rules of a compartment, and those of the ones above it, which get its events too; and which of these may not be seen.
 * @throws Error that says what OCI refused and what to do
 */
export async function tenancyRules(
  { compartmentId, functionId }: RulesAsked,
  access: Access,
): Promise<{ rules: ExplainedRule[]; unseen: string[] }> {
  const clients = clientsOf(access);
  try {
    const unseen: string[] = [];
    const tenancyId = await tenancyOf(access.identity).catch(() => undefined);
    const [own = compartmentId, ...above] = await fromThereUp(compartmentId, tenancyId, clients);
    const rules = await rulesIn({ compartmentId: own, functionId }, clients);
    for (const each of above) {
      try {
        rules.push(...(await rulesIn({ compartmentId: each, functionId }, clients)));
      } catch (error) {
        // Does not keep the others from being told.
        unseen.push(error instanceof Error ? error.message : String(error));
      }
    }
    return { rules, unseen };
  } finally {
    clients.close();
  }
}

/** As far up as it may be seen; the root is above all. */
async function fromThereUp(
  compartmentId: string,
  tenancyId: string | undefined,
  { identity }: Clients,
): Promise<string[]> {
  const chain: string[] = [];
  for (let id: string | undefined = compartmentId; id !== undefined && !chain.includes(id); ) {
    chain.push(id);
    id = id.startsWith("ocid1.tenancy.") ? undefined : await parentOf(id, identity);
  }
  return [...new Set([...chain, ...(tenancyId === undefined ? [] : [tenancyId])])];
}

async function parentOf(compartmentId: string, identity: Clients["identity"]): Promise<string | undefined> {
  const found = await identity.getCompartment({ compartmentId }).catch(() => undefined);
  return found?.compartment.compartmentId;
}

async function rulesIn({ compartmentId, functionId }: RulesAsked, clients: Clients): Promise<ExplainedRule[]> {
  const { events } = clients;
  try {
    const listed = await listAll((page) =>
      events.listRules({ compartmentId, limit: PAGE, lifecycleState: "ACTIVE", ...page }),
    );
    const rules: ExplainedRule[] = [];
    for (const { id } of listed) {
      const { rule } = await events.getRule({ ruleId: id });
      const obstacle = await ruleObstacle(rule, functionId, clients);
      rules.push({ ...explainedRule(rule), ...(obstacle !== undefined && { obstacle }) });
    }
    return rules;
  } catch (error) {
    throw new Error(whyRefused(`Events, compartment ${compartmentId}`, error));
  }
}

function explainedRule({ displayName, condition, compartmentId, actions }: models.Rule): ExplainedRule {
  const parsed = parseJson(condition);
  const unreadable = parsed.ok ? [] : [`its condition is ${parsed.problem}`];
  // What is no JSON matches nothing.
  return {
    name: displayName,
    condition: parsed.ok ? parsed.value : [],
    compartmentId,
    notes: [...unreadable, ...actions.actions.map(actionText)],
  };
}

function actionText(action: models.Action): string {
  const target =
    "functionId" in action
      ? action.functionId
      : "topicId" in action
        ? action.topicId
        : "streamId" in action
          ? action.streamId
          : undefined;
  const failed = action.lifecycleState === "FAILED" ? ", which has failed" : "";
  const state = action.isEnabled === false ? ", which is disabled" : failed;
  return `its action: ${action.actionType} ${target ?? ""}${state}`;
}
