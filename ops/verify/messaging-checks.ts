import { listAll } from "../provision/kind.ts";
import { maskedEndpoint } from "../provision/tell.ts";
import { type Check, failed, ok, topicsOf, type Walk, warning } from "./check.ts";
import { seen } from "./seen.ts";

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
  const inCompartment = (compartmentId: string) =>
    listAll((page) => subscriptions.listSubscriptions({ compartmentId, topicId, ...page }));
  // A subscription may stand in another compartment than its topic, and is listed by its own.
  const others = walk.way.ids.filter((id) => id !== topic.compartmentId);
  const all = [
    ...(await inCompartment(topic.compartmentId)),
    ...(await Promise.all(others.map((id) => seen(inCompartment(id))))).flatMap((list) => list ?? []),
  ];
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
