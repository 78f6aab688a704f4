import type { models } from "oci-events";
import type { Clients } from "../provision/clients.ts";
import { listAll } from "../provision/kind.ts";

/** What an action of any of the three kinds names. */
interface Target {
  functionId?: string;
  topicId?: string;
  streamId?: string;
}

/**
 * Why a rule brings the function nothing, whatever it matches; undefined where it does, or may.
 * @param functionId undefined: any function counts
 */
export async function ruleObstacle(
  { isEnabled, actions, compartmentId }: models.Rule,
  functionId: string | undefined,
  { subscriptions }: Clients,
): Promise<string | undefined> {
  if (isEnabled === false) return "it is disabled";
  const atWork = actions.actions.filter((each) => each.isEnabled !== false && each.lifecycleState !== "FAILED");
  if (atWork.length === 0) return "none of its actions is at work: they are disabled, or have failed";
  const isMeant = (id: string | undefined) => functionId === undefined || id === functionId;
  for (const { functionId: called, topicId, streamId } of atWork as Target[]) {
    // Connector Hub may read the stream; it is not asked.
    if (streamId !== undefined || (called !== undefined && isMeant(called))) return undefined;
    if (topicId !== undefined && (await hasFunction(topicId))) return undefined;
  }
  return functionId === undefined ? "it calls no function" : `it does not call ${functionId}`;

  /** Subscribed to the topic. Where that may not be seen, there may be one. */
  async function hasFunction(topicId: string): Promise<boolean> {
    const asked = { compartmentId, topicId };
    const found = await listAll((page) => subscriptions.listSubscriptions({ ...asked, ...page })).catch(
      () => undefined,
    );
    return (
      found === undefined ||
      found.some(({ protocol, endpoint }) => protocol === "ORACLE_FUNCTIONS" && isMeant(endpoint))
    );
  }
}
