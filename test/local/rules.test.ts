import { EventsClient, type models, requests } from "oci-events";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Cloud } from "../../local/emulator/cloud.ts";
import { createIssuer, TENANCY } from "../../local/emulator/principal.ts";
import { createEvents } from "../../local/events/events.ts";
import { COMPARTMENT, startTestCloud, type TestCloud } from "./cloud.ts";
import { apiKeyUser, IDENTITIES, oneTry, resourcePrincipal } from "./sdk.ts";
import { outcomeOf } from "./storage.ts";

const issuer = createIssuer();
const user = issuer.user();

const FAAS = { actionType: "FAAS", isEnabled: true, functionId: "ocid1.fnfunc.oc1.phx.aaaa" };
const ONS = { actionType: "ONS", isEnabled: true, topicId: "ocid1.onstopic.oc1.phx.aaaa", description: "d" };
const OSS = { actionType: "OSS", isEnabled: false, streamId: "ocid1.stream.oc1.phx.aaaa" };

let cloud: TestCloud;
let client: EventsClient;
// The SDK's retrier writes to the console whatever it does not retry.
vi.spyOn(console, "warn").mockImplementation(() => {});

beforeEach(() => start());
afterEach(async () => {
  client.close();
  await cloud.close();
});

async function start(overrides: Partial<Cloud> = {}, provider = apiKeyUser(user)) {
  client?.close();
  await cloud?.close();
  cloud = await startTestCloud((services) => createEvents(services).operations, { issuer, ...overrides });
  client = new EventsClient({ authenticationDetailsProvider: provider }, oneTry());
  client.endpoint = cloud.url;
}

function create(details: object = {}, opcRetryToken?: string) {
  const createRuleDetails = {
    displayName: "r",
    isEnabled: true,
    condition: "{}",
    compartmentId: COMPARTMENT,
    actions: { actions: [FAAS] },
    ...details,
  } as models.CreateRuleDetails;
  return client.createRule({ createRuleDetails, ...(opcRetryToken !== undefined && { opcRetryToken }) });
}

async function problemOf(call: Promise<unknown>) {
  return call.then(
    () => "done",
    ({ statusCode, serviceCode, message }) => `${statusCode} ${serviceCode} ${message}`,
  );
}

