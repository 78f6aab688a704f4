import { IdentityClient } from "oci-identity";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { createIssuer, TENANCY } from "../../local/emulator/principal.ts";
import { withinBy } from "../../local/identity/compartments.ts";
import { createIdentity } from "../../local/identity/identity.ts";
import { COMPARTMENT, startTestCloud, type TestCloud } from "./cloud.ts";
import { apiKeyUser, oneTry, resourcePrincipal } from "./sdk.ts";

// The SDK's retrier writes to the console whatever it does not retry.
vi.spyOn(console, "warn").mockImplementation(() => {});

const ISO_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const issuer = createIssuer();
const user = issuer.user();
afterAll(user.remove);

const client = new IdentityClient({ authenticationDetailsProvider: apiKeyUser(user) }, oneTry());
afterAll(() => client.close());

let cloud: TestCloud;
beforeEach(async () => {
  cloud = await startTestCloud((shared) => createIdentity(shared).operations, { issuer });
  client.endpoint = cloud.url;
});
afterEach(() => cloud.close());

/** What the SDK throws for a refusal. */
const refused = (statusCode: number, serviceCode: string, message?: string) =>
  expect.objectContaining({
    statusCode,
    serviceCode,
    ...(message !== undefined && { message: expect.stringContaining(message) }),
  });

async function compartment(name: string, compartmentId = TENANCY) {
  const details = { compartmentId, name, description: `the ${name}` };
  return (await client.createCompartment({ createCompartmentDetails: details })).compartment;
}

describe("the tenancy", () => {
  test("tells its home region and the regions that it is subscribed to", async () => {
    const { tenancy } = await client.getTenancy({ tenancyId: TENANCY });
    const { items } = await client.listRegionSubscriptions({ tenancyId: TENANCY });
    expect([tenancy.id, tenancy.homeRegionKey, items]).toEqual([
      TENANCY,
      "PHX",
      [{ regionKey: "PHX", regionName: "us-phoenix-1", status: "READY", isHomeRegion: true }],
    ]);
  });

  test("lists all regions of the realm", async () => {
    const { items } = await client.listRegions({});
    expect(items).toContainEqual({ key: "IAD", name: "us-ashburn-1" });
    expect(items).not.toContainEqual(expect.objectContaining({ name: "us-gov-ashburn-1" }));
  });

  test("does not tell of another one", async () => {
    const other = { tenancyId: "ocid1.tenancy.oc1..other" };
    await expect(client.getTenancy(other)).rejects.toEqual(refused(404, "NotAuthorizedOrNotFound"));
    await expect(client.listRegionSubscriptions(other)).rejects.toEqual(refused(404, "NotAuthorizedOrNotFound"));
  });

  test("shows a home region elsewhere", async () => {
    await cloud.close();
    cloud = await startTestCloud((shared) => createIdentity(shared).operations, {
      issuer,
      homeRegion: "us-ashburn-1",
    });
    client.endpoint = cloud.url;
    const { items } = await client.listRegionSubscriptions({ tenancyId: TENANCY });
    expect((await client.getTenancy({ tenancyId: TENANCY })).tenancy.homeRegionKey).toBe("IAD");
    expect(items.map(({ regionKey, isHomeRegion }) => [regionKey, isHomeRegion])).toEqual([
      ["IAD", true],
      ["PHX", false],
    ]);
  });
});

