import { createServer } from "node:net";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Cloud } from "../../local/emulator/cloud.ts";
import { issuer, type Notified, startNotified, TOPIC } from "./notified.ts";
import { resourcePrincipal } from "./sdk.ts";
import { outcomeOf } from "./storage.ts";

const FUNCTION = "ocid1.fnfunc.oc1.phx.aaaa";
const MINUTE_MS = 60_000;

let notified: Notified;
// The SDK's retrier writes to the console whatever it does not retry.
vi.spyOn(console, "warn").mockImplementation(() => {});

beforeEach(async () => {
  notified = await startNotified();
});
afterEach(() => notified.close());

async function restart(options: Parameters<typeof startNotified>[0]) {
  await notified.close();
  notified = await startNotified(options);
}

/** The newest delivery, without the ids. */
function lastDelivery() {
  const { topicId: _, subscriptionId: __, messageId: ___, ...told } = notified.notifications.deliveries.at(-1) ?? {};
  return told;
}

const TOLD = { protocol: "CUSTOM_HTTPS", messageType: "Notification" };

describe("what is published arrives", () => {
  test("at an HTTPS endpoint as it was published, and its head tells the rest", async () => {
    const { receiver, confirmed, publish } = notified;
    const subscriptionId = await confirmed("CUSTOM_HTTPS", `${receiver.url}/hook`);
    const messageId = await publish('{"日本":  1}', "a title");
    const request = receiver.received.at(-1);
    expect([request?.method, request?.path, request?.body.toString()]).toEqual(["POST", "/hook", '{"日本":  1}']);
    expect(request?.headers).toMatchObject({
      "content-type": "application/json",
      "x-oci-ns-messageid": messageId,
      "x-oci-ns-topicocid": TOPIC,
      "x-oci-ns-topicname": "aaaalocal",
      "x-oci-ns-messagetype": "Notification",
      "x-oci-ns-timestamp": "2026-01-14T03:21:07.000+0000",
      "x-oci-ns-unsubscribeurl": expect.stringContaining("/unsubscription?token="),
    });
    expect(Object.keys(request?.headers ?? {})).not.toContain("x-oci-ns-confirmationurl");
    expect(notified.notifications.deliveries.at(-1)).toEqual({
      ...TOLD,
      topicId: TOPIC,
      subscriptionId,
      messageId,
      state: "delivered",
      attempts: 1,
      status: 200,
    });
    await publish("no JSON");
    expect(receiver.received.at(-1)?.headers["content-type"]).toBe("text/plain; charset=UTF-8");
  });

  test("at a function, in sync with the platform, without a confirmation", async () => {
    const { cloud, publish, subscribe } = notified;
    await subscribe("ORACLE_FUNCTIONS", FUNCTION);
    const messageId = await publish('{"a":1}');
    const headers = expect.objectContaining({ "X-OCI-NS-MessageId": messageId, "X-OCI-NS-TopicOcid": TOPIC });
    expect(cloud.asked.invoked).toEqual([[FUNCTION, '{"a":1}', headers]]);
  });

  test("at Slack as its text, and at PagerDuty", async () => {
    const { receiver, confirmed, publish } = notified;
    await confirmed("SLACK", `${receiver.url}/slack`);
    await confirmed("PAGERDUTY", `${receiver.url}/pagerduty`);
    await publish("5 > 4");
    const bodies = receiver.received.slice(-2).map(({ path, body }) => [path, body.toString()]);
    expect(new Map(bodies as [string, string][])).toEqual(
      new Map([
        ["/slack", '{"text":"5 > 4"}'],
        ["/pagerduty", "5 > 4"],
      ]),
    );
  });

  test("in a mail, with the footer that real ones have", async () => {
    const { notifications, confirmed, publish } = notified;
    await confirmed("EMAIL", "me@example.com");
    await publish("the body", "the title");
    await publish("the body");
    const [, mail, untitled] = notifications.outbox;
    expect(mail).toMatchObject({ to: "me@example.com", subject: "the title" });
    expect(Object.keys(mail ?? {})).not.toContain("confirmationUrl");
    expect(mail?.body.split("\n")).toEqual([
      "the body",
      "",
      "--",
      `You are receiving notifications as a subscriber to the topic: aaaalocal (Topic OCID: ${TOPIC}).`,
      `To stop receiving notifications from this topic, unsubscribe: ${mail?.unsubscribeUrl}`,
    ]);
    expect(untitled?.subject).toContain("aaaalocal");
  });

  test("in the outbox where it would leave this machine", async () => {
    const { notifications, confirmed, publish } = notified;
    await confirmed("CUSTOM_HTTPS", "https://example.com/hook");
    await publish("b");
    const posts = notifications.outbox.map(({ to, body }) => [to, body]);
    expect(posts).toEqual([
      ["https://example.com/hook", expect.stringContaining("ConfirmationURL")],
      ["https://example.com/hook", "b"],
    ]);
  });

  test("at nobody who has not confirmed, has unsubscribed, or asked for text messages", async () => {
    const { client, notifications, receiver, subscribe, confirmed, publish } = notified;
    await subscribe("CUSTOM_HTTPS", `${receiver.url}/pending`);
    const subscriptionId = await confirmed("CUSTOM_HTTPS", `${receiver.url}/gone`);
    await client.deleteSubscription({ subscriptionId });
    await confirmed("SMS", "+14255550100");
    const before = receiver.received.length;
    await publish("b");
    expect(receiver.received.slice(before)).toEqual([]);
    const told = notifications.deliveries.filter(({ messageType }) => messageType === "Notification");
    expect(told.map(({ protocol }) => protocol)).toEqual(["SMS"]);
    expect(lastDelivery()).toEqual({
      protocol: "SMS",
      messageType: "Notification",
      state: "dropped",
      attempts: 0,
      error: expect.stringContaining("alarms only"),
    });
    await notifications.publish(TOPIC, { body: "an alarm", type: "Alarm" });
    await notifications.settled();
    expect(notifications.outbox.at(-1)).toMatchObject({ protocol: "SMS", to: "+14255550100", body: "an alarm" });
  });
});

