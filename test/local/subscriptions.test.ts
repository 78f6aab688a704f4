import type { models } from "oci-ons";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Cloud } from "../../local/emulator/cloud.ts";
import { COMPARTMENT } from "./cloud.ts";
import { issuer, type Notified, startNotified, TOPIC } from "./notified.ts";
import { resourcePrincipal } from "./sdk.ts";
import { outcomeOf } from "./storage.ts";

const FUNCTION = "ocid1.fnfunc.oc1.phx.aaaa";
const DAY_MS = 86_400_000;
const POLICY = { backoffRetryPolicy: { maxRetryDuration: 7_200_000, policyType: "EXPONENTIAL" } };

let notified: Notified;
// The SDK's retrier writes to the console whatever it does not retry.
vi.spyOn(console, "warn").mockImplementation(() => {});

beforeEach(async () => {
  notified = await startNotified();
});
afterEach(() => notified.close());

function create(details: Partial<models.CreateSubscriptionDetails> = {}, opcRetryToken?: string) {
  const all = { topicId: TOPIC, compartmentId: COMPARTMENT, protocol: "EMAIL", endpoint: "me@example.com", ...details };
  const token = opcRetryToken === undefined ? {} : { opcRetryToken };
  return notified.client.createSubscription({ createSubscriptionDetails: all, ...token });
}

async function stateOf(subscriptionId: string) {
  return (await notified.client.getSubscription({ subscriptionId })).subscription.lifecycleState;
}

async function follow(url: string) {
  const answer = await fetch(url);
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}