describe("compartments", () => {
  test("are made, found, changed and deleted", async () => {
    const made = await compartment("relay");
    expect(made).toEqual({
      id: expect.stringMatching(/^ocid1\.compartment\.oc1\.\./),
      compartmentId: TENANCY,
      name: "relay",
      description: "the relay",
      timeCreated: expect.stringMatching(ISO_TIME),
      lifecycleState: "ACTIVE",
      inactiveStatus: null,
      isAccessible: null,
      freeformTags: {},
      definedTags: {},
    });
    const { compartment: found, etag } = await client.getCompartment({ compartmentId: made.id });
    expect(found).toEqual(made);
    const changed = await client.updateCompartment({
      compartmentId: made.id,
      ifMatch: etag,
      updateCompartmentDetails: { description: "other", freeformTags: { a: "b" } },
    });
    expect(changed.compartment).toEqual({ ...made, description: "other", freeformTags: { a: "b" } });
    await expect(
      client.updateCompartment({ compartmentId: made.id, ifMatch: etag, updateCompartmentDetails: {} }),
    ).rejects.toEqual(refused(412, "NoEtagMatch"));

    const { opcWorkRequestId } = await client.deleteCompartment({ compartmentId: made.id });
    const { workRequest } = await client.getWorkRequest({ workRequestId: opcWorkRequestId });
    expect(workRequest).toMatchObject({
      operationType: "DELETE_COMPARTMENT",
      status: "SUCCEEDED",
      resources: [{ entityType: "compartment", actionType: "DELETED", identifier: made.id }],
    });
    expect((await client.getCompartment({ compartmentId: made.id })).compartment.lifecycleState).toBe("DELETED");
    expect((await client.listCompartments({ compartmentId: TENANCY, name: "relay" })).items).toEqual([]);
    expect((await compartment("relay")).id).not.toBe(made.id);
  });

  test("are listed of one level or of all, filtered, in order and page by page", async () => {
    const a = await compartment("a");
    const c = await compartment("c");
    const b = await compartment("b", a.id);
    const names = async (query: Partial<Parameters<typeof client.listCompartments>[0]>) =>
      (await client.listCompartments({ compartmentId: TENANCY, ...query })).items.map(({ name }) => name);
    expect(await names({})).toEqual(["a", "c"]);
    expect(await names({ compartmentId: a.id })).toEqual(["b"]);
    expect(await names({ compartmentIdInSubtree: true, sortBy: "NAME" as never })).toEqual(["a", "b", "c"]);
    expect(await names({ compartmentIdInSubtree: true, sortBy: "NAME" as never, sortOrder: "DESC" as never })).toEqual([
      "c",
      "b",
      "a",
    ]);
    expect(await names({ compartmentIdInSubtree: true, sortBy: "TIMECREATED" as never })).toEqual(["b", "c", "a"]);
    expect(await names({ compartmentIdInSubtree: true, accessLevel: "ACCESSIBLE" as never, name: "b" })).toEqual(["b"]);
    await client.deleteCompartment({ compartmentId: c.id });
    expect(await names({ lifecycleState: "active" })).toEqual(["a"]);
    const first = await client.listCompartments({ compartmentId: TENANCY, compartmentIdInSubtree: true, limit: 2 });
    const second = await client.listCompartments({
      compartmentId: TENANCY,
      compartmentIdInSubtree: true,
      limit: 2,
      page: first.opcNextPage,
    });
    expect([first.items.length, second.items.map(({ id }) => id), second.opcNextPage]).toEqual([2, [b.id], undefined]);
  });

  test("of the same name stand beside each other under different parents only", async () => {
    const a = await compartment("a");
    await compartment("a", a.id);
    await expect(compartment("A")).rejects.toEqual(refused(409, "CompartmentAlreadyExists", "already exists"));
    const b = await compartment("b");
    await expect(
      client.updateCompartment({ compartmentId: b.id, updateCompartmentDetails: { name: "a" } }),
    ).rejects.toEqual(refused(409, "CompartmentAlreadyExists"));
  });

  test("are not deleted while there are others below", async () => {
    const a = await compartment("a");
    const b = await compartment("b", a.id);
    await expect(client.deleteCompartment({ compartmentId: a.id })).rejects.toEqual(refused(409, "Conflict"));
    await client.deleteCompartment({ compartmentId: b.id });
    await client.deleteCompartment({ compartmentId: a.id });
    await expect(client.deleteCompartment({ compartmentId: a.id })).rejects.toEqual(refused(409, "IncorrectState"));
    await expect(compartment("c", a.id)).rejects.toEqual(refused(404, "NotAuthorizedOrNotFound"));
  });

  test.each([
    [{ name: "a b" }, 400, "InvalidParameter"],
    [{ name: "" }, 400, "InvalidParameter"],
    [{ name: undefined }, 400, "MissingParameter"],
    [{ description: undefined }, 400, "MissingParameter"],
    [{ compartmentId: "root" }, 400, "InvalidParameter"],
    [{ compartmentId: "ocid1.tenancy.oc1..other" }, 404, "NotAuthorizedOrNotFound"],
  ])("are not made of %j", async (wrong, status, code) => {
    const details = { compartmentId: TENANCY, name: "n", description: "d", ...wrong };
    await expect(client.createCompartment({ createCompartmentDetails: details as never })).rejects.toEqual(
      refused(status, code),
    );
  });

  test.each([
    [{ compartmentId: COMPARTMENT, compartmentIdInSubtree: true }],
    [{ accessLevel: "MINE" }],
    [{ sortBy: "SIZE" }],
    [{ sortOrder: "UP" }],
    [{ limit: 0 }],
    [{ compartmentId: "root" }],
  ])("are not listed by %j", async (wrong) => {
    await expect(client.listCompartments({ compartmentId: TENANCY, ...wrong } as never)).rejects.toEqual(
      refused(400, "InvalidParameter"),
    );
  });

  test("are made once for one retry token", async () => {
    const request = {
      createCompartmentDetails: { compartmentId: TENANCY, name: "once", description: "d" },
      opcRetryToken: "token",
    };
    const first = await client.createCompartment(request);
    expect((await client.createCompartment(request)).compartment).toEqual(first.compartment);
    await expect(client.createCompartment({ ...request, opcRetryToken: "other" })).rejects.toEqual(
      refused(409, "CompartmentAlreadyExists"),
    );
  });

  test("cannot be had again by the retry token of one that is deleted", async () => {
    const createCompartmentDetails = { compartmentId: TENANCY, name: "twice", description: "" };
    const { compartment: made } = await client.createCompartment({ createCompartmentDetails, opcRetryToken: "gone" });
    await client.deleteCompartment({ compartmentId: made.id });
    await expect(client.createCompartment({ createCompartmentDetails, opcRetryToken: "gone" })).rejects.toEqual(
      refused(409, "InvalidatedRetryToken"),
    );
  });

  test("stay while something is in them", async () => {
    const { id } = await compartment("used");
    const statements = [`Allow any-user to inspect buckets in compartment id ${id}`];
    const createPolicyDetails = { compartmentId: id, name: "inside", description: "", statements };
    const { policy } = await client.createPolicy({ createPolicyDetails });
    await expect(client.deleteCompartment({ compartmentId: id })).rejects.toEqual(
      refused(409, "Conflict", "The compartment is not empty: it has policies. Delete them first."),
    );
    await client.deletePolicy({ policyId: policy.id });
    expect((await client.deleteCompartment({ compartmentId: id })).opcWorkRequestId).toMatch(/\S/);
  });

  test("begin with the root, which has all that a compartment has", async () => {
    const { compartment: root } = await client.getCompartment({ compartmentId: TENANCY });
    expect(root).toMatchObject({ id: TENANCY, compartmentId: TENANCY, lifecycleState: "ACTIVE" });
    expect(new Date(root.timeCreated).getTime()).not.toBeNaN();
  });

  test("lie within each other as they were made, and one that nobody made lies within the tenancy", async () => {
    const a = await compartment("a");
    const b = await compartment("b", a.id);
    const isWithin = withinBy(cloud.cloud);
    const unknown = COMPARTMENT;
    const cases: [string, string, boolean][] = [
      [a.id, TENANCY, true],
      [b.id, a.id, true],
      [b.id, b.id, true],
      [a.id, b.id, false],
      [TENANCY, a.id, false],
      [TENANCY, TENANCY, true],
      [unknown, TENANCY, true],
      [unknown, unknown, true],
      [unknown, a.id, false],
      [a.id, unknown, false],
    ];
    expect(cases.map(([id, ancestorId]) => isWithin(id, ancestorId))).toEqual(cases.map(([, , expected]) => expected));
  });
});

