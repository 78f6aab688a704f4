import { LoggingManagementClient } from "oci-logging";
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createIssuer, TENANCY } from "../../local/emulator/principal.ts";
import { createLogging, type Logging } from "../../local/logging/logging.ts";
import { COMPARTMENT, startTestCloud, type TestCloud } from "./cloud.ts";
import { apiKeyUser, oneTry, resourcePrincipal } from "./sdk.ts";

// The SDK's retrier writes to the console whatever it does not retry.
vi.spyOn(console, "warn").mockImplementation(() => {});

const issuer = createIssuer();
const user = issuer.user();
const client = new LoggingManagementClient({ authenticationDetailsProvider: apiKeyUser(user) }, oneTry());
afterAll(() => {
  client.close();
  user.remove();
});

let cloud: TestCloud;
let logging: Logging;
beforeEach(async () => {
  cloud = await startTestCloud(
    (shared) => {
      logging = createLogging(shared);
      return logging.operations;
    },
    { issuer },
  );
  client.endpoint = cloud.url;
});
afterEach(() => cloud.close());

const APPLICATION = "ocid1.fnapp.oc1.phx.relay";

const refused = (statusCode: number, serviceCode: string, message = "") =>
  expect.objectContaining({ statusCode, serviceCode, message: expect.stringContaining(message) });

/** Of the thing that a work request made. */
async function idBy(workRequestId: string): Promise<string> {
  const { workRequest } = await client.getWorkRequest({ workRequestId });
  return workRequest.resources[0]?.identifier ?? "";
}

async function makeGroup(displayName = "relay", changed: Record<string, unknown> = {}) {
  const details = { compartmentId: COMPARTMENT, displayName, ...changed };
  const { opcWorkRequestId } = await client.createLogGroup({ createLogGroupDetails: details });
  return idBy(opcWorkRequestId);
}

function logDetails(changed: Record<string, unknown> = {}, source: Record<string, unknown> = {}) {
  return {
    displayName: "invoke",
    logType: "SERVICE",
    configuration: {
      source: { sourceType: "OCISERVICE", service: "functions", resource: APPLICATION, category: "invoke", ...source },
    },
    ...changed,
  } as never;
}

async function makeLog(logGroupId: string, changed?: Record<string, unknown>, source?: Record<string, unknown>) {
  const { opcWorkRequestId } = await client.createLog({ logGroupId, createLogDetails: logDetails(changed, source) });
  return idBy(opcWorkRequestId);
}

