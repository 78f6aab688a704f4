import fc from "fast-check";
import { IdentityClient, type models } from "oci-identity";
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type Caller, createIssuer, TENANCY } from "../../local/emulator/principal.ts";
import { type Authorization, createAuthorization } from "../../local/identity/authorization.ts";
import { withinBy } from "../../local/identity/compartments.ts";
import { createIdentity } from "../../local/identity/identity.ts";
import { permissionsOf, type Verb } from "../../local/identity/permissions.ts";
import { parseStatement } from "../../local/identity/policy-statement.ts";
import { readTokens, tokensOf } from "../../local/identity/token.ts";
import { holds, readWhere, type Where } from "../../local/identity/where.ts";
import { COMPARTMENT, startTestCloud, type TestCloud } from "./cloud.ts";
import { apiKeyUser, oneTry } from "./sdk.ts";

// The SDK's retrier writes to the console whatever it does not retry.
vi.spyOn(console, "warn").mockImplementation(() => {});

const issuer = createIssuer();
const user = issuer.user();
afterAll(user.remove);

const FUNCTION = "ocid1.fnfunc.oc1.phx.relay";
const caller: Caller = { kind: "function", functionId: FUNCTION, compartmentId: COMPARTMENT, tenancyId: TENANCY };
const administrator: Caller = { kind: "user", userId: "ocid1.user.oc1..u", tenancyId: TENANCY };

const client = new IdentityClient({ authenticationDetailsProvider: apiKeyUser(user) }, oneTry());
afterAll(() => client.close());

let cloud: TestCloud;
let authorization: Authorization;
beforeEach(async () => {
  cloud = await startTestCloud((shared) => createIdentity(shared).operations, { issuer });
  cloud.cloud.isWithin = withinBy(cloud.cloud);
  authorization = createAuthorization(cloud.cloud);
  client.endpoint = cloud.url;
});
afterEach(() => cloud.close());

const refused = (statusCode: number, serviceCode: string, message = "") =>
  expect.objectContaining({ statusCode, serviceCode, message: expect.stringContaining(message) });

async function policy(statements: string[], more: Partial<models.CreatePolicyDetails> = {}) {
  const details = { compartmentId: TENANCY, name: "relay", description: "d", statements, ...more };
  return (await client.createPolicy({ createPolicyDetails: details })).policy;
}
async function group(matchingRule: string, name = "relay-function") {
  const details = { compartmentId: TENANCY, name, description: "", matchingRule };
  return (await client.createDynamicGroup({ createDynamicGroupDetails: details })).dynamicGroup;
}
async function compartment(name: string, compartmentId = TENANCY) {
  const details = { compartmentId, name, description: "d" };
  return (await client.createCompartment({ createCompartmentDetails: details })).compartment.id;
}

