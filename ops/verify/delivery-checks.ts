import { matches } from "../../src/condition.ts";
import { deployedFunction } from "../replay/post-office.ts";
import { busCheck } from "./bus-check.ts";
import { type Check, failed, ok, skipped, type Walk, warning } from "./check.ts";
import { conditionOf, rulesOf } from "./rule-checks.ts";
import { BUCKET_CREATED, syntheticEvent } from "./synthetic-event.ts";

/** One marked event straight into the function, and one through the rules: what is shown is what the receivers answered. */
export async function deliveryChecks(walk: Walk): Promise<Check[]> {
  const { fn, isSilent } = walk;
  if (isSilent) return [skipped("synthetic event", "not sent: --no-send")];
  if (!fn?.relay.ok) return [skipped("synthetic event", "not sent: there is no function that could take it")];
  const direct = await directChecks(fn.id, walk);
  const isWanted = direct.every(({ verdict }) => verdict === "ok");
  if (!isWanted) return [...direct, skipped("from the bus to the receivers", "not tried before the function delivers")];
  const example = syntheticEvent(walk, Date.now());
  const bringing = rulesOf(walk).filter((rule) => {
    const condition = conditionOf(rule);
    return condition !== undefined && rule.attributes.isEnabled !== false && matches(condition, example);
  });
  if (bringing.length === 0) {
    const found = `no rule brings ${BUCKET_CREATED}, the one event that can be caused without harm`;
    return [...direct, skipped("from the bus to the receivers", found)];
  }
  return [...direct, await busCheck(walk, bringing)];
}

async function directChecks(functionId: string, walk: Walk): Promise<Check[]> {
  const link = "synthetic event";
  const office = await deployedFunction(functionId, walk.access);
  try {
    const event = syntheticEvent(walk, Date.now());
    const answer = await office.send(JSON.stringify(event));
    if (!answer.ok) return [failed(link, answer.problem, INVOKING)];
    const { outcome, problem, deliveries = [] } = answer.reply;
    const deliveryOf = deliveries.map(({ destination, outcome: became, attempts, status, problem: why }): Check => {
      const to = `${link} to ${destination}`;
      const tried = `${became}${status === undefined ? "" : `, answered ${status}`} (${attempts} ${attempts === 1 ? "try" : "tries"})`;
      if (became === "delivered") return ok(to, `${event.data.resourceName}: ${tried}`);
      return failed(to, `${tried}: ${why ?? problem ?? ""}`, adviceOn(became, walk));
    });
    if (deliveryOf.length > 0) return deliveryOf;
    if (outcome === "ignored") {
      return [
        warning(
          link,
          `ignored: ${problem ?? ""}`,
          "npm run relay -- explain shows what its routes want; to try them name an event of theirs to invoke",
        ),
      ];
    }
    return [failed(link, `${outcome}: ${problem ?? ""}`, "see the function's log")];
  } finally {
    await office.close();
  }
}

const INVOKING =
  "see the function's log; 404: use fn-invocation is missing, or it is another region; 502: the image does not start, or its configuration is wrong";

function adviceOn(outcome: string, { fn, commands }: Walk): string {
  const bucket = fn?.relay.ok ? fn.relay.relay.deadLetterBucket : undefined;
  if (outcome !== "dead-lettered") return "mend that; and set DEAD_LETTER_BUCKET, so that nothing is lost meanwhile";
  return `mend that; what is kept is sent by ${commands.replay} --bucket ${bucket ?? "<bucket>"}`;
}