describe("log groups", () => {
  test("are made by a work request that names them", async () => {
    const { opcWorkRequestId } = await client.createLogGroup({
      createLogGroupDetails: { compartmentId: COMPARTMENT, displayName: "relay", freeformTags: { a: "b" } },
    });
    const { workRequest } = await client.getWorkRequest({ workRequestId: opcWorkRequestId });
    const logGroupId = workRequest.resources[0]?.identifier ?? "";
    const time = expect.any(String);
    expect(workRequest).toEqual({
      id: opcWorkRequestId,
      operationType: "CREATE_LOG_GROUP",
      status: "SUCCEEDED",
      compartmentId: COMPARTMENT,
      resources: [
        {
          entityType: "loggroup",
          actionType: "CREATED",
          identifier: expect.stringMatching(/^ocid1\.loggroup\.oc1\./),
          entityUri: `/20200531/logGroups/${logGroupId}`,
        },
      ],
      percentComplete: 100,
      timeAccepted: time,
      timeStarted: time,
      timeFinished: time,
    });
    const { logGroup } = await client.getLogGroup({ logGroupId });
    expect(logGroup).toEqual({
      id: logGroupId,
      compartmentId: COMPARTMENT,
      displayName: "relay",
      description: null,
      lifecycleState: "ACTIVE",
      freeformTags: { a: "b" },
      definedTags: {},
      timeCreated: time,
      timeLastModified: time,
    });
    const { items } = await client.listWorkRequests({ compartmentId: COMPARTMENT });
    expect(items.map(({ id }) => id)).toEqual([opcWorkRequestId]);
    expect((await client.listWorkRequestErrors({ workRequestId: opcWorkRequestId })).items).toEqual([]);
    expect((await client.listWorkRequestLogs({ workRequestId: opcWorkRequestId })).items).toEqual([]);
  });

  test("are listed by name, in order and page by page", async () => {
    await makeGroup("b");
    await makeGroup("a");
    await makeGroup("c", { compartmentId: TENANCY });
    const names = async (query: Record<string, unknown>) =>
      (await client.listLogGroups({ compartmentId: COMPARTMENT, ...query } as never)).items.map(
        (one) => one.displayName,
      );
    expect(await names({})).toEqual(["b", "a"]);
    expect(await names({ displayName: "a" })).toEqual(["a"]);
    expect(await names({ sortBy: "displayName" })).toEqual(["a", "b"]);
    expect(await names({ sortBy: "displayName", sortOrder: "DESC" })).toEqual(["b", "a"]);
    expect(await names({ sortBy: "timeCreated" })).toEqual(["a", "b"]);
    expect(await names({ limit: 1, page: "1" })).toEqual(["a"]);
    expect(await names({ compartmentId: TENANCY })).toEqual(["c"]);
    expect(await names({ compartmentId: TENANCY, isCompartmentIdInSubtree: true })).toEqual(["b", "a", "c"]);
    await expect(names({ sortBy: "size" })).rejects.toEqual(refused(400, "InvalidParameter"));
  });

  test("are changed and deleted by whoever knows their etag", async () => {
    const logGroupId = await makeGroup();
    const { etag } = await client.getLogGroup({ logGroupId });
    const { opcWorkRequestId } = await client.updateLogGroup({
      logGroupId,
      ifMatch: etag,
      updateLogGroupDetails: { displayName: "other", description: "d" },
    });
    expect((await client.getWorkRequest({ workRequestId: opcWorkRequestId })).workRequest).toMatchObject({
      operationType: "UPDATE_LOG_GROUP",
      resources: [{ actionType: "UPDATED", identifier: logGroupId }],
    });
    const { logGroup } = await client.getLogGroup({ logGroupId });
    expect([logGroup.displayName, logGroup.description]).toEqual(["other", "d"]);
    await expect(client.deleteLogGroup({ logGroupId, ifMatch: etag })).rejects.toEqual(refused(412, "NoEtagMatch"));
    await client.deleteLogGroup({ logGroupId });
    await expect(client.getLogGroup({ logGroupId })).rejects.toEqual(refused(404, "NotAuthorizedOrNotFound"));
  });

  test("move to another compartment, if their name is free there, and their logs with them", async () => {
    const logGroupId = await makeGroup("relay");
    await client.createLog({ logGroupId, createLogDetails: { displayName: "own", logType: "CUSTOM" as never } });
    const taken = await makeGroup("taken");
    await makeGroup("taken", { compartmentId: TENANCY });
    const move = (id: string) =>
      client.changeLogGroupCompartment({
        logGroupId: id,
        changeLogGroupCompartmentDetails: { compartmentId: TENANCY },
      });
    const { opcWorkRequestId } = await move(logGroupId);
    expect((await client.getWorkRequest({ workRequestId: opcWorkRequestId })).workRequest).toMatchObject({
      operationType: "MOVE_LOG_GROUP",
      compartmentId: TENANCY,
      resources: [{ actionType: "UPDATED", identifier: logGroupId }],
    });
    expect((await client.getLogGroup({ logGroupId })).logGroup.compartmentId).toBe(TENANCY);
    expect((await client.listLogs({ logGroupId })).items.map(({ compartmentId }) => compartmentId)).toEqual([TENANCY]);
    await expect(move(taken)).rejects.toEqual(refused(409, "Conflict"));
  });

  test("have names of their own in a compartment", async () => {
    await makeGroup("relay");
    const other = await makeGroup("other");
    await makeGroup("relay", { compartmentId: TENANCY });
    await expect(makeGroup("relay")).rejects.toEqual(refused(409, "Conflict"));
    await expect(
      client.updateLogGroup({ logGroupId: other, updateLogGroupDetails: { displayName: "relay" } }),
    ).rejects.toEqual(refused(409, "Conflict"));
  });

  test("are made once for one retry token", async () => {
    const request = {
      createLogGroupDetails: { compartmentId: COMPARTMENT, displayName: "once" },
      opcRetryToken: "token",
    };
    const [first, second] = [await client.createLogGroup(request), await client.createLogGroup(request)];
    expect(await idBy(second.opcWorkRequestId)).toBe(await idBy(first.opcWorkRequestId));
  });

  test.each([
    [{ compartmentId: "x" }, 400, "InvalidParameter"],
    [{ displayName: undefined }, 400, "MissingParameter"],
    [{ displayName: "" }, 400, "InvalidParameter"],
    [{ compartmentId: "ocid1.tenancy.oc1..other" }, 404, "NotAuthorizedOrNotFound"],
  ])("are not made of %j", async (wrong, status, code) => {
    await expect(makeGroup("relay", wrong)).rejects.toEqual(refused(status, code));
  });

  test("are not deleted while they hold logs", async () => {
    const logGroupId = await makeGroup();
    const logId = await makeLog(logGroupId);
    await expect(client.deleteLogGroup({ logGroupId })).rejects.toEqual(refused(409, "Conflict", "delete them first"));
    await client.deleteLog({ logGroupId, logId });
    await client.deleteLogGroup({ logGroupId });
  });
});

