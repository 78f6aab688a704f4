import { request as requestHttp } from "node:http";
import { EventsClient } from "oci-events";
import { FunctionsManagementClient } from "oci-functions";
import { IdentityClient } from "oci-identity";
import { LoggingManagementClient } from "oci-logging";
import { MonitoringClient } from "oci-monitoring";
import { NotificationControlPlaneClient } from "oci-ons";
import { StreamAdminClient } from "oci-streaming";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { TENANCY } from "../../local/emulator/principal.ts";
import { type LocalCloud, startCloud } from "../../local/emulator/start-cloud.ts";
import { COMPARTMENT } from "./cloud.ts";
import { apiKeyUser, oneTry, sendSigned } from "./sdk.ts";

// The SDK's retrier writes to the console whatever it does not retry.
vi.spyOn(console, "warn").mockImplementation(() => {});

let cloud: LocalCloud;
let user: ReturnType<typeof apiKeyUser>;
let events: EventsClient;
let topics: NotificationControlPlaneClient;
let functions: FunctionsManagementClient;
let identity: IdentityClient;
let streams: StreamAdminClient;
let logging: LoggingManagementClient;
let monitoring: MonitoringClient;
let clients: { endpoint: string; close: () => void }[];
beforeAll(async () => {
  cloud = await startCloud();
  user = apiKeyUser(cloud.issuer.user());
  const auth = { authenticationDetailsProvider: user };
  events = new EventsClient(auth, oneTry());
  topics = new NotificationControlPlaneClient(auth, oneTry());
  functions = new FunctionsManagementClient(auth, oneTry());
  identity = new IdentityClient(auth, oneTry());
  streams = new StreamAdminClient(auth, oneTry());
  logging = new LoggingManagementClient(auth, oneTry());
  monitoring = new MonitoringClient(auth, oneTry());
  clients = [events, topics, functions, identity, streams, logging, monitoring];
  for (const client of clients) client.endpoint = cloud.url;
});
afterAll(async () => {
  for (const client of clients) client.close();
  await cloud.close();
});

const refused = (statusCode: number, serviceCode: string, message: string) =>
  expect.objectContaining({ statusCode, serviceCode, message: expect.stringContaining(message) });

const topic = (more: object) =>
  topics.createTopic({ createTopicDetails: { name: "t", compartmentId: COMPARTMENT, ...more } });
const rule = (more: object) =>
  events.createRule({
    createRuleDetails: {
      displayName: "r",
      isEnabled: true,
      condition: "{}",
      compartmentId: COMPARTMENT,
      actions: { actions: [{ actionType: "ONS", isEnabled: true, topicId: "ocid1.onstopic.oc1.phx.a" } as never] },
      ...more,
    },
  });
const tags = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, "v"]));

const nested = (levels: number) => `${'{"x":'.repeat(levels)}1${"}".repeat(levels)}`;

test("a cloud that is closed tries nothing again", async () => {
  const closing = await startCloud();
  let calls = 0;
  const called = new Promise<void>((resolve) => {
    closing.faas.invoke = async () => {
      calls += 1;
      resolve();
      return { status: 502, body: "" };
    };
  });
  const action = { actionType: "FAAS", isEnabled: true, functionId: "ocid1.fnfunc.oc1.phx.a" } as const;
  const client = new EventsClient({ authenticationDetailsProvider: apiKeyUser(closing.issuer.user()) }, oneTry());
  client.endpoint = closing.url;
  const details = { displayName: "r", isEnabled: true, condition: "{}", compartmentId: COMPARTMENT };
  await client.createRule({ createRuleDetails: { ...details, actions: { actions: [action] } } as never });
  client.close();
  const event = { eventType: "com.oraclecloud.a.b", eventID: "e", extensions: { compartmentId: COMPARTMENT } };
  const emitted = closing.events.deliver(event);
  await called;
  await closing.close();
  expect([(await emitted).rules[0]?.actions[0], calls]).toMatchObject([{ outcome: "failed", attempts: 1 }, 1]);
});

