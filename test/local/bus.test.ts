import { EventsClient, type models } from "oci-events";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Cloud, PublishResult } from "../../local/emulator/cloud.ts";
import { createIssuer, TENANCY } from "../../local/emulator/principal.ts";
import { createEvents, type Events, type EventsOptions } from "../../local/events/events.ts";
import { fixture } from "../../local/fixtures.ts";
import { COMPARTMENT, startTestCloud, type TestCloud } from "./cloud.ts";
import { type HandClock, handClock } from "./hand-clock.ts";
import { apiKeyUser, oneTry } from "./sdk.ts";

const issuer = createIssuer();
const user = issuer.user();

const CHILD = "ocid1.compartment.oc1..aaaachild";
const OTHER = "ocid1.compartment.oc1..aaaaother";
const FUNCTION = "ocid1.fnfunc.oc1.phx.aaaa";
const TOPIC = "ocid1.onstopic.oc1.phx.aaaa";
const STREAM = "ocid1.stream.oc1.phx.aaaa";
const FAAS = { actionType: "FAAS", isEnabled: true, functionId: FUNCTION };
const ONS = { actionType: "ONS", isEnabled: true, topicId: TOPIC };
const OSS = { actionType: "OSS", isEnabled: true, streamId: STREAM };

const parents = new Map([[CHILD, COMPARTMENT]]);

let cloud: TestCloud;
let client: EventsClient;
let events: Events;
let clock: HandClock;
// The SDK's retrier writes to the console whatever it does not retry.
vi.spyOn(console, "warn").mockImplementation(() => {});

beforeEach(() => start());
afterEach(() => stop());

async function start(overrides: Partial<Cloud> = {}, options: EventsOptions = {}) {
  clock = handClock();
  const services = (services: Cloud) => {
    events = createEvents(services, { clock, ...options });
    return events.operations;
  };
  const isWithin: Cloud["isWithin"] = (id, ancestorId) =>
    [id, parents.get(id), TENANCY].some((above) => above === ancestorId);
  cloud = await startTestCloud(services, { issuer, isWithin, ...overrides });
  client = new EventsClient({ authenticationDetailsProvider: apiKeyUser(user) }, oneTry());
  client.endpoint = cloud.url;
}

async function stop() {
  client.close();
  await events.close();
  await cloud.close();
}

async function restart(overrides: Partial<Cloud>, options: EventsOptions = {}) {
  await stop();
  await start(overrides, options);
}

/** @returns the rule's id */
async function rule(details: object = {}, ...actions: object[]): Promise<string> {
  const createRuleDetails = {
    displayName: "r",
    isEnabled: true,
    condition: "{}",
    compartmentId: COMPARTMENT,
    actions: { actions: actions.length > 0 ? actions : [FAAS] },
    ...details,
  } as unknown as models.CreateRuleDetails;
  return (await client.createRule({ createRuleDetails })).rule.id;
}

function event(more: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    eventType: "com.oraclecloud.objectstorage.createbucket",
    cloudEventsVersion: "0.1",
    eventTypeVersion: "2.0",
    source: "ObjectStorage",
    eventTime: "2026-01-14T03:21:07Z",
    eventID: "e-1",
    contentType: "application/json",
    extensions: { compartmentId: COMPARTMENT },
    data: { compartmentId: COMPARTMENT, compartmentName: "c", resourceName: "bückët", resourceId: "/n/ns/b/b" },
    ...more,
  };
}

/** The ids of the rules that an event reaches. */
async function reached(emitted: Record<string, unknown>): Promise<string[]> {
  return (await events.deliver(emitted)).rules.map(({ ruleId }) => ruleId);
}

async function post(body: unknown) {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const answer = await fetch(`${cloud.url}/emulator/events`, { method: "POST", body: text });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}

const counted = (name: string) => cloud.asked.counted.filter((metric) => metric.name === name);