describe("policies", () => {
  test("are made, found, changed and deleted", async () => {
    const statements = [`Allow dynamic-group relay-function to use ons-topics in compartment id ${COMPARTMENT}`];
    const made = await policy(statements);
    expect(made).toEqual({
      id: expect.stringMatching(/^ocid1\.policy\.oc1\.\./),
      compartmentId: TENANCY,
      name: "relay",
      description: "d",
      statements,
      versionDate: null,
      timeCreated: expect.any(String),
      lifecycleState: "ACTIVE",
      inactiveStatus: null,
      freeformTags: {},
      definedTags: {},
    });
    const policyId = made.id;
    const { policy: found, etag } = await client.getPolicy({ policyId });
    expect(found).toEqual(made);
    expect((await client.listPolicies({ compartmentId: TENANCY, name: "relay" })).items).toEqual([made]);
    expect((await client.listPolicies({ compartmentId: TENANCY, name: "other" })).items).toEqual([]);
    expect((await client.listPolicies({ compartmentId: COMPARTMENT })).items).toEqual([]);
    const other = ["Allow any-user to inspect all-resources in tenancy"];
    const updated = await client.updatePolicy({ policyId, ifMatch: etag, updatePolicyDetails: { statements: other } });
    expect(updated.policy).toEqual({ ...made, statements: other });
    await expect(client.deletePolicy({ policyId, ifMatch: etag })).rejects.toEqual(refused(412, "NoEtagMatch"));
    await client.deletePolicy({ policyId, ifMatch: updated.etag });
    await expect(client.getPolicy({ policyId })).rejects.toEqual(refused(404, "NotAuthorizedOrNotFound"));
  });

  test("have names of their own in the tenancy", async () => {
    const statements = ["Allow any-user to inspect all-resources in tenancy"];
    await policy(statements);
    for (const compartmentId of [TENANCY, COMPARTMENT]) {
      const here = [`Allow any-user to inspect buckets in compartment id ${COMPARTMENT}`];
      await expect(policy(here, { compartmentId })).rejects.toEqual(
        refused(409, "PolicyAlreadyExists", "Policy 'relay' already exists"),
      );
    }
  });

  test("have a date of version, until an update takes it away", async () => {
    const versionDate = new Date("2026-01-02T00:00:00Z");
    const made = await policy(["Allow any-user to inspect buckets in tenancy"], { versionDate });
    const update = (updatePolicyDetails: object) =>
      client.updatePolicy({ policyId: made.id, updatePolicyDetails: updatePolicyDetails as never });
    expect((await update({ description: "d" })).policy.versionDate).toBe("2026-01-02");
    expect((await update({ versionDate: "" })).policy.versionDate).toBeNull();
  });

  test("are made once for one retry token", async () => {
    const request = {
      createPolicyDetails: {
        compartmentId: TENANCY,
        name: "once",
        description: "d",
        statements: ["Allow any-user to inspect buckets in tenancy"],
      },
      opcRetryToken: "token",
    };
    const first = await client.createPolicy(request);
    expect((await client.createPolicy(request)).policy.id).toBe(first.policy.id);
  });

  test.each([
    [{ description: undefined }, "MissingParameter", "description"],
    [{ statements: undefined }, "MissingParameter", "statements"],
    [{ statements: [] }, "InvalidParameter", "statements"],
    [{ name: "a b" }, "InvalidParameter", "name"],
    [{ compartmentId: "x" }, "InvalidParameter", "compartmentId"],
    [{ versionDate: "yesterday" }, "InvalidParameter", "versionDate"],
  ])("are not made of %j", async (wrong, code, message) => {
    const details = {
      compartmentId: TENANCY,
      name: "n",
      description: "d",
      statements: ["Allow any-user to inspect buckets in tenancy"],
      ...wrong,
    };
    await expect(client.createPolicy({ createPolicyDetails: details as never })).rejects.toEqual(
      refused(400, code, message),
    );
  });

  test.each([
    ["Alow any-user to use ons-topics in tenancy", "Allow was expected"],
    ["Allow to use ons-topics in tenancy", "a subject"],
    ["Allow dynamic-group to use ons-topics in tenancy", "a name was expected after dynamic-group"],
    ["Allow service to use ons-topics in tenancy", "a name was expected after service"],
    ["Allow any-user use ons-topics in tenancy", "to was expected"],
    ["Allow any-user to publish ons-topics in tenancy", "a verb"],
    ["Allow any-user to use topics in tenancy", "No permissions found"],
    ["Allow any-user to use ons-topics", "in was expected"],
    ["Allow any-user to use ons-topics in compartment", "a compartment was expected"],
    [
      "Allow any-user to use ons-topics in compartment Nowhere",
      "The compartment Nowhere specified in the policy statement does not exist",
    ],
    [
      `Allow any-user to use ons-topics in compartment ${COMPARTMENT}`,
      "does not exist under current compartment hierarchy",
    ],
    ["Allow any-user to use ons-topics in tenancy where", "a variable was expected"],
    ["Allow any-user to use ons-topics in tenancy where a", "= or != was expected"],
    ["Allow any-user to use ons-topics in tenancy where a = b", "Invalid right-hand side in condition"],
    ["Allow any-user to use ons-topics in tenancy where all {a = 'b'", ", or } was expected"],
    ["Allow any-user to use ons-topics in tenancy where all a = 'b'", "{ was expected"],
    ["Allow any-user to use ons-topics in tenancy where a = 'b' and c = 'd'", "nothing was expected"],
    ["Allow any-user to {} in tenancy", "a permission was expected"],
    ["Allow any-user to use ons-topics in tenancy where a = 'b", "nothing can begin with"],
    ["Endorse any-user to use ons-topics in tenancy Other", "several tenancies"],
  ])("do not hold %s", async (statement, problem) => {
    const sound = "Allow any-user to inspect buckets in tenancy";
    const wrong = refused(400, "InvalidParameter", problem);
    await expect(policy([sound, statement])).rejects.toEqual(wrong);
    await expect(policy([sound, statement])).rejects.toEqual(
      refused(400, "InvalidParameter", `statement 2: ${statement}`),
    );
    const { id } = await policy([sound]);
    await expect(
      client.updatePolicy({ policyId: id, updatePolicyDetails: { statements: [statement] } }),
    ).rejects.toEqual(wrong);
  });

  test("of a compartment do not speak of one outside of it", async () => {
    const a = await compartment("a");
    const b = await compartment("b", a);
    await policy([`Allow any-user to use ons-topics in compartment id ${b}`], { compartmentId: a });
    await expect(
      policy([`Allow any-user to use ons-topics in compartment id ${a}`], { compartmentId: b }),
    ).rejects.toEqual(
      refused(
        400,
        "InvalidParameter",
        `Compartment {${a}} does not exist or is not part of the policy compartment subtree`,
      ),
    );
  });
});