describe("rules of the emulator, driven by the SDK's own client", () => {
  test("are created on their way to ACTIVE, with an id for each action", async () => {
    const condition = '{"eventType":["com.oraclecloud.computeapi.*"]}';
    const details = { condition, description: "d", freeformTags: { a: "b" }, actions: { actions: [FAAS, ONS, OSS] } };
    const { rule, etag, opcRequestId } = await create(details);
    const common = {
      id: expect.stringMatching(/^ocid1\.eventaction\.oc1\.us-phoenix-1\.\w+$/),
      lifecycleMessage: "",
      lifecycleState: "ACTIVE",
      description: null,
    };
    const expected = {
      id: expect.stringMatching(/^ocid1\.eventrule\.oc1\.us-phoenix-1\.\w+$/),
      displayName: "r",
      description: "d",
      isEnabled: true,
      condition,
      compartmentId: COMPARTMENT,
      freeformTags: { a: "b" },
      definedTags: {},
      timeCreated: expect.anything(),
      lifecycleState: "CREATING",
      lifecycleMessage: null,
      actions: {
        actions: [
          { ...common, ...FAAS },
          { ...common, ...ONS },
          { ...common, ...OSS, lifecycleState: "INACTIVE" },
        ],
      },
    };
    expect(rule).toEqual(expected);
    expect(opcRequestId).toMatch(/\S/);
    expect(await client.getRule({ ruleId: rule.id })).toMatchObject({
      rule: { ...rule, lifecycleState: "ACTIVE" },
      etag,
    });
  });

  test("reach the states that the SDK's waiters wait for", async () => {
    const wait = async (ruleId: string, state: string) => {
      const reached = await client.createWaiters().forRule({ ruleId }, state as models.Rule.LifecycleState);
      return reached?.rule.lifecycleState;
    };
    const { id: ruleId } = (await create({ isEnabled: false })).rule;
    expect(await wait(ruleId, "INACTIVE")).toBe("INACTIVE");
    const { rule } = await client.updateRule({ ruleId, updateRuleDetails: { isEnabled: true } });
    expect(rule.lifecycleState).toBe("UPDATING");
    expect(await wait(ruleId, "ACTIVE")).toBe("ACTIVE");
    await client.deleteRule({ ruleId });
    expect(await wait(ruleId, "DELETED")).toBe("DELETED");
    expect((await client.listRules({ compartmentId: COMPARTMENT })).items).toEqual([]);
    expect(await outcomeOf(client.deleteRule({ ruleId }))).toEqual([404, "NotAuthorizedOrNotFound"]);
    expect(await outcomeOf(client.updateRule({ ruleId, updateRuleDetails: { displayName: "n" } }))).toEqual([
      404,
      "NotAuthorizedOrNotFound",
    ]);
  });

  test("are changed only where an update names something, and only by whoever knows the newest", async () => {
    const { rule, etag } = await create({ description: "d", actions: { actions: [FAAS, ONS] } });
    const ruleId = rule.id;
    const update = (updateRuleDetails: object, ifMatch = "*") =>
      client.updateRule({ ruleId, ifMatch, updateRuleDetails: updateRuleDetails as models.UpdateRuleDetails });
    const renamed = await update({ displayName: "n" }, etag);
    expect(renamed.rule).toEqual({ ...rule, displayName: "n", lifecycleState: "UPDATING" });
    expect(renamed.etag).not.toBe(etag);
    expect(await outcomeOf(update({ displayName: "x" }, etag))).toEqual([412, "NoEtagMatch"]);
    const { actions } = (await update({ actions: { actions: [OSS] } })).rule;
    expect(actions.actions).toEqual([expect.objectContaining(OSS)]);
    expect(await problemOf(update({ condition: "[]" }))).toMatch(/^400 InvalidParameter condition: /);
    expect(await problemOf(update({ actions: { actions: [] } }))).toMatch(/^400 InvalidParameter actions\.actions: /);
    expect(await outcomeOf(client.deleteRule({ ruleId, ifMatch: etag }))).toEqual([412, "NoEtagMatch"]);
    expect((await client.getRule({ ruleId })).rule).toMatchObject({ displayName: "n", condition: "{}" });
  });

  test.each<[string, object, string]>([
    ["no displayName", { displayName: undefined }, "MissingParameter displayName:"],
    ["an empty displayName", { displayName: "" }, "InvalidParameter displayName:"],
    ["isEnabled as a text", { isEnabled: "true" }, "InvalidParameter isEnabled:"],
    ["no condition", { condition: undefined }, "MissingParameter condition:"],
    ["a condition that is an object, not a text", { condition: {} }, "InvalidParameter condition:"],
    ["a condition that is no JSON", { condition: "{eventType: x}" }, "InvalidParameter condition:"],
    ["a condition that is an array", { condition: "[]" }, "InvalidParameter condition:"],
    ["a condition that is a text", { condition: '"x"' }, "InvalidParameter condition:"],
    ["an event type that is a number", { condition: '{"eventType":1}' }, "InvalidParameter condition: eventType:"],
    [
      "an event type that is an object",
      { condition: '{"eventType":{"a":1}}' },
      "InvalidParameter condition: eventType:",
    ],
    ["null in a condition", { condition: '{"data":{"a":[null]}}' }, "InvalidParameter condition: data.a:"],
    ["an array in an array", { condition: '{"data":{"a":[["b"]]}}' }, "InvalidParameter condition: data.a:"],
    ["no actions", { actions: undefined }, "MissingParameter actions:"],
    ["an empty list of actions", { actions: { actions: [] } }, "InvalidParameter actions.actions:"],
    ["11 actions", { actions: { actions: Array(11).fill(FAAS) } }, "InvalidParameter actions.actions:"],
    [
      "an action of another type",
      { actions: { actions: [{ ...FAAS, actionType: "EMAIL" }] } },
      "InvalidParameter actions.actions.0.actionType:",
    ],
    [
      "a topic where a function belongs",
      { actions: { actions: [ONS, { ...FAAS, functionId: ONS.topicId }] } },
      "InvalidParameter actions.actions.1.functionId:",
    ],
    [
      "a stream without its id",
      { actions: { actions: [{ ...OSS, streamId: undefined }] } },
      "MissingParameter actions.actions.0.streamId:",
    ],
    ["a compartment that is none", { compartmentId: "c" }, "InvalidParameter compartmentId:"],
  ])("with %s are refused by the field's name", async (_, details, problem) => {
    expect(await problemOf(create(details))).toContain(`400 ${problem}`);
    expect((await client.listRules({ compartmentId: COMPARTMENT })).items).toEqual([]);
  });

  test("are not made in another tenancy", async () => {
    expect(await outcomeOf(create({ compartmentId: "ocid1.tenancy.oc1..other" }))).toEqual([
      404,
      "NotAuthorizedOrNotFound",
    ]);
  });

  test.each([
    "{}",
    '{"data":{}}',
    '{"eventType":"com.oraclecloud.objectstorage.*bucket"}',
    '{"eventType":["a","b"],"data":{"additionalDetails":{"size":[1,2.5],"isPublic":true},"definedTags":{"n":{"k":"*"}}}}',
    '{"eventType":"com.oraclecloud.audit.event"}',
    '{"__proto__":{"a":"b"}}',
  ])("take the condition %s and give it back as it is", async (condition) => {
    const { rule } = await create({ condition });
    expect((await client.getRule({ ruleId: rule.id })).rule.condition).toBe(condition);
  });

  test("take 10 actions, and targets that are not there: those show when an event comes", async () => {
    const { rule } = await create({ actions: { actions: Array(10).fill(ONS) } });
    const { actions } = (await client.getRule({ ruleId: rule.id })).rule.actions;
    expect(actions.map(({ lifecycleState }) => lifecycleState)).toEqual(Array(10).fill("ACTIVE"));
  });

  test("are made once for one retry token", async () => {
    const [first, again] = [await create({}, "token"), await create({}, "token")];
    expect(again.rule).toEqual({ ...first.rule, lifecycleState: "ACTIVE" });
    expect(await outcomeOf(create({ displayName: "x" }, "token"))).toEqual([409, "InvalidatedRetryToken"]);
  });

  test("are at most 50; one that is deleted makes room", async () => {
    for (let count = 0; count < 50; count++) await create({ displayName: `r${count}` });
    expect(await outcomeOf(create())).toEqual([400, "LimitExceeded"]);
    expect((await client.listRules({ compartmentId: COMPARTMENT })).items.length).toBe(10);
    const { items } = await client.listRules({ compartmentId: COMPARTMENT, limit: 50 });
    expect(items.length).toBe(50);
    await client.deleteRule({ ruleId: items[0]?.id ?? "" });
    expect(await outcomeOf(create())).toBe("done");
  });

  test("are listed without their actions, filtered, in order and in pages", async () => {
    for (const displayName of ["b", "a", "c"]) await create({ displayName, isEnabled: displayName !== "c" });
    await create({ displayName: "elsewhere", compartmentId: TENANCY });
    const { SortBy, SortOrder } = requests.ListRulesRequest;
    const list = async (wanted: Partial<requests.ListRulesRequest> = {}) => {
      const { items, opcNextPage } = await client.listRules({ compartmentId: COMPARTMENT, ...wanted });
      return [items.map(({ displayName }) => displayName).join(" "), opcNextPage];
    };
    expect(await list({ limit: 2 })).toEqual(["b a", "2"]);
    expect(await list({ limit: 2, page: "2" })).toEqual(["c", undefined]);
    expect(await list({ sortBy: SortBy.DisplayName })).toEqual(["a b c", undefined]);
    expect(await list({ sortBy: SortBy.DisplayName, sortOrder: SortOrder.Desc })).toEqual(["c b a", undefined]);
    expect(await list({ lifecycleState: "inactive" })).toEqual(["c", undefined]);
    expect(await list({ displayName: "a" })).toEqual(["a", undefined]);
    expect(await list({ compartmentId: TENANCY })).toEqual(["elsewhere", undefined]);
    const wrong = [
      { limit: 51 },
      { limit: 0 },
      { sortBy: "NAME" as never },
      { sortOrder: "UP" as never },
      { page: "x" },
    ];
    for (const query of wrong) expect(await outcomeOf(list(query))).toEqual([400, "InvalidParameter"]);
    const [summary] = (await client.listRules({ compartmentId: COMPARTMENT, displayName: "a" })).items;
    expect(summary).toEqual({
      id: expect.any(String),
      displayName: "a",
      description: null,
      lifecycleState: "ACTIVE",
      condition: "{}",
      compartmentId: COMPARTMENT,
      isEnabled: true,
      timeCreated: expect.anything(),
      freeformTags: {},
      definedTags: {},
    });
  });

  test("move to another compartment", async () => {
    const { id: ruleId } = (await create()).rule;
    await client.changeRuleCompartment({ ruleId, changeRuleCompartmentDetails: { compartmentId: TENANCY } });
    expect((await client.getRule({ ruleId })).rule.compartmentId).toBe(TENANCY);
  });

  test("are not there for a function that no policy lets near them", async () => {
    const principal = issuer.principal();
    const asked: unknown[] = [];
    const allows: Cloud["allows"] = (caller, permission, target) => {
      asked.push([caller.kind, permission, target.compartmentId]);
      return permission === "EVENTRULE_CREATE";
    };
    await start({ allows }, resourcePrincipal(principal));
    const { id: ruleId } = (await create()).rule;
    const calls = [
      () => client.getRule({ ruleId }),
      () => client.updateRule({ ruleId, updateRuleDetails: { displayName: "n" } }),
      () => client.deleteRule({ ruleId }),
      () => client.listRules({ compartmentId: COMPARTMENT }),
      () => client.changeRuleCompartment({ ruleId, changeRuleCompartmentDetails: { compartmentId: TENANCY } }),
    ];
    for (const call of calls) expect(await outcomeOf(call())).toEqual([404, "NotAuthorizedOrNotFound"]);
    expect(new Set(asked.map(String))).toEqual(
      new Set(
        ["CREATE", "READ", "MODIFY", "DELETE", "LIST"].map((name) => `function,EVENTRULE_${name},${COMPARTMENT}`),
      ),
    );
    principal.remove();
  });

  test.each(IDENTITIES)("refuse %s of another issuer", async (_, identity) => {
    const { provider, remove } = identity(createIssuer());
    await start({}, provider);
    expect(await outcomeOf(create())).toEqual([401, "NotAuthenticated"]);
    remove();
  });
});
