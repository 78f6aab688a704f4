import { CircuitBreaker, MaxAttemptsTerminationStrategy } from "oci-common";
import { EventsClient, type models } from "oci-events";
import { parseJson } from "../src/json.ts";
import type { Access } from "./access.ts";
import type { ExplainedRule } from "./explain.ts";
import { whyRefused } from "./refusal.ts";

/** As the SDK comes it waits for an hour. */
const MAX_ATTEMPTS = 3;
/** The most that OCI gives at once. */
const PAGE = 50;

/**
 * The active rules of a compartment; not those of the ones above, which get its events, too.
 * @throws Error that says what OCI refused and what to do
 */
export async function tenancyRules(compartmentId: string, access: Access): Promise<ExplainedRule[]> {
  const client = eventsClient(access);
  const refused = (error: unknown): never => {
    throw new Error(whyRefused(`Events, compartment ${compartmentId}`, error));
  };
  const rules: ExplainedRule[] = [];
  try {
    let page: string | undefined;
    do {
      const listed: Awaited<ReturnType<EventsClient["listRules"]>> = await client
        .listRules({
          compartmentId,
          limit: PAGE,
          lifecycleState: "ACTIVE",
          ...(page !== undefined && { page }),
        })
        .catch(refused);
      for (const { id } of listed.items) {
        const { rule } = await client.getRule({ ruleId: id }).catch(refused);
        rules.push(explainedRule(rule));
      }
      page = listed.opcNextPage;
    } while (page);
  } finally {
    client.close();
  }
  return rules;
}

function eventsClient({ identity, endpoint, region }: Access): EventsClient {
  const client = new EventsClient(
    { authenticationDetailsProvider: identity },
    {
      circuitBreaker: new CircuitBreaker({ disableClientCircuitBreaker: true }),
      retryConfiguration: { terminationStrategy: new MaxAttemptsTerminationStrategy(MAX_ATTEMPTS) },
    },
  );
  if (region !== undefined) client.regionId = region;
  if (endpoint !== undefined) client.endpoint = endpoint;
  return client;
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
  const state = action.isEnabled === false ? ", which is disabled" : "";
  return `its action: ${action.actionType} ${target ?? ""}${state}`;
}