describe("every service", () => {
  test("refuses what is nested so deeply that nobody could walk over it", async () => {
    const definedTags = { a: { b: JSON.parse(nested(200)) } };
    await expect(topic({ definedTags })).rejects.toEqual(refused(400, "CannotParseRequest", ""));
    await expect(rule({ condition: nested(200) })).rejects.toEqual(
      refused(400, "InvalidParameter", "JSON nested more than 100 levels deep"),
    );
  });

  test("names the request also where it answers with nothing", async () => {
    const path = `${cloud.url}/n/localtenancy/b`;
    const body = JSON.stringify({ name: "same", compartmentId: COMPARTMENT });
    const made = await sendSigned(user, path, { method: "POST", body });
    const same = await sendSigned(user, `${path}/same`, {
      unsigned: { "if-none-match": made.headers.get("etag") ?? "" },
    });
    expect([same.status, same.headers.get("opc-request-id")]).toEqual([304, expect.stringMatching(/^\w+/)]);
  });

  test("answers 500 where the emulator itself fails, and goes on", async () => {
    const things = cloud.cloud.store.collection<object>("topics");
    const { notificationTopic } = await topic({ name: "broken" });
    const kept = things.get(notificationTopic.topicId) ?? {};
    things.set(notificationTopic.topicId, { ...kept, description: 1n });
    const get = () => topics.getTopic({ topicId: notificationTopic.topicId });
    await expect(get()).rejects.toEqual(refused(500, "InternalServerError", "the local OCI failed: "));
    things.set(notificationTopic.topicId, kept);
    expect((await get()).notificationTopic.name).toBe("broken");
  });

  test.each<[string, object]>([
    ["11 free-form tags", { freeformTags: tags(11) }],
    ["a key of 101 characters", { freeformTags: { ["k".repeat(101)]: "v" } }],
    ["an empty key", { freeformTags: { "": "v" } }],
    ["a value of 257 characters", { freeformTags: { k: "v".repeat(257) } }],
    ["65 defined tags", { definedTags: { one: tags(32), two: tags(33) } }],
  ])("refuses a thing with %s", async (_, more) => {
    const [field = ""] = Object.keys(more);
    await expect(topic(more)).rejects.toEqual(refused(400, "InvalidParameter", field));
    await expect(rule(more)).rejects.toEqual(refused(400, "InvalidParameter", field));
  });

  test("takes as many tags as there may be", async () => {
    const freeformTags = { ...tags(9), ["ключ".repeat(25)]: "値".repeat(256) };
    const definedTags = { one: tags(32), two: tags(32) };
    const { notificationTopic } = await topic({ name: "tagged", freeformTags, definedTags });
    expect(notificationTopic).toMatchObject({ freeformTags, definedTags });
  });

  const inCompartment = { compartmentId: COMPARTMENT, lifecycleState: "GONE" as never };
  const inRoot = { ...inCompartment, compartmentId: TENANCY };
  test.each<[string, () => Promise<unknown>]>([
    ["rules", () => events.listRules(inCompartment)],
    ["topics", () => topics.listTopics(inCompartment)],
    ["applications", () => functions.listApplications(inCompartment)],
    ["streams", () => streams.listStreams(inCompartment)],
    ["stream pools", () => streams.listStreamPools(inCompartment)],
    ["compartments", () => identity.listCompartments(inRoot)],
    ["dynamic groups", () => identity.listDynamicGroups(inRoot)],
    ["policies", () => identity.listPolicies(inRoot)],
    ["alarms", () => monitoring.listAlarms(inCompartment)],
  ])("refuses to list %s in a state that there is not", async (_, list) => {
    await expect(list()).rejects.toEqual(refused(400, "InvalidParameter", "lifecycleState: one of"));
  });
});

test("a rule's name has at most 255 characters", async () => {
  await expect(rule({ displayName: "x".repeat(256) })).rejects.toEqual(refused(400, "InvalidParameter", "displayName"));
  expect((await rule({ displayName: "名".repeat(255) })).rule.displayName).toHaveLength(255);
});

test("streams have at most 200 partitions together", async () => {
  const stream = (name: string, partitions: number) =>
    streams.createStream({ createStreamDetails: { name, partitions, compartmentId: COMPARTMENT } });
  await stream("most", 199);
  await expect(stream("more", 2)).rejects.toEqual(refused(400, "LimitExceeded", "200"));
  const { stream: last } = await stream("last", 1);
  await streams.deleteStream({ streamId: last.id });
  await stream("again", 1);
});

test("a request to another host is refused with an id and a code", async () => {
  const { hostname, port } = new URL(cloud.url);
  const answer = await new Promise<unknown>((resolve, reject) => {
    const sent = requestHttp({ hostname, port, path: "/n", headers: { Host: "objectstorage.example" } }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk) => chunks.push(chunk));
      response.on("end", () => {
        const body: unknown = JSON.parse(Buffer.concat(chunks).toString());
        resolve([response.statusCode, body, response.headers["opc-request-id"]]);
      });
    });
    sent.on("error", reject).end();
  });
  const body = { code: "NotAllowed", message: expect.stringContaining("only local programs") };
  expect(answer).toEqual([403, body, expect.stringMatching(/^[0-9A-F]{32}$/)]);
});
