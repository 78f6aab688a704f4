import { HAPPENING, VERB } from "./grammar.ts";

/**
 * What happened, to follow a name in a sentence: "created", "is being created", "maintenance scheduled". Undefined where there
 * are no few words for it.
 *
 * @param action without phase: create, change_compartment, detected
 */
export function didOf(action: string, hasBegun: boolean): string | undefined {
  const past = pastOf(action);
  if (past !== undefined) return hasBegun ? `is being ${past}` : past;
  const words = action.split("_");
  const last = words.at(-1) ?? "";
  return !hasBegun && last.endsWith("ed") && words.every((word) => HAPPENING.has(word)) ? words.join(" ") : undefined;
}

function pastOf(action: string): string | undefined {
  if (action === "change_compartment") return "moved to another compartment";
  if (!VERB.has(action) || action.includes("_")) return undefined;
  const irregular = IRREGULAR.get(action);
  if (irregular !== undefined) return irregular;
  if (action.endsWith("e")) return `${action}d`;
  return /[^aeiou]y$/.test(action) ? `${action.slice(0, -1)}ied` : `${action}ed`;
}

const IRREGULAR: ReadonlyMap<string, string> = new Map(
  `abort:aborted backup:backed_up freeze:frozen unfreeze:unfrozen shrink:shrunk shutdown:shut_down cleanup:cleaned_up drop:dropped failover:failed_over flashback:flashed_back get:read
   offboard:offboarded put:written read:read reset:reset rollback:rolled_back run:run scan:scanned send:sent set:set setup:set_up
   skip:skipped stop:stopped submit:submitted switchover:switched_over unset:unset`
    .split(/\s+/)
    .map((pair) => pair.split(":").map((word) => word.replace("_", " ")) as [verb: string, past: string]),
);