describe("logs", () => {
  test("of an application's invocations are made with a retention of 30 days", async () => {
    const logGroupId = await makeGroup();
    const logId = await makeLog(logGroupId);
    const { log } = await client.getLog({ logGroupId, logId });
    expect(log).toEqual({
      id: expect.stringMatching(/^ocid1\.log\.oc1\./),
      tenancyId: TENANCY,
      compartmentId: COMPARTMENT,
      logGroupId,
      displayName: "invoke",
      logType: "SERVICE",
      isEnabled: true,
      configuration: {
        compartmentId: COMPARTMENT,
        source: { sourceType: "OCISERVICE", service: "functions", resource: APPLICATION, category: "invoke" },
      },
      retentionDuration: 30,
      lifecycleState: "ACTIVE",
      freeformTags: {},
      definedTags: {},
      timeCreated: expect.any(String),
      timeLastModified: expect.any(String),
    });
  });

  test("are listed by what they are of", async () => {
    const logGroupId = await makeGroup();
    await makeLog(logGroupId, { displayName: "b" });
    await makeLog(logGroupId, { displayName: "a", isEnabled: false }, { resource: "ocid1.fnapp.oc1.phx.other" });
    await makeLog(logGroupId, { displayName: "custom", logType: "CUSTOM", configuration: undefined });
    const names = async (query: Record<string, unknown>) =>
      (await client.listLogs({ logGroupId, ...query } as never)).items.map(({ displayName }) => displayName);
    expect(await names({})).toEqual(["b", "a", "custom"]);
    expect(await names({ sourceResource: APPLICATION })).toEqual(["b"]);
    expect(await names({ sourceService: "functions" })).toEqual(["b", "a"]);
    expect(await names({ sourceService: "objectstorage" })).toEqual([]);
    expect(await names({ logType: "CUSTOM" })).toEqual(["custom"]);
    expect(await names({ displayName: "a" })).toEqual(["a"]);
    for (const lifecycleState of ["INACTIVE", "inactive"]) expect(await names({ lifecycleState })).toEqual(["a"]);
    expect(await names({ sortBy: "displayName" })).toEqual(["a", "b", "custom"]);
    expect(await names({ limit: 2 })).toEqual(["b", "a"]);
    await expect(names({ logType: "OTHER" })).rejects.toEqual(refused(400, "InvalidParameter"));
    await expect(names({ lifecycleState: "ASLEEP" })).rejects.toEqual(refused(400, "InvalidParameter"));
    await expect(names({ logGroupId: "ocid1.loggroup.oc1.phx.none" })).rejects.toEqual(
      refused(404, "NotAuthorizedOrNotFound"),
    );
  });

  test("are changed, but for their resource", async () => {
    const logGroupId = await makeGroup();
    const logId = await makeLog(logGroupId);
    const { etag } = await client.getLog({ logGroupId, logId });
    await client.updateLog({
      logGroupId,
      logId,
      ifMatch: etag,
      updateLogDetails: {
        isEnabled: false,
        retentionDuration: 60,
        displayName: "other",
        configuration: { source: { parameters: { a: "b" } } },
      },
    });
    const { log } = await client.getLog({ logGroupId, logId });
    expect([
      log.isEnabled,
      log.lifecycleState,
      log.retentionDuration,
      log.displayName,
      log.configuration?.source,
    ]).toEqual([
      false,
      "INACTIVE",
      60,
      "other",
      {
        sourceType: "OCISERVICE",
        service: "functions",
        resource: APPLICATION,
        category: "invoke",
        parameters: { a: "b" },
      },
    ]);
    await expect(client.updateLog({ logGroupId, logId, ifMatch: etag, updateLogDetails: {} })).rejects.toEqual(
      refused(412, "NoEtagMatch"),
    );
    await expect(client.deleteLog({ logGroupId, logId, ifMatch: etag })).rejects.toEqual(refused(412, "NoEtagMatch"));
  });

  test("there is one of for a resource and category, in all log groups", async () => {
    const [one, other] = [await makeGroup("one"), await makeGroup("other")];
    const logId = await makeLog(one);
    await expect(makeLog(one, { displayName: "twin" })).rejects.toEqual(refused(409, "Conflict", logId));
    await expect(makeLog(other)).rejects.toEqual(refused(409, "Conflict", logId));
    await expect(makeLog(one, {}, { resource: "ocid1.fnapp.oc1.phx.other" })).rejects.toEqual(
      refused(409, "Conflict", "displayName"),
    );
    await client.deleteLog({ logGroupId: one, logId });
    await makeLog(other);
  });

  test.each<[Record<string, unknown>, Record<string, unknown>, string, string]>([
    [{ displayName: undefined }, {}, "MissingParameter", "displayName"],
    [{ logType: "AUDIT" }, {}, "InvalidParameter", "logType"],
    [{ configuration: undefined }, {}, "MissingParameter", "configuration"],
    [{ retentionDuration: 29 }, {}, "InvalidParameter", "retentionDuration"],
    [{ retentionDuration: 45 }, {}, "InvalidParameter", "retentionDuration"],
    [{ retentionDuration: 210 }, {}, "InvalidParameter", "retentionDuration"],
    [{}, { sourceType: "OTHER" }, "InvalidParameter", "sourceType"],
    [{}, { service: "function" }, "InvalidParameter", "service"],
    [{}, { category: "invocations" }, "InvalidParameter", "category"],
    [{}, { resource: "ocid1.fnfunc.oc1.phx.relay" }, "InvalidParameter", "resource"],
    [{}, { resource: undefined }, "MissingParameter", "resource"],
  ])("are not made of %j with the source %j", async (wrong, source, code, message) => {
    const logGroupId = await makeGroup();
    await expect(makeLog(logGroupId, wrong, source)).rejects.toEqual(refused(400, code, message));
  });

  test("are not found in another log group", async () => {
    const [one, other] = [await makeGroup("one"), await makeGroup("other")];
    const logId = await makeLog(one);
    await expect(client.getLog({ logGroupId: other, logId })).rejects.toEqual(refused(404, "NotAuthorizedOrNotFound"));
  });

  test("keep what functions write while they are enabled", async () => {
    const line = { functionId: "ocid1.fnfunc.oc1.phx.f", time: "2026-11-30T00:00:00.000Z", message: "m" };
    logging.write(APPLICATION, line);
    expect(logging.isLogged(APPLICATION)).toBe(false);
    const logGroupId = await makeGroup();
    const logId = await makeLog(logGroupId);
    expect([logging.isLogged(APPLICATION), logging.isLogged("ocid1.fnapp.oc1.phx.other")]).toEqual([true, false]);
    logging.write(APPLICATION, line);
    logging.write("ocid1.fnapp.oc1.phx.other", line);
    expect(logging.linesOf(logId)).toEqual([line]);
    await client.updateLog({ logGroupId, logId, updateLogDetails: { isEnabled: false } });
    expect(logging.isLogged(APPLICATION)).toBe(false);
    logging.write(APPLICATION, line);
    expect(logging.linesOf(logId)).toEqual([line]);
  });

  test("keep the newest 10,000 lines", async () => {
    const logId = await makeLog(await makeGroup());
    for (let number = 0; number < 25_000; number++) {
      logging.write(APPLICATION, { functionId: "f", time: "t", message: String(number) });
    }
    const lines = logging.linesOf(logId);
    expect([lines.length, lines.at(0)?.message, lines.at(-1)?.message]).toEqual([10_000, "15000", "24999"]);
  });
});

