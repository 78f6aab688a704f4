import { listAll } from "../provision/kind.ts";
import { maskedEndpoint } from "../provision/tell.ts";
import { type Check, failed, ok, topicsOf, type Walk, warning } from "./check.ts";

const PENDING_DAYS = 3;

/** The topics that the function publishes on, who is subscribed to them, and whether any of them comes back to it. */
export async function messagingChecks(walk: Walk): Promise<Check[]> {
  const checks: Check[] = [];
  for (const topicId of topicsOf(walk)) checks.push(...(await topicChecks(topicId, walk)));
  return checks;
}

async function topicChecks(topicId: string, walk: Walk): Promise<Check[]> {
  const { place } = walk;
  const { topics, subscriptions } = place.clients;
  const topic = await topics.getTopic({ topicId }).then(
    ({ notificationTopic }) => notificationTopic,
    (error: { statusCode?: number }) => {
      if (error?.statusCode === 404) return undefined;
      throw error;
    },
  );
  if (topic === undefined) {
    const fix = "set ONS_TOPIC_ID to a topic of this region, or let provision apply make one";
    return [failed("topic", `${topicId}: 404, it is not there, or no policy lets you see it`, fix)];
  }
  const link = `topic ${topic.name}`;
  const state = String(topic.lifecycleState);
  if (state !== "ACTIVE") return [failed(link, `it is ${state}`, "wait until it is ACTIVE, or make another one")];
  const { compartmentId } = topic;
  const all = await listAll((page) => subscriptions.listSubscriptions({ compartmentId, topicId, ...page }));
  const there = all.filter(({ lifecycleState }) => String(lifecycleState) !== "DELETED");
  const active = there.filter(({ lifecycleState }) => String(lifecycleState) === "ACTIVE").length;
  const count = `${there.length} ${there.length === 1 ? "subscription" : "subscriptions"}, ${active} of them ACTIVE`;
  return [
    active > 0 ? ok(link, `ACTIVE, ${count}`) : unheard(walk, link, count),
    ...there.map((each) => subscriptionCheck({ ...each, lifecycleState: String(each.lifecycleState) }, walk)),
  ];
}

/** Alarms are told on the same topic, so one that nobody hears is never all right. */
function unheard({ fn }: Walk, link: string, count: string): Check {
  const isOnly = fn?.relay.ok === true && fn.relay.relay.destinations.every(({ type }) => type === "ons");
  const fix = "subscribe somebody: provision apply --subscribe EMAIL=ops@example.com, and have it confirmed";
  if (isOnly)
    return failed(link, `${count}: nobody gets what the relay publishes, and it has no other destination`, fix);
  return warning(link, `${count}: nobody gets what the relay publishes, nor its alarms`, fix);
}

interface Subscription {
  id: string;
  protocol: string;
  endpoint: string;
  lifecycleState: string;
  /** Epoch milliseconds. */
  createdTime?: number;
}

function subscriptionCheck(subscription: Subscription, { fn }: Walk): Check {
  const { id, protocol, endpoint, lifecycleState, createdTime } = subscription;
  const link = `subscription ${protocol} ${maskedEndpoint(endpoint)}`;
  if (protocol === "ORACLE_FUNCTIONS" && endpoint === fn?.id) {
    return failed(
      link,
      "the function is subscribed to a topic that it publishes on: a loop",
      `oci ons subscription delete --subscription-id ${id}; subscribe it to a topic of its own publishers`,
    );
  }
  if (protocol === "HTTPS") {
    const fix = "subscribe CUSTOM_HTTPS for a webhook of yours, PAGERDUTY for PagerDuty, and delete this one";
    return warning(link, "HTTPS is deprecated, and means PagerDuty", fix);
  }
  if (lifecycleState !== "PENDING") return ok(link, lifecycleState);
  const days = createdTime === undefined ? 0 : (Date.now() - Number(createdTime)) / 86_400_000;
  const again = `oci ons subscription resend-confirmation --subscription-id ${id}`;
  const isLate = days > PENDING_DAYS;
  return failed(
    link,
    `PENDING: nothing is delivered to it before it is confirmed${isLate ? `; its link has ended after ${PENDING_DAYS} days` : ""}`,
    `${CONFIRMING[protocol] ?? "open the link that was sent to it"}; to have it sent again: ${again}`,
  );
}

const CONFIRMING: Readonly<Record<string, string>> = {
  EMAIL: "whoever reads that mailbox opens the link in the mail",
  CUSTOM_HTTPS: "the receiver has to GET the URL of the header X-OCI-NS-ConfirmationURL; to answer 200 is not enough",
  SLACK: "open the link that was posted in the channel",
  PAGERDUTY: "open the link in the incident that PagerDuty made of it",
};

/** Buckets whose events would come back, and that are not there. */
export async function storeChecks({ place, fn }: Walk): Promise<Check[]> {
  if (!fn?.relay.ok) return [];
  const { deadLetterBucket, dedupeBucket } = fn.relay.relay;
  const named: [string, string | undefined, string][] = [
    ["DEAD_LETTER_BUCKET", deadLetterBucket, "what cannot be delivered is not kept"],
    ["DEDUPE_BUCKET", dedupeBucket, "repeats are delivered again"],
  ];
  const checks = named.map(async ([variable, bucketName, without]): Promise<Check> => {
    if (bucketName === undefined) {
      return warning(variable, `not set: ${without}`, "let provision apply make the bucket, or set it");
    }
    const link = `bucket ${bucketName}`;
    const { namespaceName } = place;
    const bucket = await place.clients.storage.getBucket({ namespaceName, bucketName }).catch((error) => {
      if (error?.statusCode === 404) return undefined;
      throw error;
    });
    if (bucket === undefined) {
      return failed(link, "404: it is not there, or no policy lets you see it", `make it, or set ${variable} anew`);
    }
    if (bucket.bucket.objectEventsEnabled) {
      const fix = `oci os bucket update --name ${bucketName} --object-events-enabled false`;
      return warning(link, "it emits object events: each letter would call the function, which ignores it", fix);
    }
    return ok(link, "there, object events off");
  });
  return Promise.all(checks);
}