describe("the bus carries out a rule's actions", () => {
  test("each with the bare event, and counts what it did", async () => {
    const ruleId = await rule({}, FAAS, ONS, OSS);
    const emitted = event();
    const told = await events.deliver(emitted);
    const body = JSON.stringify(emitted);
    expect(cloud.asked).toMatchObject({
      invoked: [[FUNCTION, body, { "content-type": "application/json" }]],
      published: [[TOPIC, { body }]],
      put: [[STREAM, { value: body }]],
    });
    const delivered = { outcome: "delivered", attempts: 1 };
    expect(told).toEqual({
      eventType: "com.oraclecloud.objectstorage.createbucket",
      eventID: "e-1",
      compartmentId: COMPARTMENT,
      rules: [
        {
          ruleId,
          displayName: "r",
          actions: [
            { actionType: "FAAS", targetId: FUNCTION, ...delivered, status: 200, reply: "{}" },
            { actionType: "ONS", targetId: TOPIC, ...delivered, status: 202 },
            { actionType: "OSS", targetId: STREAM, ...delivered, status: 200 },
          ],
        },
      ],
    });
    expect(events.log).toEqual([told]);

    const metric = (name: string, dimensions: object) => ({
      namespace: "oci_cloudevents",
      name,
      compartmentId: COMPARTMENT,
      dimensions,
    });
    const ofRule = { resourceDisplayName: "r", resourceId: ruleId };
    expect(cloud.asked.counted).toEqual([
      metric("PublishedEvents", { eventType: emitted.eventType, resourceId: "/n/ns/b/b" }),
      metric("MatchedEvents", ofRule),
      ...["FAAS", "ONS", "OSS"].map(() =>
        metric("DeliverySucceedEvents", { actionType: expect.any(String), ...ofRule }),
      ),
    ]);
    expect(
      counted("DeliverySucceedEvents")
        .map(({ dimensions }) => dimensions.actionType)
        .sort(),
    ).toEqual(["FAAS", "ONS", "OSS"]);
  });

  test("but not a disabled one, nor any of a rule that is disabled or deleted", async () => {
    await rule({}, { ...FAAS, isEnabled: false }, ONS);
    await rule({ isEnabled: false }, OSS);
    const ruleId = await rule({}, OSS);
    await client.deleteRule({ ruleId });
    await events.deliver(event());
    const { invoked, published, put } = cloud.asked;
    expect([invoked.length, published.length, put.length]).toEqual([0, 1, 0]);
  });

  test("in the background, when a service emits", async () => {
    await rule();
    await cloud.cloud.emit(event());
    await events.emit(event());
    await events.settled();
    expect([cloud.asked.emitted.length, cloud.asked.invoked.length, events.log.length]).toEqual([1, 1, 1]);
  });
});

