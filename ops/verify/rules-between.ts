import { type Actual, isOwned } from "../provision/kind.ts";
import { KINDS } from "../provision/kinds.ts";
import type { OpenPlace } from "../provision/place.ts";
import type { WayUp } from "./way-up.ts";

/** The rules of the compartments between the relay's own and the root, which get its events too: `provision` makes none there. */
export async function rulesBetween(
  open: OpenPlace,
  { ids, isWhole }: WayUp,
): Promise<{ rules: Actual[]; isAllSeen: boolean }> {
  const place = { ...open, found: [] };
  const lists = await Promise.all(
    ids.slice(1, -1).map((id) =>
      // As if it were the root, so that it alone is listed.
      KINDS.rule.list({ ...place, compartmentId: id, tenancyId: id }).catch(() => undefined),
    ),
  );
  const ofRoot = await place.clients.events
    .listRules({ compartmentId: place.tenancyId, limit: 1 })
    .catch(() => undefined);
  const rules = lists
    .flatMap((list) => list ?? [])
    .map((rule) => ({ ...rule, isOurs: isOwned(rule.attributes, place) }));
  return { rules, isAllSeen: isWhole && ofRoot !== undefined && lists.every((list) => list !== undefined) };
}