describe("authorization", () => {
  const allows = (permission: string, variables: Record<string, string> = {}, compartmentId = COMPARTMENT) =>
    authorization.allows(caller, permission, { compartmentId, variables });

  test("lets users do all in their tenancy, and a function nothing without a policy", () => {
    const target = { compartmentId: COMPARTMENT };
    expect([
      authorization.allows(administrator, "POLICY_CREATE", target),
      authorization.allows({ ...administrator, tenancyId: "ocid1.tenancy.oc1..other" }, "POLICY_CREATE", target),
      authorization.allows(caller, "ONS_TOPIC_PUBLISH", target),
    ]).toEqual([true, false, false]);
  });

  test.each([
    ["dynamic-group relay-function", true],
    ["dynamic-group RELAY-FUNCTION", true],
    ["dynamic-group Default/relay-function", true],
    ["dynamic-group 'Default'/'relay-function'", true],
    ["dynamic-group 'relay-function'", true],
    ["dynamic-group other, relay-function", true],
    ["dynamic-group 'Other'/'relay-function'", false],
    ["dynamic-group other", false],
    ["group relay-function", false],
    ["any-user", true],
    ["any-group", true],
    ["service cloudEvents", false],
  ])("knows a function in a dynamic group as %s: %s", async (subject, expected) => {
    await group(`ALL {resource.type = 'fnfunc', resource.id = '${FUNCTION}'}`);
    await policy([`ALLOW ${subject} TO USE ONS-TOPICS IN TENANCY`]);
    expect(allows("ONS_TOPIC_PUBLISH")).toBe(expected);
  });

  test("knows a dynamic group by its OCID", async () => {
    const { id } = await group("resource.type = 'fnfunc'");
    await policy([`Allow dynamic-group id ${id} to use ons-topics in tenancy`]);
    expect(allows("ONS_TOPIC_PUBLISH")).toBe(true);
  });

  test.each([
    ["resource.type = 'fnfunc'", true],
    ["resource.type = 'FnFunc'", true],
    [`resource.compartment.id = '${COMPARTMENT}'`, true],
    [`ANY {resource.id = 'x', resource.id = '${FUNCTION}'}`, true],
    [`ALL {resource.type = 'fnfunc', resource.id = 'x'}`, false],
    [`ALL {resource.type = 'fnfunc', resource.id != 'x'}`, true],
    [`ALL {resource.type = 'fnfunc', ANY {resource.id = 'x', resource.compartment.id = '${COMPARTMENT}'}}`, true],
    ["resource.type = 'instance'", false],
    ["instance.id != 'x'", false],
    ["tag.ns.key.value = 'v'", false],
    ["tag.ns.key.value != 'v'", false],
    ["tag.ns.key.value", false],
  ])("has a function in the group %s: %s", async (rule, expected) => {
    await group(rule);
    await policy(["Allow dynamic-group relay-function to use ons-topics in tenancy"]);
    expect(allows("ONS_TOPIC_PUBLISH")).toBe(expected);
  });

  test("grants within the compartment that a statement names, and within that of its policy", async () => {
    const a = await compartment("a");
    const b = await compartment("b", a);
    const c = await compartment("c", b);
    const other = await compartment("other");
    const all = { TENANCY, a, b, c, other };
    const granted = () => Object.entries(all).flatMap(([name, id]) => (allows("BUCKET_READ", {}, id) ? [name] : []));
    const cases: [string, string, string[]][] = [
      ["tenancy", TENANCY, ["TENANCY", "a", "b", "c", "other"]],
      ["tenancy", a, ["a", "b", "c"]],
      [`compartment id ${b}`, TENANCY, ["b", "c"]],
      ["compartment A", TENANCY, ["a", "b", "c"]],
      ["compartment a:b", TENANCY, ["b", "c"]],
      ["compartment a:b:c", TENANCY, ["c"]],
      ["compartment b", a, ["b", "c"]],
      ["compartment a", a, ["a", "b", "c"]],
      ["compartment 'b'", b, ["b", "c"]],
    ];
    for (const [location, compartmentId, expected] of cases) {
      const { id } = await policy([`Allow any-user to read buckets in ${location}`], { compartmentId });
      expect([location, granted()]).toEqual([location, expected]);
      await client.deletePolicy({ policyId: id });
    }
    await client.deletePolicy({ policyId: (await policy(["Allow any-user to read buckets in compartment a:b:c"])).id });
    await expect(policy(["Allow any-user to read buckets in compartment c"])).rejects.toEqual(
      refused(400, "InvalidParameter"),
    );
  });

  test("follows a policy that is changed or deleted", async () => {
    const { id: policyId } = await policy(["Allow any-user to use ons-topics in tenancy"]);
    expect(allows("ONS_TOPIC_PUBLISH")).toBe(true);
    await client.updatePolicy({
      policyId,
      updatePolicyDetails: { statements: ["Allow any-user to read ons-topics in tenancy"] },
    });
    expect([allows("ONS_TOPIC_PUBLISH"), allows("ONS_TOPIC_READ")]).toEqual([false, true]);
    await client.deletePolicy({ policyId });
    expect(allows("ONS_TOPIC_READ")).toBe(false);
  });

  test.each<[string, string, Record<string, string>, boolean]>([
    ["request.permission = 'ONS_TOPIC_PUBLISH'", "ONS_TOPIC_PUBLISH", {}, true],
    ["request.permission='ons_topic_publish'", "ONS_TOPIC_PUBLISH", {}, true],
    ["request.permission = 'ONS_TOPIC_PUBLISH'", "ONS_TOPIC_SUBSCRIBE", {}, false],
    ["request.permission != 'ONS_TOPIC_PUBLISH'", "ONS_TOPIC_SUBSCRIBE", {}, true],
    ["request.permission = /ONS_TOPIC_*/", "ONS_TOPIC_SUBSCRIBE", {}, true],
    ["request.principal.type = 'fnfunc'", "ONS_TOPIC_PUBLISH", {}, true],
    [`request.principal.id = '${FUNCTION}'`, "ONS_TOPIC_PUBLISH", {}, true],
    [`request.principal.compartment.id = '${COMPARTMENT}'`, "ONS_TOPIC_PUBLISH", {}, true],
    [`target.compartment.id = '${COMPARTMENT}'`, "ONS_TOPIC_PUBLISH", {}, true],
    ["target.topic.name = 'alerts'", "ONS_TOPIC_PUBLISH", { "target.topic.name": "Alerts" }, true],
    ["TARGET.TOPIC.NAME = 'alerts'", "ONS_TOPIC_PUBLISH", { "target.topic.name": "alerts" }, true],
    ["target.topic.name != 'alerts'", "ONS_TOPIC_PUBLISH", {}, false],
    ["any {target.topic.name != 'alerts', request.permission = 'ONS_TOPIC_PUBLISH'}", "ONS_TOPIC_PUBLISH", {}, true],
  ])("where %s: %s of %j: %s", async (where, permission, variables, expected) => {
    await policy([`Allow any-user to use ons-topics in tenancy where ${where}`]);
    expect(allows(permission, variables)).toBe(expected);
  });

  test("grants a relay its buckets and no others", async () => {
    await group("resource.type = 'fnfunc'");
    await policy([
      `Allow dynamic-group relay-function to manage objects in compartment id ${COMPARTMENT} where all {any {target.bucket.name = 'letters', target.bucket.name = 'dedupe'}, any {request.permission = 'OBJECT_CREATE', request.permission = 'OBJECT_READ'}}`,
    ]);
    const of = (permission: string, bucket: string) => allows(permission, { "target.bucket.name": bucket });
    expect([
      of("OBJECT_CREATE", "letters"),
      of("OBJECT_READ", "dedupe"),
      of("OBJECT_DELETE", "letters"),
      of("OBJECT_READ", "other"),
      of("BUCKET_READ", "letters"),
      authorization.allows(caller, "OBJECT_READ", { compartmentId: COMPARTMENT }),
    ]).toEqual([true, true, false, false, false, false]);
  });

  test("grants permissions by name", async () => {
    await policy(["Allow any-user to {STREAM_PRODUCE, fn_invocation} in tenancy"]);
    expect(["STREAM_PRODUCE", "FN_INVOCATION", "STREAM_READ"].map((permission) => allows(permission))).toEqual([
      true,
      true,
      false,
    ]);
  });

  test("grants services what policies allow them", async () => {
    await policy([
      `Allow service cloudEvents to use functions-family in compartment id ${COMPARTMENT}`,
      "Allow service objectstorage-us-phoenix-1, objectstorage-us-ashburn-1 to manage object-family in tenancy",
    ]);
    const may = (service: string, permission: string, compartmentId = COMPARTMENT) =>
      authorization.serviceAllows(service, permission, { compartmentId });
    expect([
      may("cloudEvents", "FN_INVOCATION"),
      may("CloudEvents", "FN_INVOCATION"),
      may("cloudEvents", "FN_INVOCATION", TENANCY),
      may("cloudEvents", "ONS_TOPIC_PUBLISH"),
      may("objectstorage-us-phoenix-1", "OBJECT_DELETE"),
      may("objectstorage-us-ashburn-1", "BUCKET_READ"),
      may("objectstorage-eu-frankfurt-1", "OBJECT_DELETE"),
      allows("FN_INVOCATION"),
    ]).toEqual([true, true, false, false, true, true, false, false]);
  });
});