describe("a rule sees an event", () => {
  test.each<[string, string, boolean]>([
    ["of its own compartment", COMPARTMENT, true],
    ["of a compartment below it", CHILD, true],
    ["of another compartment: not", OTHER, false],
    ["of the compartment above it: not", TENANCY, false],
  ])("%s", async (_, compartmentId, isSeen) => {
    const ruleId = await rule();
    const root = await rule({ compartmentId: TENANCY });
    expect(await reached(event({ extensions: { compartmentId } }))).toEqual(isSeen ? [ruleId, root] : [root]);
  });

  test("by data.compartmentId where the extensions have none, and not at all where neither has", async () => {
    const ruleId = await rule();
    const { extensions: _, ...bare } = event();
    expect(await reached(bare)).toEqual([ruleId]);
    expect(await events.deliver({ ...bare, data: {} })).toEqual({
      eventType: bare.eventType,
      eventID: "e-1",
      compartmentId: undefined,
      rules: [],
      problem: expect.stringContaining("extensions.compartmentId"),
    });
  });

  test.each<[string, boolean]>([
    ['{"eventType":"com.oraclecloud.objectstorage.createbucket"}', true],
    ['{"eventType":["com.oraclecloud.objectstorage.deletebucket","com.oraclecloud.objectstorage.create*"]}', true],
    ['{"eventType":"com.oraclecloud.objectstorage.deletebucket"}', false],
    ['{"data":{"resourceName":"b*t","compartmentName":"*"}}', true],
    ['{"data":{"bucketName":"*"}}', false],
    ['{"resourceName":"*"}', false],
    ['{"data":{}}', true],
  ])("by its condition %s: %s", async (condition, isMatch) => {
    await rule({ condition });
    expect((await reached(event())).length).toBe(isMatch ? 1 : 0);
    expect(counted("MatchedEvents").length).toBe(isMatch ? 1 : 0);
  });

  test.each([
    "identitycontrolplane.createuser",
    "identitysignon.interactivelogin",
    "IdentityProvisioning.x",
  ])("of identity (%s) at the root only, whatever the compartment, and in the home region only", async (type) => {
    const identity = event({ eventType: `com.oraclecloud.${type}` });
    await rule();
    const root = await rule({ compartmentId: TENANCY });
    expect(await reached(identity)).toEqual([root]);
    await restart({ region: "us-ashburn-1" });
    await rule({ compartmentId: TENANCY });
    expect(await events.deliver(identity)).toMatchObject({
      rules: [],
      problem: expect.stringMatching(/home region.*us-phoenix-1.*us-ashburn-1/),
    });
    expect((await reached(event())).length).toBe(1);
  });
});

describe("a delivery that fails", () => {
  test("is tried again a few times, then given up and counted", async () => {
    const replies = [502, 503, 429, 500];
    await restart({ invoke: async () => ({ status: replies.shift() ?? 0, body: "function failed" }) });
    await rule();
    const running = events.deliver(event());
    await vi.waitFor(() => expect(clock.waiting()).toBe(1));
    for (let tries = 0; tries < 3; tries++) {
      await clock.pass(4_000);
      if (tries < 2) await vi.waitFor(() => expect(clock.waiting()).toBe(1));
    }
    const [told] = (await running).rules;
    expect(told?.actions).toEqual([
      {
        actionType: "FAAS",
        targetId: FUNCTION,
        outcome: "failed",
        attempts: 4,
        status: 500,
        error: "the function answered 500: function failed",
      },
    ]);
    expect([counted("DeliveryFailedEvents").length, counted("DeliverySucceedEvents").length]).toEqual([1, 0]);
  });

  test("is over as soon as one try succeeds, and does not hold up the other actions", async () => {
    const replies = [() => Promise.reject(new Error("no container")), async () => ({ status: 200, body: "{}" })];
    const invoke: Cloud["invoke"] = () => replies.shift()?.() ?? Promise.reject(new Error("one too many"));
    await restart({ invoke }, { retryDelaysMs: [1_000] });
    await rule({}, FAAS, OSS);
    const running = events.deliver(event());
    await vi.waitFor(() => expect(clock.waiting()).toBe(1));
    expect(events.log[0]?.rules[0]?.actions).toMatchObject([
      { outcome: "waiting", attempts: 1, error: "no container" },
      { outcome: "delivered" },
    ]);
    await clock.pass(1_000);
    expect((await running).rules[0]?.actions[0]).toEqual({
      actionType: "FAAS",
      targetId: FUNCTION,
      outcome: "delivered",
      attempts: 2,
      status: 200,
      reply: "{}",
    });
  });

  test("is not tried again where the target is not there", async () => {
    const gone: PublishResult = { ok: false, status: 404, code: "NotAuthorizedOrNotFound", message: "m" };
    await restart({
      invoke: async () => ({ status: 404, body: "" }),
      publish: async () => gone,
      putOnStream: () => false,
    });
    await rule({}, FAAS, ONS, OSS);
    const [told] = (await events.deliver(event())).rules;
    expect(told?.actions).toMatchObject(
      Array(3).fill({ outcome: "failed", attempts: 1, status: 404, error: expect.stringMatching(/\S/) }),
    );
    expect(counted("DeliveryFailedEvents").length).toBe(3);
  });

  test("is given up when the emulator ends", async () => {
    await restart({ invoke: async () => ({ status: 500, body: "" }) });
    await rule();
    const running = events.deliver(event());
    await vi.waitFor(() => expect(clock.waiting()).toBe(1));
    await events.close();
    expect((await running).rules[0]?.actions).toMatchObject([{ outcome: "failed", attempts: 1 }]);
    expect(clock.waiting()).toBe(0);
  });
});

