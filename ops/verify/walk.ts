import { printable, styled } from "../../local/terminal.ts";
import { accessOf } from "../access.ts";
import { ACCESS_FLAGS, asTyped } from "../as-typed.ts";
import type { Kind } from "../desired.ts";
import { KINDS } from "../provision/kinds.ts";
import { openPlace } from "../provision/place.ts";
import { survey } from "../provision/plan.ts";
import { whyRefused } from "../refusal.ts";
import type { VerifyOptions } from "../verify-command.ts";
import { accessChecks } from "./access-checks.ts";
import { alarmChecks } from "./alarm-checks.ts";
import { sweepChecks } from "./bus-check.ts";
import { type Check, failed, skipped, type Walk, warning } from "./check.ts";
import { codeChecks, functionIn } from "./code-checks.ts";
import { deliveryChecks } from "./delivery-checks.ts";
import { logChecks } from "./log-checks.ts";
import { messagingChecks } from "./messaging-checks.ts";
import { receiverChecks } from "./receiver-checks.ts";
import { routeChecks } from "./route-checks.ts";
import { ruleChecks } from "./rule-checks.ts";
import { rulesBetween } from "./rules-between.ts";
import { storeChecks } from "./store-checks.ts";
import { wayUp } from "./way-up.ts";

/** In the order of an event's way, and the last one sends one along it. */
const GROUPS: readonly [what: string, checks: (walk: Walk) => Check[] | Promise<Check[]>][] = [
  ["what an earlier verify has left", sweepChecks],
  ["the rules", ruleChecks],
  ["the function", codeChecks],
  ["its routes", routeChecks],
  ["its topics", messagingChecks],
  ["its buckets", storeChecks],
  ["its policies", accessChecks],
  ["its log", logChecks],
  ["its alarms", alarmChecks],
  ["the receivers", receiverChecks],
  ["the way of an event", deliveryChecks],
];

/** @returns the exit code */
export async function verifyAll(options: VerifyOptions): Promise<number> {
  const access = await accessOf(options);
  const open = await openPlace(access, options);
  try {
    const all: Check[] = [];
    const refused = new Set<Kind>();
    // Who may not see all can still be told of the rest.
    const listed = await survey(open, (kind, problem) => {
      refused.add(kind);
      all.push(skipped(`each ${KINDS[kind].noun}`, problem));
    });
    const way = await wayUp(open);
    const { rules, isAllSeen } = await rulesBetween(open, way);
    const found = [...listed, ...rules];
    const place = { ...open, found };
    const fn = functionIn(found, place);
    const commands = {
      apply: `npm run relay -- provision apply ${asTyped(options)} (with the options that it was made with)`,
      replay: `npm run relay -- replay --function ${fn?.id ?? "<ocid>"} ${asTyped(options, ACCESS_FLAGS)}`.trim(),
    };
    const walk: Walk = {
      ...{ place, way, seesAllRules: isAllSeen, access, refused, fn, commands },
      ...{ waitMs: options.wait * 1000, isSilent: !options.send },
    };
    if (!found.some(({ isOurs }) => isOurs)) {
      const made = `nothing here bears the tag oci-event-relay=${options.name}`;
      all.push(
        warning(
          `relay ${options.name}`,
          made,
          "see --name and --compartment; what was made by hand is looked at all the same",
        ),
      );
    }
    if (!options.json) for (const check of all) console.log(checkText(check));
    for (const [what, checks] of GROUPS) {
      // What OCI refuses to one of them does not keep the others from looking.
      const checked = await Promise.resolve()
        .then(() => checks(walk))
        .catch((error): Check[] => [
          failed(what, whyRefused("could not be looked at", error), "see what was refused, then verify again"),
        ]);
      all.push(...checked);
      if (!options.json) for (const check of checked) console.log(checkText(check));
    }
    const broken = all.filter(({ verdict }) => verdict === "failed").length;
    if (options.json) console.log(JSON.stringify({ broken, checks: all }));
    else console.log(`\n${inSum(all)}`);
    return broken === 0 ? 0 : 1;
  } finally {
    open.clients.close();
  }
}

const COLOURS = { ok: "green", failed: "red", warning: "yellow", skipped: "dim" } as const;

function checkText({ link, verdict, found, fix }: Check): string {
  const line = styled(COLOURS[verdict], printable(`${verdict.padEnd(8)} ${link}: ${found}`));
  return fix === undefined ? line : `${line}\n${" ".repeat(9)}${printable(`→ ${fix}`)}`;
}

function inSum(all: readonly Check[]): string {
  const count = (verdict: Check["verdict"]) => all.filter((check) => check.verdict === verdict).length;
  const parts = [`${count("ok")} as they should be`];
  if (count("failed") > 0) parts.push(`${count("failed")} broken`);
  if (count("warning") > 0) parts.push(`${count("warning")} to think about`);
  if (count("skipped") > 0) parts.push(`${count("skipped")} not looked at`);
  return `${parts.join(", ")}.`;
}
