import documented from "../../handlers/event-types.json" with { type: "json" };
import { handlers } from "../../handlers/index.ts";
import { isDocumented } from "../../src/documented.ts";
import { entryOf } from "../catalogue.ts";
import { rulesFor } from "../rule/rule.ts";

/** Alarms and metrics are read as events of it; Events has none of them. */
const MONITORING = "com.oraclecloud.monitoring.";

/** JSON: the rules for the event types that have a handler of their own, as `relay rule` chooses them. */
export function defaultRules(): string {
  const types = handlers.flatMap(({ actions }) => Object.keys(actions));
  const eventTypes = types.filter(
    (type) => !type.startsWith(MONITORING) && isDocumented(type, documented) && !entryOf(type).awaitsEnd,
  );
  const rules = rulesFor({ eventTypes });
  if (!rules.ok) throw new Error(rules.problem);
  return JSON.stringify(rules.value.rules, null, 2);
}