describe("an event that causes itself", () => {
  test("comes to an end", async () => {
    let invocations = 0;
    const invoke: Cloud["invoke"] = async () => {
      invocations += 1;
      await events.emit(event());
      return { status: 200, body: "{}" };
    };
    await restart({ invoke }, { maxMatchesPerMinute: 20 });
    const ruleId = await rule();
    await events.emit(event());
    await events.settled();
    expect(invocations).toBe(20);
    expect(events.log.at(-1)?.rules).toEqual([
      { ruleId, displayName: "r", actions: [], problem: expect.stringContaining("over 20 events a minute") },
    ]);
    await clock.pass(60_000);
    expect((await events.deliver(event())).rules[0]?.problem).toBeUndefined();
    await events.settled();
  });

  test("leaves no more than 16 events under way at once, and none behind", async () => {
    let [now, most] = [0, 0];
    const invoke: Cloud["invoke"] = async () => {
      now += 1;
      most = Math.max(most, now);
      await new Promise((resolve) => setImmediate(resolve));
      now -= 1;
      return { status: 200, body: "{}" };
    };
    await restart({ invoke });
    await rule();
    for (let count = 0; count < 100; count++) await events.emit(event());
    await events.settled();
    expect([most, events.log.length]).toEqual([16, 100]);
  });
});

describe("POST /emulator/events", () => {
  test("emits an event, or several, and tells what became of them", async () => {
    const ruleId = await rule({ condition: '{"eventType":"*createbucket"}' });
    const one = await post(event());
    expect(one).toEqual({
      status: 200,
      body: {
        events: [
          {
            eventType: "com.oraclecloud.objectstorage.createbucket",
            eventID: "e-1",
            compartmentId: COMPARTMENT,
            rules: [
              {
                ruleId,
                displayName: "r",
                actions: [
                  {
                    actionType: "FAAS",
                    targetId: FUNCTION,
                    outcome: "delivered",
                    attempts: 1,
                    status: 200,
                    reply: "{}",
                  },
                ],
              },
            ],
          },
        ],
      },
    });
    const several = await post([event(), event({ eventType: "com.oraclecloud.objectstorage.deletebucket" })]);
    expect(several.body).toMatchObject({ events: [{ rules: [{ ruleId }] }, { rules: [] }] });
  });

  test("takes the fixtures as they are", async () => {
    const { status, body } = await post(fixture("instance-launched").toString());
    expect([status, body]).toMatchObject([
      200,
      { events: [{ eventType: "com.oraclecloud.computeapi.launchinstance.end" }] },
    ]);
  });

  test.each<[string, unknown, RegExp]>([
    ["no JSON", "{", /JSON/],
    ["a text", '"x"', /JSON object/],
    ["no event", { a: 1 }, /eventType.*eventID/],
    ["no event type that there can be", event({ eventType: "createbucket" }), /eventType.*com\.oraclecloud/],
    ["one among several that is none", [event(), { ...event(), eventID: "" }], /event 2 of 2: .*eventID/],
    ["an empty array", [], /at least one/],
  ])("refuses %s, and emits nothing", async (_, body, message) => {
    await rule();
    const answer = await post(body);
    expect(answer).toEqual({
      status: 400,
      body: { code: "InvalidParameter", message: expect.stringMatching(message) },
    });
    expect(events.log).toEqual([]);
  });
});