describe("dynamic groups", () => {
  const details = {
    compartmentId: TENANCY,
    name: "relay-function",
    description: "",
    matchingRule: "ALL {resource.type = 'fnfunc', resource.id = 'ocid1.fnfunc.oc1.phx.x'}",
  };
  const create = (changed: Record<string, unknown> = {}) =>
    client.createDynamicGroup({ createDynamicGroupDetails: { ...details, ...changed } as never });

  test("are made, found, changed and deleted", async () => {
    const { dynamicGroup: made, etag } = await create();
    expect(made).toEqual({
      ...details,
      id: expect.stringMatching(/^ocid1\.dynamicgroup\.oc1\.\./),
      timeCreated: expect.stringMatching(ISO_TIME),
      lifecycleState: "ACTIVE",
      inactiveStatus: null,
      freeformTags: {},
      definedTags: {},
    });
    expect((await client.listDynamicGroups({ compartmentId: TENANCY, name: "relay-function" })).items).toEqual([made]);
    expect((await client.listDynamicGroups({ compartmentId: TENANCY, name: "other" })).items).toEqual([]);
    expect((await client.listDynamicGroups({ compartmentId: COMPARTMENT })).items).toEqual([]);
    const dynamicGroupId = made.id;
    const updated = await client.updateDynamicGroup({
      dynamicGroupId,
      ifMatch: etag,
      updateDynamicGroupDetails: { matchingRule: "resource.type='fnfunc'" },
    });
    expect(updated.dynamicGroup).toEqual({ ...made, matchingRule: "resource.type='fnfunc'" });
    expect((await client.getDynamicGroup({ dynamicGroupId })).etag).toBe(updated.etag);
    await expect(client.deleteDynamicGroup({ dynamicGroupId, ifMatch: etag })).rejects.toEqual(
      refused(412, "NoEtagMatch"),
    );
    await client.deleteDynamicGroup({ dynamicGroupId, ifMatch: updated.etag });
    await expect(client.getDynamicGroup({ dynamicGroupId })).rejects.toEqual(refused(404, "NotAuthorizedOrNotFound"));
  });

  test("have names of their own", async () => {
    await create();
    await expect(create({ name: "Relay-Function" })).rejects.toEqual(refused(409, "DynamicGroupAlreadyExists"));
  });

  test.each([
    [{ compartmentId: COMPARTMENT }, "InvalidParameter"],
    [{ name: "a b" }, "InvalidParameter"],
    [{ description: undefined }, "MissingParameter"],
    [{ matchingRule: undefined }, "MissingParameter"],
    [{ matchingRule: "resource.kind = 'fnfunc'" }, "InvalidParameter"],
    [{ matchingRule: "ALL {resource.type = 'fnfunc'" }, "InvalidParameter"],
    [{ matchingRule: "ALL resource.type = 'fnfunc'" }, "InvalidParameter"],
    [{ matchingRule: "resource.type = fnfunc" }, "InvalidParameter"],
    [{ matchingRule: "resource.type" }, "InvalidParameter"],
    [{ matchingRule: "resource.type = /fn*/" }, "InvalidParameter"],
    [{ matchingRule: "resource.type = 'fnfunc' resource.id = 'x'" }, "InvalidParameter"],
  ])("are not made of %j", async (wrong, code) => {
    await expect(create(wrong)).rejects.toEqual(refused(400, code));
  });

  test.each([
    "tag.ns.key.value",
    "any {tag.ns.key.value = 'v', instance.compartment.id != 'c', all {resource.id='r'}}",
  ])("take the rule %s", async (matchingRule) => {
    expect((await create({ matchingRule })).dynamicGroup.matchingRule).toBe(matchingRule);
  });
});