describe("permissions", () => {
  test.each<[Verb, string, string[]]>([
    ["inspect", "ons-topics", ["ONS_TOPIC_INSPECT"]],
    ["use", "ons-topics", ["ONS_TOPIC_INSPECT", "ONS_TOPIC_READ", "ONS_TOPIC_PUBLISH", "ONS_TOPIC_SUBSCRIBE"]],
    ["use", "ons-topic", ["ONS_TOPIC_INSPECT", "ONS_TOPIC_READ", "ONS_TOPIC_PUBLISH", "ONS_TOPIC_SUBSCRIBE"]],
    ["read", "secret-bundles", ["SECRET_BUNDLE_INSPECT", "SECRET_BUNDLE_READ"]],
    [
      "read",
      "secret-family",
      [
        "SECRET_INSPECT",
        "SECRET_READ",
        "SECRET_VERSION_INSPECT",
        "SECRET_VERSION_READ",
        "SECRET_BUNDLE_INSPECT",
        "SECRET_BUNDLE_READ",
      ],
    ],
    ["use", "stream-push", ["STREAM_PRODUCE"]],
    ["read", "stream-push", []],
    ["use", "fn-function", ["FN_FUNCTION_LIST", "FN_FUNCTION_READ"]],
    ["use", "fn-invocation", ["FN_INVOCATION"]],
    [
      "use",
      "functions-family",
      ["FN_APP_LIST", "FN_APP_READ", "FN_FUNCTION_LIST", "FN_FUNCTION_READ", "FN_INVOCATION"],
    ],
    ["use", "function-family", ["FN_APP_LIST", "FN_APP_READ", "FN_FUNCTION_LIST", "FN_FUNCTION_READ", "FN_INVOCATION"]],
    ["use", "objects", ["OBJECT_INSPECT", "OBJECT_READ", "OBJECT_OVERWRITE"]],
    [
      "manage",
      "cloudevents-rules",
      ["EVENTRULE_LIST", "EVENTRULE_READ", "EVENTRULE_CREATE", "EVENTRULE_DELETE", "EVENTRULE_MODIFY"],
    ],
    ["use", "virtual-network-family", []],
  ])("%s %s is %j", (verb, type, expected) => {
    expect([...(permissionsOf(verb, type) ?? ["none"])]).toEqual(expected);
  });

  test("of all-resources are those of every type", () => {
    const all = permissionsOf("manage", "all-resources");
    expect(
      ["OBJECT_DELETE", "ONS_TOPIC_CREATE", "LOG_GROUP_DELETE", "POLICY_CREATE"].every((one) => all?.has(one)),
    ).toBe(true);
    expect(permissionsOf("read", "all-resources")?.has("ONS_TOPIC_PUBLISH")).toBe(false);
    expect(permissionsOf("manage", "topics")).toBeUndefined();
  });
});

