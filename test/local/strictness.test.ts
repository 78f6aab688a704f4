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
import { apiKeyUser, oneTry } from "./sdk.ts";

// The SDK's retrier writes to the console whatever it does not retry.
vi.spyOn(console, "warn").mockImplementation(() => {});

let cloud: LocalCloud;
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
  const user = { authenticationDetailsProvider: apiKeyUser(cloud.issuer.user()) };
  events = new EventsClient(user, oneTry());
  topics = new NotificationControlPlaneClient(user, oneTry());
  functions = new FunctionsManagementClient(user, oneTry());
  identity = new IdentityClient(user, oneTry());
  streams = new StreamAdminClient(user, oneTry());
  logging = new LoggingManagementClient(user, oneTry());
  monitoring = new MonitoringClient(user, oneTry());
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

describe("every service", () => {
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
