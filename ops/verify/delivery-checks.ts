import { matches } from "../../src/condition.ts";
import { mismatch } from "../explain/mismatch.ts";
import { mismatchText } from "../explain/mismatch-text.ts";
import type { Actual } from "../provision/kind.ts";
import { whyRefused } from "../refusal.ts";
import { deployedFunction } from "../replay/post-office.ts";
import { BUS_LINK, busCheck } from "./bus-check.ts";
import { type Check, failed, ok, skipped, type Walk, warning } from "./check.ts";
import { activeRulesOf, conditionOf } from "./rule-checks.ts";
import { BUCKET_CREATED, syntheticEvent } from "./synthetic-event.ts";
import { isOfType } from "./wanted-types.ts";

/** One marked event straight into the function, and one through the rules: what is shown is what the receivers answered. */
export async function deliveryChecks(walk: Walk): Promise<Check[]> {
  const { fn, isSilent } = walk;
  if (isSilent) return [skipped("synthetic event", "not sent: --no-send")];
  if (!fn?.relay.ok) return [skipped("synthetic event", "not sent: there is no function that could take it")];
  const direct = await directChecks(fn.id, walk);
  const isWanted = direct.every(({ verdict }) => verdict === "ok");
  if (!isWanted) return [...direct, skipped(BUS_LINK, "not tried before the function delivers")];
  const active = activeRulesOf(walk);
  const example = syntheticEvent(walk, Date.now());
  const bringing = active.filter((rule) => matches(conditionOf(rule) ?? [], example));
  if (bringing.length === 0) return [...direct, skipped(BUS_LINK, whyNotBrought(active, example))];
  // Who may not read the dedupe record is still told what the function answered.
  const bus = await busCheck(walk, bringing).catch((error) =>
    skipped(BUS_LINK, whyRefused("it could not be followed", error)),
  );
  return [...direct, bus];
}

function whyNotBrought(active: readonly Actual[], example: ReturnType<typeof syntheticEvent>): string {
  const refusals = active.flatMap((rule) => {
    const condition = conditionOf(rule);
    const found = condition && isOfType(condition, BUCKET_CREATED) ? mismatch(condition, example) : undefined;
    return found === undefined ? [] : [`${rule.name} does not match: ${mismatchText(found, example)}`];
  });
  if (refusals.length === 0) return `no rule brings ${BUCKET_CREATED}, the one event that can be caused without harm`;
  return `no rule brings the event of a bucket that is made here: ${refusals.join("; ")}`;
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
