import type { models } from "oci-monitoring";
import { isOwned, listAll } from "../provision/kind.ts";
import { type Check, failed, ok, topicsOf, type Walk, warning } from "./check.ts";
import { rulesOf } from "./rule-checks.ts";
import { strayChecks } from "./stray-checks.ts";

/** What an alarm is to watch. */
interface Watched {
  id: string;
  name: string;
  /** Where its metrics are; undefined where that is not known. */
  compartmentId: string | undefined;
  /** `provision apply` makes its alarm. */
  isProvided: boolean;
}

interface Watch {
  namespace: string;
  metric: string;
  tells: string;
  things: (walk: Walk) => Watched[];
}

/** What an alarm can tell of, by the metric that its query asks for. */
const WATCHED: readonly Watch[] = [
  {
    namespace: "oci_faas",
    metric: "FunctionResponseCount",
    tells: "the function fails",
    things: ({ fn, place: { compartmentId } }) =>
      fn === undefined ? [] : [{ id: fn.id, name: fn.name, compartmentId, isProvided: true }],
  },
  {
    namespace: "oci_cloudevents",
    metric: "DeliveryFailedEvents",
    tells: "a rule cannot deliver an event",
    things: (walk) =>
      rulesOf(walk).map(({ id, name, attributes, isOurs }) => {
        const compartmentId = String(attributes.compartmentId);
        const { place } = walk;
        const isInPlace = [place.compartmentId, place.tenancyId].includes(compartmentId);
        return { id, name, compartmentId, isProvided: isOurs && isInPlace };
      }),
  },
  {
    namespace: "oci_objectstorage",
    metric: "PutRequests",
    tells: "a dead letter is written",
    things: ({ fn, place }) => {
      const bucket = fn?.relay.ok ? fn.relay.relay.deadLetterBucket : undefined;
      if (bucket === undefined) return [];
      const here = place.found.find(({ kind, name }) => kind === "bucket" && name === bucket);
      const compartmentId = here && place.compartmentId;
      return [{ id: bucket, name: bucket, compartmentId, isProvided: here?.isOurs === true }];
    },
  },
];

/** Do alarms tell somebody of what goes wrong? Whoever has made them. */
export async function alarmChecks(walk: Walk): Promise<Check[]> {
  const { place, refused } = walk;
  if (refused.has("alarm")) return [];
  const { clients, compartmentId } = place;
  const all = await listAll((page) => clients.monitoring.listAlarms({ compartmentId, ...page }));
  const alarms = all.filter(({ lifecycleState }) => !["DELETING", "DELETED"].includes(lifecycleState));
  const asked = alarms.filter(({ query }) => WATCHED.some(({ metric }) => query.includes(metric)));
  const look: Look = { walk, alarms: asked, gone: await goneTopics(asked, place) };
  return [...WATCHED.flatMap((watch) => watchCheck(watch, look)), ...(await strayChecks(asked, walk))];
}

interface Look {
  walk: Walk;
  /** Those that ask for any of these metrics. */
  alarms: readonly models.AlarmSummary[];
  /** OCIDs of topics that they tell, and that are not there. */
  gone: ReadonlySet<string>;
}

function watchCheck(watch: Watch, look: Look): Check[] {
  const link = `alarm: ${watch.tells}`;
  const meant = look.alarms.filter(({ query }) => query.includes(watch.metric));
  const good = new Set<string>();
  const bad = watch.things(look.walk).flatMap((thing): Check[] => {
    const watching = meant.filter((alarm) => asksFor(alarm, thing));
    const sound = watching.find((alarm) => faultOf(alarm, thing, look) === undefined);
    if (sound !== undefined) {
      good.add(sound.displayName);
      return [];
    }
    const [first] = watching;
    const found = first
      ? `${first.displayName} ${faultOf(first, thing, look)}`
      : `no alarm of this compartment asks for ${thing.id}`;
    // What provision has made is otherwise now; who makes no alarms, or watches by others, may well do so.
    const isChanged = (first ? [first] : meant).some((alarm) => isOwned(alarm, look.walk.place));
    return [(thing.isProvided && isChanged ? failed : warning)(link, found, fixFor(thing, watch, look.walk))];
  });
  return bad.length === 0 && good.size > 0 ? [ok(link, [...good].join(", "))] : bad;
}

/** Its query names the thing, or nothing in particular: DeliveryFailedEvents[1m]{resourceId = "ocid1…"}.sum() > 0 */
function asksFor({ query }: models.AlarmSummary, { id, name }: Watched): boolean {
  const values = query.split(/["'|]/);
  return !query.includes("{") || values.includes(id) || values.includes(name);
}

/** Why an alarm that asks for a thing tells nobody of it. */
function faultOf(
  { isEnabled, destinations, metricCompartmentId }: models.AlarmSummary,
  { compartmentId }: Watched,
  { gone, walk }: Look,
): string | undefined {
  if (isEnabled === false) return "is disabled";
  if (!Array.isArray(destinations) || destinations.length === 0) return "tells nobody";
  // One of the root compartment may look below it as well.
  if (compartmentId !== undefined && ![compartmentId, walk.place.tenancyId].includes(metricCompartmentId)) {
    return `looks for metrics in ${metricCompartmentId}, and they are in ${compartmentId}`;
  }
  if (!destinations.every((id) => gone.has(id))) return undefined;
  return `tells only ${destinations.join(", ")}: 404, it is not there, or no policy lets you see it`;
}

async function goneTopics(alarms: readonly models.AlarmSummary[], { clients }: Walk["place"]): Promise<Set<string>> {
  const told = new Set(alarms.flatMap(({ destinations }) => destinations ?? []));
  const topics = [...told].filter((id) => id.startsWith("ocid1.onstopic."));
  const isGone = (topicId: string) =>
    clients.topics.getTopic({ topicId }).then(
      () => false,
      (error: { statusCode?: number }) => error?.statusCode === 404,
    );
  const answers = await Promise.all(topics.map(isGone));
  return new Set(topics.filter((_, index) => answers[index]));
}

/** `provision apply` leaves alone what it has not made. */
function fixFor(thing: Watched, { namespace, metric }: Watch, walk: Walk): string {
  if (thing.isProvided) return walk.commands.apply;
  const { compartmentId } = walk.place;
  const dimension = thing.id === thing.name ? "resourceDisplayName" : "resourceId";
  const [topic = "<topic ocid>"] = topicsOf(walk);
  return [
    `oci monitoring alarm create --display-name ${thing.name}-alarm --compartment-id ${compartmentId}`,
    `--metric-compartment-id ${thing.compartmentId ?? "<its compartment>"} --namespace ${namespace}`,
    `--query-text '${metric}[1m]{${dimension} = "${thing.id}"}.sum() > 0'`,
    `--severity CRITICAL --destinations '["${topic}"]' --is-enabled true`,
  ].join(" ");
}