describe("Basic authentication", () => {
  const basic = (credentials: string) => `Basic ${Buffer.from(credentials).toString("base64")}`;

  test("comes once the receiver has asked for it, with what the URL says", async () => {
    const { receiver, confirmed, publish } = notified;
    const wanted = basic("us:er:p@ss wörd");
    receiver.answer = ({ headers }) =>
      headers.authorization === wanted
        ? { status: 204 }
        : { status: 401, headers: { "WWW-Authenticate": 'Basic realm="r"' } };
    await confirmed("CUSTOM_HTTPS", receiver.url.replace("//", "//us%3Aer:p%40ss%20w%C3%B6rd@"));
    const before = receiver.received.length;
    await publish("b");
    const came = receiver.received.slice(before).map(({ headers, body }) => [headers.authorization, body.toString()]);
    expect(came).toEqual([
      [undefined, "b"],
      [wanted, "b"],
    ]);
    expect(lastDelivery()).toEqual({ ...TOLD, state: "delivered", attempts: 1, status: 204 });
  });

  test.each([
    ["is not sent to whom does not ask for Basic", "user:secret@", { "WWW-Authenticate": "Bearer" }, [undefined]],
    ["is not made up", "", { "WWW-Authenticate": "Basic" }, [undefined]],
    ["is tried once", "user:secret@", { "WWW-Authenticate": "Basic" }, [undefined, basic("user:secret")]],
  ])("%s", async (_, credentials, headers, sent) => {
    const { receiver, confirmed, publish } = notified;
    await confirmed("CUSTOM_HTTPS", receiver.url.replace("//", `//${credentials}`));
    receiver.answer = () => ({ status: 401, headers: headers as unknown as Record<string, string> });
    const before = receiver.received.length;
    await publish("b");
    const came = receiver.received.slice(before).map(({ headers }) => headers.authorization);
    // At once and once more at once, as every failed delivery.
    expect(came).toEqual([...sent, ...sent]);
    expect(lastDelivery()).toMatchObject({ state: "waiting", attempts: 2, status: 401, error: "answered 401" });
    expect(JSON.stringify(notified.notifications.deliveries)).not.toContain("secret");
  });
});

