import type { models } from "oci-monitoring";
import { isOwned, unlessGone } from "../provision/kind.ts";
import { type Check, type Walk, warning } from "./check.ts";

/** Alarms of the relay that ask for a rule which is gone, or stands where it gets no event of the relay's compartment. */
export async function strayChecks(alarms: readonly models.AlarmSummary[], walk: Walk): Promise<Check[]> {
  const { place, refused } = walk;
  if (refused.has("rule")) return [];
  const known = new Set(place.found.map(({ id }) => id));
  const strays = alarms.flatMap((alarm) => {
    const ruleId = /ocid1\.eventrule\.[\w.-]+/.exec(alarm.query)?.[0];
    return ruleId === undefined || known.has(ruleId) || !isOwned(alarm, place) ? [] : [{ alarm, ruleId }];
  });
  return Promise.all(strays.map(({ alarm, ruleId }) => strayCheck(alarm.displayName, ruleId, walk)));
}

async function strayCheck(name: string, ruleId: string, { place, way, commands }: Walk): Promise<Check> {
  const link = "alarm: a rule cannot deliver an event";
  const rule = (await unlessGone(place.clients.events.getRule({ ruleId })))?.rule;
  if (rule === undefined || ["DELETING", "DELETED"].includes(String(rule.lifecycleState))) {
    return warning(
      link,
      `${name} asks for ${ruleId}, which is not there, or no policy lets you see it`,
      commands.apply,
    );
  }
  const { displayName, compartmentId } = rule;
  const where = way.ids.includes(compartmentId) ? "which cannot be listed" : "and brings no event of this one";
  const fix = `oci events rule change-compartment --rule-id ${ruleId} --compartment-id ${place.compartmentId}`;
  return warning(link, `${name} asks for the rule ${displayName}, which stands in ${compartmentId}, ${where}`, fix);
}