describe("a function as the caller", () => {
  let functionClient: IdentityClient;
  let asked: unknown[][];
  let removePrincipal: () => void;
  let isAllowed: boolean;
  let denying: TestCloud;
  beforeAll(async () => {
    asked = [];
    denying = await startTestCloud((shared) => createIdentity(shared).operations, {
      issuer,
      allows: (caller, permission, target) => {
        asked.push([caller.kind, permission, target.compartmentId]);
        return isAllowed;
      },
    });
    const principal = issuer.principal();
    removePrincipal = principal.remove;
    functionClient = new IdentityClient({ authenticationDetailsProvider: resourcePrincipal(principal) }, oneTry());
    functionClient.endpoint = denying.url;
  });
  afterAll(async () => {
    functionClient.close();
    removePrincipal();
    await denying.close();
  });

  test("is asked about with the permission that the operation takes", async () => {
    isAllowed = true;
    const { dynamicGroup } = await functionClient.createDynamicGroup({
      createDynamicGroupDetails: {
        compartmentId: TENANCY,
        name: "g",
        description: "",
        matchingRule: "resource.type='fnfunc'",
      },
    });
    isAllowed = false;
    asked.length = 0;
    const dynamicGroupId = dynamicGroup.id;
    const calls = [
      () => functionClient.getDynamicGroup({ dynamicGroupId }),
      () => functionClient.updateDynamicGroup({ dynamicGroupId, updateDynamicGroupDetails: {} }),
      () => functionClient.deleteDynamicGroup({ dynamicGroupId }),
      () => functionClient.listPolicies({ compartmentId: COMPARTMENT }),
      () => functionClient.getTenancy({ tenancyId: TENANCY }),
    ];
    for (const call of calls) await expect(call()).rejects.toEqual(refused(404, "NotAuthorizedOrNotFound"));
    expect(asked).toEqual([
      ["function", "DYNAMIC_GROUP_INSPECT", TENANCY],
      ["function", "DYNAMIC_GROUP_UPDATE", TENANCY],
      ["function", "DYNAMIC_GROUP_DELETE", TENANCY],
      ["function", "POLICY_READ", COMPARTMENT],
      ["function", "TENANCY_INSPECT", TENANCY],
    ]);
  });
});