describe("a delivery that fails", () => {
  test("is tried again at once and after 1, 2, 4 … minutes, until 2 hours are over", async () => {
    const { receiver, clock, notifications, confirmed, publish } = notified;
    await confirmed("CUSTOM_HTTPS", receiver.url);
    const begin = clock.now();
    const minutes: number[] = [];
    receiver.answer = () => {
      minutes.push((clock.now() - begin) / MINUTE_MS);
      return { status: 503 };
    };
    await publish("b");
    await clock.pass(300 * MINUTE_MS, notifications.settled);
    expect(minutes).toEqual([0, 0, 1, 3, 7, 15, 31, 63, 95]);
    expect(lastDelivery()).toEqual({ ...TOLD, state: "failed", attempts: 9, status: 503, error: "answered 503" });
    expect(clock.waiting()).toBe(0);
  });

  test("is over as soon as the receiver takes it", async () => {
    const { receiver, clock, notifications, confirmed, publish } = notified;
    await confirmed("CUSTOM_HTTPS", receiver.url);
    const answers = [500, 302, 200];
    receiver.answer = () => ({ status: answers.shift() ?? 500, headers: { Location: "/elsewhere" } });
    await publish("b");
    await clock.pass(MINUTE_MS, notifications.settled);
    expect(lastDelivery()).toEqual({ ...TOLD, state: "delivered", attempts: 3, status: 200 });
    expect(receiver.received.map(({ path }) => path)).not.toContain("/elsewhere");
  });

  test("ends with the retry duration of the subscription's policy", async () => {
    const { client, receiver, clock, notifications, confirmed, publish } = notified;
    const subscriptionId = await confirmed("CUSTOM_HTTPS", receiver.url);
    const backoffRetryPolicy = { maxRetryDuration: 3 * MINUTE_MS, policyType: "EXPONENTIAL" as never };
    const updateSubscriptionDetails = { deliveryPolicy: { backoffRetryPolicy } };
    await client.updateSubscription({ subscriptionId, updateSubscriptionDetails });
    receiver.answer = () => "reset";
    await publish("b");
    await clock.pass(300 * MINUTE_MS, notifications.settled);
    expect(lastDelivery()).toEqual({ ...TOLD, state: "failed", attempts: 4, error: expect.stringMatching(/\S/) });
  });

  test("is dropped when the subscription goes meanwhile", async () => {
    const { client, receiver, clock, notifications, confirmed, publish } = notified;
    const subscriptionId = await confirmed("CUSTOM_HTTPS", receiver.url);
    receiver.answer = () => ({ status: 500 });
    await publish("b");
    await client.deleteSubscription({ subscriptionId });
    await clock.pass(MINUTE_MS, notifications.settled);
    expect(lastDelivery()).toMatchObject({ state: "dropped", attempts: 2 });
  });

  test("because nobody answers in time, says so", async () => {
    await restart({ timeoutMs: 60 });
    const { receiver, confirmed, publish } = notified;
    await confirmed("CUSTOM_HTTPS", receiver.url);
    receiver.answer = () => "hang";
    await publish("b");
    expect(lastDelivery()).toEqual({ ...TOLD, state: "waiting", attempts: 2, error: "no answer within 60 ms" });
  });

  test("because the answer drips, is cut off too", async () => {
    const sockets: { destroy: () => void }[] = [];
    const drip = createServer((socket) => {
      sockets.push(socket);
      socket.on("error", () => {});
      socket.write("HTTP/1.1 200 OK\r\nX-Drip: ");
      const timer = setInterval(() => socket.write("x"), 20);
      socket.on("close", () => clearInterval(timer));
    });
    await new Promise<void>((resolve) => drip.listen(0, "127.0.0.1", resolve));
    const address = drip.address();
    const port = typeof address === "object" ? address?.port : 0;
    await restart({ timeoutMs: 100 });
    const { notifications, subscribe } = notified;
    await subscribe("CUSTOM_HTTPS", `http://127.0.0.1:${port}/`);
    await notifications.settled();
    expect(lastDelivery()).toMatchObject({ state: "waiting", attempts: 2, error: expect.stringMatching(/\S/) });
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => drip.close(resolve));
  });

  test("is tried again at a function that fails, or can not be started", async () => {
    const replies: (() => Promise<{ status: number; body: string }>)[] = [
      async () => ({ status: 502, body: "function failed" }),
      () => Promise.reject(new Error("no container")),
      async () => ({ status: 200, body: "" }),
    ];
    await restart({ cloud: { invoke: () => replies.shift()?.() ?? Promise.reject(new Error("one too many")) } });
    const { clock, notifications, publish, subscribe } = notified;
    await subscribe("ORACLE_FUNCTIONS", FUNCTION);
    await publish("b");
    expect(lastDelivery()).toMatchObject({ state: "waiting", attempts: 2, error: "no container" });
    await clock.pass(MINUTE_MS, notifications.settled);
    expect(lastDelivery()).toMatchObject({ state: "delivered", attempts: 3, status: 200 });
  });

  test("keeps nothing alive when the emulator ends", async () => {
    const { receiver, clock, notifications, confirmed, publish } = notified;
    await confirmed("CUSTOM_HTTPS", receiver.url);
    receiver.answer = () => ({ status: 500 });
    await publish("b");
    expect(clock.waiting()).toBe(1);
    await notifications.close();
    expect(clock.waiting()).toBe(0);
  });
});