describe("where", () => {
  const VARIABLES = ["request.permission", "target.bucket.name", "target.absent"];
  const text = fc.string({ unit: fc.constantFrom("a", "B", "-", "/", " "), maxLength: 4 });
  const pattern = fc.string({ unit: fc.constantFrom("a", "b", "*", "-"), maxLength: 5 });
  const compare = fc.record({
    kind: fc.constant("compare" as const),
    variable: fc.constantFrom(...VARIABLES),
    isNegated: fc.boolean(),
    value: fc.oneof(
      fc.record({ isPattern: fc.constant(false), text }),
      fc.record({ isPattern: fc.constant(true), text: pattern }),
    ),
  });
  const where = fc.letrec<{ where: Where }>((tie) => ({
    where: fc.oneof(
      { maxDepth: 3 },
      compare,
      fc.record({
        kind: fc.constantFrom("all" as const, "any" as const),
        of: fc.array(tie("where"), { minLength: 1, maxLength: 3 }),
      }),
    ),
  })).where;

  function written(one: Where): string {
    if ("of" in one) return `${one.kind} {${one.of.map(written).join(", ")}}`;
    if (one.kind === "present") return one.variable;
    const { isPattern, text: value } = one.value;
    return `${one.variable} ${one.isNegated ? "!=" : "="} ${isPattern ? `/${value}/` : `'${value}'`}`;
  }

  /** The obvious way: patterns as regular expressions, lists by counting. */
  function obviously(one: Where, values: ReadonlyMap<string, string>): boolean {
    if ("of" in one) {
      const held = one.of.filter((inner) => obviously(inner, values)).length;
      return one.kind === "all" ? held === one.of.length : held > 0;
    }
    if (one.kind === "present") return values.get(one.variable) !== undefined;
    if (!values.has(one.variable)) return false;
    const value = values.get(one.variable) ?? "";
    const literal = (part: string) => part.replaceAll(/[^a-zA-Z]/g, "\\$&");
    const source = one.value.isPattern ? one.value.text.split("*").map(literal).join(".*") : literal(one.value.text);
    const isEqual = new RegExp(`^${source}$`, "is").test(value);
    return one.isNegated ? !isEqual : isEqual;
  }

  test("is read as it was written, and holds as the obvious way has it", () => {
    const values = fc.string({ unit: fc.constantFrom("a", "b", "A", "-", "/"), maxLength: 6 });
    fc.assert(
      fc.property(where, values, values, (one, permission, bucket) => {
        const tokens = tokensOf(written(one));
        if (typeof tokens === "string") throw new Error(tokens);
        const read = readWhere(readTokens(tokens));
        expect(read).toEqual(one);
        const variables = new Map([
          ["request.permission", permission],
          ["target.bucket.name", bucket],
        ]);
        expect(holds(one, variables)).toBe(obviously(one, variables));
      }),
      { numRuns: 2_000 },
    );
  });

  test("takes no longer with many stars", () => {
    const one: Where = {
      kind: "compare",
      variable: "v",
      isNegated: false,
      value: { isPattern: true, text: "*a".repeat(200) + "b" },
    };
    const start = performance.now();
    expect(holds(one, new Map([["v", "a".repeat(5_000)]]))).toBe(false);
    expect(performance.now() - start).toBeLessThan(1_000);
  });
});

test("no text breaks the parser of statements", () => {
  const words = fc.constantFrom(
    ..."allow any-user dynamic-group service to use ons-topics in tenancy compartment id where all any { } , = != 'x' /x*/ ' / x".split(
      " ",
    ),
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(words, { maxLength: 20 }).map((list) => list.join(" ")),
      ),
      (text) => {
        const statement = parseStatement(text);
        expect(typeof statement === "string" ? statement : "object").toMatch(/\S/);
      },
    ),
    { numRuns: 2_000 },
  );
});