test("changes are told on the bus as the events that OCI has for them", async () => {
  const { id: compartmentId } = await compartment("relay");
  const { dynamicGroup } = await client.createDynamicGroup({
    createDynamicGroupDetails: {
      compartmentId: TENANCY,
      name: "g",
      description: "",
      matchingRule: "resource.type='fnfunc'",
    },
  });
  const statements = ["Allow dynamic-group g to inspect buckets in tenancy"];
  const { policy } = await client.createPolicy({
    createPolicyDetails: { compartmentId: TENANCY, name: "p", description: "d", statements, freeformTags: { a: "b" } },
  });
  const [dynamicGroupId, policyId] = [dynamicGroup.id, policy.id];
  await client.updateDynamicGroup({ dynamicGroupId, updateDynamicGroupDetails: { description: "d" } });
  await client.updatePolicy({ policyId, updatePolicyDetails: { description: "e" } });
  await client.deletePolicy({ policyId });
  await client.deleteDynamicGroup({ dynamicGroupId });
  await client.deleteCompartment({ compartmentId });
  const told = cloud.asked.emitted.map(({ eventType, data }) => [
    String(eventType).replace("com.oraclecloud.", ""),
    (data as Record<string, unknown>).resourceName,
  ]);
  expect(told).toEqual([
    ["compartments.createcompartment", "relay"],
    ["identitycontrolplane.createdynamicgroup", "g"],
    ["identitycontrolplane.createpolicy", "p"],
    ["identitycontrolplane.updatedynamicgroup", "g"],
    ["identitycontrolplane.updatepolicy", "p"],
    ["identitycontrolplane.deletepolicy", "p"],
    ["identitycontrolplane.deletedynamicgroup", "g"],
    ["compartments.deletecompartment", "relay"],
  ]);
  expect(cloud.asked.emitted[2]).toMatchObject({
    cloudEventsVersion: "0.1",
    data: { compartmentId: TENANCY, resourceId: policyId, freeformTags: { a: "b" } },
    extensions: { compartmentId: TENANCY },
  });
});