describe("rates", () => {
  test("of an e-mail address are 10 a minute; what is over waits for its turn", async () => {
    const { clock, notifications, confirmed, publish } = notified;
    await confirmed("EMAIL", "me@example.com");
    await clock.pass(MINUTE_MS, notifications.settled);
    for (let count = 0; count < 25; count++) await publish(`${count}`);
    const sent = () => notifications.outbox.length - 1;
    const perMinute = [sent()];
    for (let minute = 1; minute <= 3; minute++) {
      await clock.pass(MINUTE_MS, notifications.settled);
      perMinute.push(sent());
    }
    expect(perMinute).toEqual([10, 20, 25, 25]);
  });

  test("of an HTTPS endpoint are 60 a minute over all topics, and over the retry duration it is dropped", async () => {
    const { client, clock, receiver, notifications, confirmed, publish } = notified;
    const subscriptionId = await confirmed("CUSTOM_HTTPS", receiver.url);
    await clock.pass(MINUTE_MS, notifications.settled);
    const backoffRetryPolicy = { maxRetryDuration: 0, policyType: "EXPONENTIAL" as never };
    await client.updateSubscription({
      subscriptionId,
      updateSubscriptionDetails: { deliveryPolicy: { backoffRetryPolicy } },
    });
    receiver.answer = () => ({ status: 500 });
    for (let count = 0; count < 31; count++) await publish(`${count}`);
    // Each is tried twice at once; the 31st finds the minute full.
    expect(lastDelivery()).toEqual({ ...TOLD, state: "dropped", attempts: 0, error: expect.stringContaining("rate") });
  });
});

describe("publishing", () => {
  test("needs ONS_TOPIC_PUBLISH in the topic's compartment, where a function does it", async () => {
    const asked: unknown[] = [];
    const allows: Cloud["allows"] = (caller, permission, target) => {
      asked.push([caller.kind, permission, target]);
      return false;
    };
    const principal = issuer.principal();
    await restart({ cloud: { allows }, provider: resourcePrincipal(principal) });
    expect(await outcomeOf(notified.publish("b"))).toEqual([404, "NotAuthorizedOrNotFound"]);
    expect(asked).toEqual([["function", "ONS_TOPIC_PUBLISH", { compartmentId: notified.cloud.cloud.tenancyId }]]);
    const { ons } = notified.notifications;
    expect([ons.published, ons.requests]).toEqual([[], [{ status: 404, code: "NotAuthorizedOrNotFound" }]]);
    principal.remove();
  });

  test("takes topics that were created, and those that are gone no more", async () => {
    const { control, client } = notified;
    const createTopicDetails = { name: "new", compartmentId: notified.cloud.cloud.tenancyId };
    const { topicId } = (await control.createTopic({ createTopicDetails })).notificationTopic;
    const publish = () => outcomeOf(client.publishMessage({ topicId, messageDetails: { body: "b" } }));
    expect(await publish()).toBe("done");
    await control.deleteTopic({ topicId });
    expect(await publish()).toEqual([404, "NotAuthorizedOrNotFound"]);
  });

  test("by the platform itself has the same limits, and goes wrong as the emulator is told to", async () => {
    const { publish, ons } = notified.notifications;
    const refused = (status: number, code: string) => ({ ok: false, status, code, message: expect.any(String) });
    expect(await publish("ocid1.onstopic.oc1.phx.other", { body: "b" })).toEqual(
      refused(404, "NotAuthorizedOrNotFound"),
    );
    expect(await publish(TOPIC, { body: "x".repeat(65_537) })).toEqual(refused(400, "InvalidParameter"));
    ons.fault = { status: 500, body: '{"code":"InternalServerError","message":"m"}' };
    expect(await publish(TOPIC, { body: "b" })).toEqual(refused(500, "InternalServerError"));
    ons.fault = undefined;
    for (let count = 0; count < 60; count++) expect((await publish(TOPIC, { body: "b" })).ok).toBe(true);
    expect(await publish(TOPIC, { body: "b" })).toEqual(refused(429, "TooManyRequests"));
    expect(ons.published.length).toBe(60);
  });
});