test("there are logs of functions", async () => {
  const { items } = await client.listServices({});
  expect(items).toContainEqual({
    id: "functions",
    name: "Functions",
    tenantId: TENANCY,
    namespace: null,
    servicePrincipalName: expect.any(String),
    endpoint: cloud.url,
    resourceTypes: [
      {
        name: "application",
        categories: [{ name: "invoke", displayName: "Function Invocation Logs", parameters: [] }],
      },
    ],
  });
});

test("a function is asked about with the permission that the operation takes", async () => {
  const logGroupId = await makeGroup();
  const logId = await makeLog(logGroupId);
  const asked: unknown[][] = [];
  cloud.cloud.allows = (caller, permission, { compartmentId }) => {
    asked.push([caller.kind, permission, compartmentId]);
    return false;
  };
  const principal = issuer.principal();
  const functionClient = new LoggingManagementClient(
    { authenticationDetailsProvider: resourcePrincipal(principal) },
    oneTry(),
  );
  functionClient.endpoint = cloud.url;
  const calls = [
    () => functionClient.createLogGroup({ createLogGroupDetails: { compartmentId: COMPARTMENT, displayName: "n" } }),
    () => functionClient.listLogGroups({ compartmentId: COMPARTMENT }),
    () => functionClient.getLogGroup({ logGroupId }),
    () => functionClient.createLog({ logGroupId, createLogDetails: logDetails() }),
    () => functionClient.listLogs({ logGroupId }),
    () => functionClient.updateLog({ logGroupId, logId, updateLogDetails: {} }),
    () => functionClient.deleteLog({ logGroupId, logId }),
  ];
  for (const call of calls) await expect(call()).rejects.toEqual(refused(404, "NotAuthorizedOrNotFound"));
  functionClient.close();
  principal.remove();
  expect(asked).toEqual(
    ["CREATE", "INSPECT", "READ", "CREATE", "INSPECT", "UPDATE", "DELETE"].map((verb) => [
      "function",
      `LOG_GROUP_${verb}`,
      COMPARTMENT,
    ]),
  );
});
