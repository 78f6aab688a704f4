import { listAll } from "../provision/kind.ts";
import { type Check, failed, ok, type Walk, warning } from "./check.ts";
import { rulesOf } from "./rule-checks.ts";

/** Is there a log of the function, and do alarms tell of what goes wrong? */
export async function watchChecks(walk: Walk): Promise<Check[]> {
  const { refused } = walk;
  return [
    ...(refused.has("log") || refused.has("log-group") ? [] : [await logCheck(walk)]),
    ...(refused.has("alarm") ? [] : alarmChecks(walk)),
  ];
}

async function logCheck({ place, fn, commands }: Walk): Promise<Check> {
  const link = "log of the function";
  const fix = `${commands.apply}, or switch it on in the console, under the application`;
  const ofFunction = place.found.filter(({ kind, attributes }) => {
    const { configuration } = attributes as { configuration?: { source?: { resource?: string } } };
    return kind === "log" && configuration?.source?.resource === fn?.applicationId;
  });
  const [log] = ofFunction;
  if (log !== undefined) {
    if (log.attributes.isEnabled === false)
      return failed(link, `${log.name} is disabled: what fails leaves no trace`, fix);
    return ok(link, `${log.name}, enabled`);
  }
  return (await isLoggedElsewhere(place, fn?.applicationId))
    ? ok(link, "enabled, in a log group that is not the relay's")
    : warning(link, "there is none in this compartment: what fails leaves no trace", fix);
}

async function isLoggedElsewhere({ clients, compartmentId }: Walk["place"], applicationId = ""): Promise<boolean> {
  const groups = await listAll((page) => clients.logging.listLogGroups({ compartmentId, ...page }));
  const lists = groups.map(({ id: logGroupId }) =>
    listAll((page) => clients.logging.listLogs({ logGroupId, sourceResource: applicationId, ...page })),
  );
  const logs = (await Promise.all(lists)).flat();
  return logs.some(
    ({ isEnabled, configuration }) =>
      isEnabled !== false && (configuration?.source as { resource?: string } | undefined)?.resource === applicationId,
  );
}

/** What an alarm can tell of, by the metric that its query asks for. */
const WATCHED = [
  { metric: "FunctionResponseCount", tells: "the function fails" },
  { metric: "DeliveryFailedEvents", tells: "a rule cannot deliver an event" },
  { metric: "PutRequests", tells: "a dead letter is written" },
];

function alarmChecks(walk: Walk): Check[] {
  const { place, fn, commands } = walk;
  const fix = commands.apply;
  const alarms = place.found.filter(({ kind, isOurs }) => kind === "alarm" && isOurs);
  return WATCHED.map(({ metric, tells }) => {
    const link = `alarm: ${tells}`;
    const meant = alarms.filter(({ attributes }) => String(attributes.query).includes(metric));
    if (meant.length === 0) return warning(link, "there is none of the relay's", fix);
    const watched = { FunctionResponseCount: [fn?.id], DeliveryFailedEvents: rulesOf(walk).map(({ id }) => id) }[
      metric
    ];
    const unwatched = (watched ?? []).filter(
      (id) => !meant.some(({ attributes }) => String(attributes.query).includes(String(id))),
    );
    if (unwatched.length > 0) return failed(link, `no alarm asks for ${unwatched.join(", ")}`, fix);
    const off = meant.filter(({ attributes }) => attributes.isEnabled === false);
    if (off.length > 0) return failed(link, `${off.map(({ name }) => name).join(", ")} is disabled`, fix);
    const mute = meant.filter(
      ({ attributes }) => !Array.isArray(attributes.destinations) || attributes.destinations.length === 0,
    );
    if (mute.length > 0) return failed(link, `${mute.map(({ name }) => name).join(", ")} tells nobody`, fix);
    return ok(link, meant.map(({ name }) => name).join(", "));
  });
}
