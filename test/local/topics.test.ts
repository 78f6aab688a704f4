import { type models, NotificationControlPlaneClient, requests } from "oci-ons";
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Cloud } from "../../local/emulator/cloud.ts";
import { createIssuer, TENANCY } from "../../local/emulator/principal.ts";
import { createNotifications } from "../../local/notifications/notifications.ts";
import { COMPARTMENT, startTestCloud, type TestCloud } from "./cloud.ts";
import { apiKeyUser, IDENTITIES, oneTry, resourcePrincipal } from "./sdk.ts";
import { outcomeOf } from "./storage.ts";

const LOCAL_TOPIC = "ocid1.onstopic.oc1.phx.aaaalocal";
const issuer = createIssuer();
const user = issuer.user();

let cloud: TestCloud;
let client: NotificationControlPlaneClient;
// The SDK's retrier writes to the console whatever it does not retry.
vi.spyOn(console, "warn").mockImplementation(() => {});

beforeEach(async () => {
  await start();
});
afterEach(async () => {
  client.close();
  await cloud.close();
});
afterAll(() => user.remove());

async function start(overrides: Partial<Cloud> = {}, provider = apiKeyUser(user)) {
  client?.close();
  await cloud?.close();
  const services = (services: Cloud) => createNotifications(services, { topics: [LOCAL_TOPIC] }).operations;
  cloud = await startTestCloud(services, { issuer, ...overrides });
  client = new NotificationControlPlaneClient({ authenticationDetailsProvider: provider }, oneTry());
  client.endpoint = cloud.url;
}

function create(details: Partial<models.CreateTopicDetails> = {}, opcRetryToken?: string) {
  const createTopicDetails = { name: "alerts", compartmentId: COMPARTMENT, ...details };
  return client.createTopic({ createTopicDetails, ...(opcRetryToken !== undefined && { opcRetryToken }) });
}