describe("subscriptions of the emulator, driven by the SDK's own client", () => {
  test("are created pending, listed, updated and deleted", async () => {
    const { subscription, etag, opcRequestId } = await create({ metadata: "m", freeformTags: { a: "b" } });
    const { client } = notified;
    const subscriptionId = subscription.id;
    const common = {
      id: expect.stringMatching(/^ocid1\.onssubscription\.oc1\.us-phoenix-1\.\w+$/),
      topicId: TOPIC,
      protocol: "EMAIL",
      endpoint: "me@example.com",
      lifecycleState: "PENDING",
      compartmentId: COMPARTMENT,
      createdTime: expect.any(Number),
      etag,
      freeformTags: { a: "b" },
      definedTags: {},
    };
    expect(subscription).toEqual({ ...common, deliverPolicy: JSON.stringify(POLICY) });
    expect(opcRequestId).toMatch(/\S/);
    expect((await client.getSubscription({ subscriptionId })).subscription).toEqual(subscription);
    const listed = await client.listSubscriptions({ compartmentId: COMPARTMENT, topicId: TOPIC });
    expect(listed.items).toEqual([{ ...common, deliveryPolicy: POLICY }]);

    const policyType = "EXPONENTIAL" as models.BackoffRetryPolicy.PolicyType;
    const deliveryPolicy = { backoffRetryPolicy: { maxRetryDuration: 60_000, policyType } };
    const updated = await client.updateSubscription({
      subscriptionId,
      updateSubscriptionDetails: { deliveryPolicy, freeformTags: {} },
      ifMatch: etag,
    });
    expect(updated.updateSubscriptionDetails).toEqual({ deliveryPolicy, freeformTags: {}, definedTags: {} });
    expect(updated.etag).not.toBe(etag);
    expect(await outcomeOf(client.deleteSubscription({ subscriptionId, ifMatch: etag }))).toEqual([412, "NoEtagMatch"]);

    await client.deleteSubscription({ subscriptionId });
    expect((await client.listSubscriptions({ compartmentId: COMPARTMENT })).items).toEqual([]);
    const waiter = client.createWaiters();
    const deleted = await waiter.forSubscription(
      { subscriptionId },
      "DELETED" as models.Subscription.LifecycleState.Deleted,
    );
    expect(deleted?.subscription.lifecycleState).toBe("DELETED");
    expect(await outcomeOf(client.deleteSubscription({ subscriptionId }))).toEqual([404, "NotAuthorizedOrNotFound"]);
  });

  test.each<[string, string]>([
    ["CUSTOM_HTTPS", "https://user:p%40ss@example.com/path"],
    ["CUSTOM_HTTPS", "https://user@example.com:8443"],
    ["CUSTOM_HTTPS", "http://127.0.0.1:9/hook"],
    ["EMAIL", "me+oci@example.co.jp"],
    ["HTTPS", "https://events.pagerduty.com/integration/k/enqueue"],
    ["PAGERDUTY", "https://events.eu.pagerduty.com/integration/k/enqueue"],
    ["SLACK", "https://hooks.slack.com/services/T/B/x"],
    ["SMS", "+14255550100"],
    ["ORACLE_FUNCTIONS", FUNCTION],
  ])("with %s take %s", async (protocol, endpoint) => {
    const { subscription } = await create({ protocol, endpoint });
    expect(subscription).toMatchObject({
      protocol,
      endpoint,
      lifecycleState: protocol === "ORACLE_FUNCTIONS" ? "ACTIVE" : "PENDING",
    });
  });

  test.each<[string, string, RegExp]>([
    ["CUSTOM_HTTPS", "http://example.com/hook", /https:\/\//],
    ["CUSTOM_HTTPS", "https://example.com/hook?token=1", /query/],
    ["CUSTOM_HTTPS", "https://example.com/hook?", /query/],
    ["CUSTOM_HTTPS", "example.com", /a URL/],
    ["CUSTOM_HTTPS", `https://example.com/${"x".repeat(500)}`, /512/],
    ["EMAIL", "example.com", /e-mail/],
    ["EMAIL", "me@example.com, you@example.com", /e-mail/],
    ["HTTPS", "https://example.com/hook", /CUSTOM_HTTPS/],
    ["SLACK", "https://example.com/hook", /slack\.com/],
    ["PAGERDUTY", "https://pagerduty.com.example.com/", /pagerduty\.com/],
    ["SMS", "0123", /E\.164/],
    ["ORACLE_FUNCTIONS", "my-function", /ocid1\.fnfunc/],
    ["WEBHOOK", "https://example.com", /protocol/],
  ])("with %s refuse %s and say why", async (protocol, endpoint, message) => {
    await expect(create({ protocol, endpoint })).rejects.toMatchObject({
      statusCode: 400,
      serviceCode: "InvalidParameter",
      message: expect.stringMatching(message),
    });
  });

  test.each<[string, object, unknown]>([
    ["a topic that there is not", { topicId: "ocid1.onstopic.oc1.phx.other" }, [404, "NotAuthorizedOrNotFound"]],
    ["a topic id that is none", { topicId: "alerts" }, [400, "InvalidParameter"]],
    ["no endpoint", { endpoint: undefined }, [400, "MissingParameter"]],
  ])("with %s are refused", async (_, details, outcome) => {
    expect(await outcomeOf(create(details))).toEqual(outcome);
  });

  test("are made once for one retry token", async () => {
    const [first, again] = [await create({}, "token"), await create({}, "token")];
    expect(again.subscription).toEqual(first.subscription);
  });

  test("go with their topic", async () => {
    const { id } = (await create()).subscription;
    await notified.control.deleteTopic({ topicId: TOPIC });
    expect(await stateOf(id)).toBe("DELETED");
  });

  test("are not there for a function that no policy lets near the topic", async () => {
    const asked: unknown[] = [];
    const allows: Cloud["allows"] = (caller, permission, { compartmentId }) => {
      asked.push([caller.kind, permission, compartmentId]);
      return false;
    };
    await notified.close();
    const principal = issuer.principal();
    notified = await startNotified({ cloud: { allows }, provider: resourcePrincipal(principal) });
    expect(await outcomeOf(create())).toEqual([404, "NotAuthorizedOrNotFound"]);
    expect(asked).toEqual([["function", "ONS_TOPIC_SUBSCRIBE", notified.cloud.cloud.tenancyId]]);
    principal.remove();
  });
});

describe("a subscription is confirmed", () => {
  test("by the URL that was posted to its endpoint, in a header and in the body", async () => {
    const { receiver, subscribe, notifications } = notified;
    const id = await subscribe("CUSTOM_HTTPS", `${receiver.url}/hook`);
    await notifications.settled();
    const [request] = receiver.received;
    const url = String(request?.headers["x-oci-ns-confirmationurl"]);
    expect(request).toMatchObject({ method: "POST", path: "/hook" });
    expect(request?.headers).toMatchObject({
      "content-type": "application/json",
      "x-oci-ns-messagetype": "SubscriptionConfirmation",
      "x-oci-ns-subscriptionid": id,
      "x-oci-ns-state": "Pending",
      "x-oci-ns-topicocid": TOPIC,
      "x-oci-ns-topicname": "aaaalocal",
      "x-oci-ns-timestamp": "2026-01-14T03:21:07.000+0000",
      "x-oci-ns-messageid": expect.stringMatching(/\S/),
      "x-oci-ns-unsubscribeurl": expect.stringContaining(`/20181201/subscriptions/${id}/unsubscription?token=`),
    });
    expect(JSON.parse(String(request?.body))).toEqual({ ConfirmationURL: url });
    expect(await stateOf(id)).toBe("PENDING");

    expect(await follow(url)).toEqual({
      status: 200,
      body: {
        topicName: "aaaalocal",
        topicId: TOPIC,
        endpoint: `${receiver.url}/hook`,
        unsubscribeUrl: request?.headers["x-oci-ns-unsubscribeurl"],
        message: expect.stringContaining("subscribed"),
        subscriptionId: id,
      },
    });
    expect(await stateOf(id)).toBe("ACTIVE");
    expect((await follow(url)).status).toBe(200);
    expect(await outcomeOf(notified.client.resendSubscriptionConfirmation({ id }))).toEqual([409, "IncorrectState"]);
  });

  test("by the URL in its mail, and by the SDK's own operation", async () => {
    const { client, notifications, subscribe } = notified;
    const id = await subscribe("EMAIL", "me@example.com");
    await notifications.settled();
    const [mail] = notifications.outbox;
    expect(mail).toEqual({
      protocol: "EMAIL",
      to: "me@example.com",
      subject: expect.stringContaining("Confirmation"),
      body: expect.stringContaining(String(mail?.confirmationUrl)),
      topicId: TOPIC,
      subscriptionId: id,
      confirmationUrl: expect.stringContaining(`/subscriptions/${id}/confirmation?token=`),
      unsubscribeUrl: expect.stringContaining("/unsubscription?token="),
    });
    const token = new URL(String(mail?.confirmationUrl)).searchParams.get("token") ?? "";
    const confirmed = await client.getConfirmSubscription({ id, token, protocol: "EMAIL" });
    expect([confirmed.confirmationResult.subscriptionId, confirmed.etag, await stateOf(id)]).toEqual([
      id,
      expect.any(String),
      "ACTIVE",
    ]);
  });

  test("not by a wrong token, protocol or subscription", async () => {
    const { client, notifications, subscribe } = notified;
    const id = await subscribe("EMAIL", "me@example.com");
    await notifications.settled();
    const token = new URL(String(notifications.outbox[0]?.confirmationUrl)).searchParams.get("token") ?? "";
    const sound = { id, token, protocol: "EMAIL" };
    const confirm = (wrong: object) => outcomeOf(client.getConfirmSubscription({ ...sound, ...wrong }));
    expect(await confirm({ token: `${token}x` })).toEqual([400, "InvalidParameter"]);
    expect(await confirm({ token: "" })).toEqual([400, "MissingParameter"]);
    expect(await confirm({ protocol: "SLACK" })).toEqual([400, "InvalidParameter"]);
    expect(await confirm({ id: "ocid1.onssubscription.oc1.phx.other" })).toEqual([404, "NotAuthorizedOrNotFound"]);
    expect(await stateOf(id)).toBe("PENDING");
  });

  test("within 3 days; afterwards by another message, which ends the first one's URL", async () => {
    const { client, clock, notifications, subscribe } = notified;
    const id = await subscribe("EMAIL", "me@example.com");
    await clock.pass(3 * DAY_MS + 1, notifications.settled);
    const urls = () => notifications.outbox.map(({ confirmationUrl }) => String(confirmationUrl));
    expect(await follow(String(urls()[0]))).toMatchObject({
      status: 400,
      body: { code: "InvalidParameter", message: expect.stringContaining("resendConfirmation") },
    });
    const { subscription } = await client.resendSubscriptionConfirmation({ id });
    expect(subscription.lifecycleState).toBe("PENDING");
    await notifications.settled();
    const [old, fresh] = urls();
    expect([(await follow(String(old))).status, (await follow(String(fresh))).status]).toEqual([400, 200]);
    expect(await stateOf(id)).toBe("ACTIVE");
  });

  test("and ended by the URL in every message, or by the SDK's own operation", async () => {
    const { client, confirmed, notifications } = notified;
    const [one, other] = [await confirmed("EMAIL", "a@example.com"), await confirmed("EMAIL", "b@example.com")];
    const unsubscribe = (id: string) => {
      const url = notifications.outbox.find(({ subscriptionId }) => subscriptionId === id)?.unsubscribeUrl;
      return String(url);
    };
    expect((await follow(unsubscribe(one))).status).toBe(200);
    const token = new URL(unsubscribe(other)).searchParams.get("token") ?? "";
    expect(await outcomeOf(client.getUnsubscription({ id: other, token: "x", protocol: "EMAIL" }))).toEqual([
      400,
      "InvalidParameter",
    ]);
    const { value } = await client.getUnsubscription({ id: other, token, protocol: "EMAIL" });
    expect(value).toContain("unsubscribed b@example.com");
    expect([await stateOf(one), await stateOf(other)]).toEqual(["DELETED", "DELETED"]);
  });
});