describe("topics of the emulator, driven by the SDK's own client", () => {
  test("are created, got, updated and deleted", async () => {
    const created = await create({ description: "d", freeformTags: { a: "b" }, definedTags: { n: { k: "v" } } });
    const { topicId } = created.notificationTopic;
    expect(created.notificationTopic).toEqual({
      topicId: expect.stringMatching(/^ocid1\.onstopic\.oc1\.us-phoenix-1\.\w+$/),
      shortTopicId: topicId.slice(-8),
      name: "alerts",
      compartmentId: COMPARTMENT,
      description: "d",
      lifecycleState: "ACTIVE",
      timeCreated: expect.anything(),
      etag: created.etag,
      freeformTags: { a: "b" },
      definedTags: { n: { k: "v" } },
      apiEndpoint: cloud.url,
    });
    expect(created.opcRequestId).toMatch(/\S/);
    expect(await client.getTopic({ topicId })).toMatchObject({
      notificationTopic: created.notificationTopic,
      etag: created.etag,
    });

    const topicAttributesDetails = { description: "new" };
    const updated = await client.updateTopic({ topicId, topicAttributesDetails, ifMatch: created.etag });
    expect(updated.notificationTopic).toEqual({
      ...created.notificationTopic,
      description: "new",
      etag: updated.etag,
    });
    const stale = { topicId, ifMatch: created.etag };
    expect(await outcomeOf(client.updateTopic({ ...stale, topicAttributesDetails }))).toEqual([412, "NoEtagMatch"]);
    expect(await outcomeOf(client.deleteTopic(stale))).toEqual([412, "NoEtagMatch"]);

    await client.deleteTopic({ topicId });
    expect(await outcomeOf(client.getTopic({ topicId }))).toEqual([404, "NotAuthorizedOrNotFound"]);
    expect((await create()).notificationTopic.topicId).not.toBe(topicId);
  });

  test("that the emulator was given are there from the start, in the root compartment", async () => {
    const { notificationTopic } = await client.getTopic({ topicId: LOCAL_TOPIC });
    expect(notificationTopic).toMatchObject({ topicId: LOCAL_TOPIC, name: "aaaalocal", compartmentId: TENANCY });
  });

  test.each<[string, object, unknown]>([
    ["a name with a space", { name: "my alerts" }, [400, "InvalidParameter"]],
    ["an empty name", { name: "" }, [400, "InvalidParameter"]],
    ["a name of 257 characters", { name: "x".repeat(257) }, [400, "InvalidParameter"]],
    ["no name", { name: undefined }, [400, "MissingParameter"]],
    ["a compartment that is none", { compartmentId: "ocid1.vcn.oc1.phx.a" }, [400, "InvalidParameter"]],
    ["another tenancy", { compartmentId: "ocid1.tenancy.oc1..other" }, [404, "NotAuthorizedOrNotFound"]],
    ["no compartment", { compartmentId: undefined }, [400, "MissingParameter"]],
    ["tags that are no texts", { freeformTags: { a: 1 } }, [400, "InvalidParameter"]],
    ["a name of 256 characters", { name: "x".repeat(256) }, "done"],
  ])("with %s: told", async (_, details, outcome) => {
    expect(await outcomeOf(create(details))).toEqual(outcome);
  });

  test("have a name of their own in the tenancy, whatever the compartment", async () => {
    await create();
    expect(await outcomeOf(create({ compartmentId: TENANCY }))).toEqual([409, "Conflict"]);
    expect(await outcomeOf(create({ name: "Alerts" }))).toBe("done");
  });

  test("are made once for one retry token, and the token is good for no other body", async () => {
    const first = await create({}, "token");
    const again = await create({}, "token");
    expect(again.notificationTopic).toEqual(first.notificationTopic);
    expect(await outcomeOf(create({ name: "other" }, "token"))).toEqual([409, "InvalidatedRetryToken"]);
    expect((await client.listTopics({ compartmentId: COMPARTMENT })).items.length).toBe(1);
  });

  test("are at most 100 in a compartment", async () => {
    for (let count = 0; count < 100; count++) await create({ name: `t${count}` });
    await expect(create()).rejects.toMatchObject({
      statusCode: 400,
      serviceCode: "LimitExceeded",
      message: expect.stringContaining("100"),
    });
  });

  test("are listed by compartment, name, id and state, in order and in pages", async () => {
    for (const name of ["b", "a", "c"]) await create({ name });
    await create({ name: "elsewhere", compartmentId: TENANCY });
    const list = async (wanted: Partial<requests.ListTopicsRequest>) => {
      const { items, opcNextPage } = await client.listTopics({ compartmentId: COMPARTMENT, ...wanted });
      return [items.map(({ name }) => name).join(" "), opcNextPage];
    };
    const { topicId = "" } = (await client.listTopics({ compartmentId: COMPARTMENT, name: "a" })).items[0] ?? {};
    const { SortOrder, SortBy } = requests.ListTopicsRequest;
    expect(await list({ limit: 2 })).toEqual(["b a", "2"]);
    expect(await list({ limit: 2, page: "2" })).toEqual(["c", undefined]);
    expect(await list({ sortBy: SortBy.Timecreated, sortOrder: SortOrder.Desc, limit: 1 })).toEqual([
      expect.stringMatching(/^[abc]$/),
      "1",
    ]);
    expect(await list({ name: "a" })).toEqual(["a", undefined]);
    expect(await list({ id: topicId })).toEqual(["a", undefined]);
    expect(await list({ lifecycleState: "active" })).toEqual(["b a c", undefined]);
    expect(await list({ lifecycleState: "DELETING" })).toEqual(["", undefined]);
    const wrong = [{ compartmentId: "c" }, { sortBy: "NAME" as requests.ListTopicsRequest.SortBy }, { limit: 0 }];
    for (const query of wrong) expect(await outcomeOf(list(query))).toEqual([400, "InvalidParameter"]);
  });

  test("move to another compartment", async () => {
    const { topicId } = (await create()).notificationTopic;
    const changeTopicCompartmentDetails = { compartmentId: TENANCY };
    await client.changeTopicCompartment({ topicId, changeTopicCompartmentDetails });
    expect((await client.getTopic({ topicId })).notificationTopic.compartmentId).toBe(TENANCY);
  });

  test("are not there for a function that no policy lets near them", async () => {
    const principal = issuer.principal();
    const asked: unknown[] = [];
    const allows: Cloud["allows"] = (caller, permission, target) => {
      asked.push([caller.kind, permission, target]);
      return caller.kind === "user";
    };
    await start({ allows }, resourcePrincipal(principal));
    expect(await outcomeOf(create())).toEqual([404, "NotAuthorizedOrNotFound"]);
    expect(await outcomeOf(client.deleteTopic({ topicId: LOCAL_TOPIC }))).toEqual([404, "NotAuthorizedOrNotFound"]);
    expect(await outcomeOf(client.listTopics({ compartmentId: COMPARTMENT }))).toEqual([
      404,
      "NotAuthorizedOrNotFound",
    ]);
    expect(asked).toEqual([
      ["function", "ONS_TOPIC_CREATE", { compartmentId: COMPARTMENT }],
      ["function", "ONS_TOPIC_DELETE", { compartmentId: TENANCY }],
      ["function", "ONS_TOPIC_INSPECT", { compartmentId: COMPARTMENT }],
    ]);
    principal.remove();
  });

  test.each(IDENTITIES)("refuse %s of another issuer", async (_, identity) => {
    const { provider, remove } = identity(createIssuer());
    await start({}, provider);
    expect(await outcomeOf(create())).toEqual([401, "NotAuthenticated"]);
    remove();
  });
});
