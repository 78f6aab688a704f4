import { describe, expect, test } from "vitest";
import { isByNameOnly, matches, namedEventTypes } from "../src/condition.ts";
import { conditionProblems } from "../src/config/check-condition.ts";
import { createRouter } from "../src/route.ts";
import { eventOf } from "./event.ts";

/** The event to which every example of Oracle's page on filters refers. */
const deletebucket = {
  cloudEventsVersion: "0.1",
  eventID: "unique_ID",
  eventType: "com.oraclecloud.objectstorage.deletebucket",
  source: "objectstorage",
  eventTypeVersion: "1.0",
  eventTime: "2019-01-10T21:19:24Z",
  schemaURL: null,
  contentType: "application/json",
  extensions: { compartmentId: "ocid1.compartment.oc1..unique_ID" },
  data: {
    compartmentId: "ocid1.compartment.oc1..unique_ID",
    compartmentName: "example_name",
    resourceName: "my_bucket",
    resourceId: "ocid1.compartment.oc1..unique_ID",
    availabilityDomain: "NfHZ:PHX-AD-2",
    freeFormTags: { Department: "Finance" },
    definedTags: { Operations: { CostCenter: "42" } },
    additionalDetails: {
      namespace: "example_namespace",
      publicAccessType: "NoPublicAccess",
      eTag: "f8ff",
      size: 100,
      on: true,
      big: "12345678901234567",
    },
  },
};

describe("matches, by the documented examples", () => {
  test.each([
    ["everything", {}, true],
    ["one type", { eventType: "com.oraclecloud.objectstorage.deletebucket" }, true],
    ["another type", { eventType: "com.oraclecloud.objectstorage.createbucket" }, false],
    [
      "either of two types",
      { eventType: ["com.oraclecloud.objectstorage.createbucket", "com.oraclecloud.objectstorage.deletebucket"] },
      true,
    ],
    ["two fields of the payload", { data: { compartmentName: "example_name", resourceName: "my_bucket" } }, true],
    ["one of two fields wrong", { data: { compartmentName: "example_name", resourceName: "other" } }, false],
    ["nested", { data: { additionalDetails: { publicAccessType: "NoPublicAccess" } } }, true],
    ["nested, another value", { data: { additionalDetails: { publicAccessType: "ObjectRead" } } }, false],
    ["not nested as the event is", { data: { bucketName: "my_bucket" } }, false],
    ["an array in the payload", { data: { resourceName: ["other", "my_bucket"] } }, true],
    ["a pattern", { data: { resourceName: "my_*" } }, true],
    ["a pattern at the start", { data: { additionalDetails: { publicAccessType: "*PublicAccess" } } }, true],
    ["a pattern in the middle, across dots", { eventType: "com.oraclecloud.objectstorage.*bucket" }, true],
    ["a pattern longer than the value", { data: { resourceName: "my_bucket*my_bucket" } }, false],
    ["a lone * on a value", { data: { resourceName: "*" } }, true],
    ["a lone * on an object", { data: { freeFormTags: "*" } }, true],
    ["a lone * on null", { schemaURL: "*" }, false],
    ["a lone * on what is not there", { data: { nothing: "*" } }, false],
    ["an empty object on an object", { data: {} }, true],
    ["an empty object on a text", { source: {} }, false],
    ["case matters", { data: { resourceName: "My_Bucket" } }, false],
    ["a tag", { data: { definedTags: { Operations: { CostCenter: "42" } } } }, true],
    ["numbers by value", { data: { additionalDetails: { size: "1.0e2" } } }, true],
    ["a number", { data: { additionalDetails: { size: 100 } } }, true],
    ["a boolean as text", { data: { additionalDetails: { on: "true" } } }, true],
    ["a boolean as OCI's documentation spells it", { data: { additionalDetails: { on: "True" } } }, true],
    [
      "a number that only a double takes for the same",
      { data: { additionalDetails: { big: "12345678901234568" } } },
      false,
    ],
    ["what only JavaScript takes for a number", { data: { additionalDetails: { size: "0x64" } } }, false],
    ["an operator that OCI does not have", { data: { resourceName: { prefix: "my" } } }, false],
    ["a key of the prototype", { constructor: "*" }, false],
  ])("%s", (_, condition, expected) => {
    expect(matches(condition, deletebucket)).toBe(expected);
  });

  test("any element of an array in the event", () => {
    expect([matches({ a: "y" }, { a: ["x", "y"] }), matches({ a: "z" }, { a: ["x", "y"] })]).toEqual([true, false]);
  });

  test("a pattern with many wildcards stays linear", () => {
    const startedMs = performance.now();
    expect(matches({ a: `${"*a".repeat(50)}*b` }, { a: "a".repeat(100_000) })).toBe(false);
    expect(performance.now() - startedMs).toBeLessThan(5_000);
  });
});

describe("conditionProblems", () => {
  test.each([
    [
      "no object",
      "x",
      [{ at: "", problem: 'expected a rule condition, a JSON object ({} matches every event), got "x"' }],
    ],
    [
      "null as a value",
      { data: { a: [1, null] } },
      [{ at: ".data.a[1]", problem: 'null is not documented as a filter value; leave the field out or use "*"' }],
    ],
    [
      "an empty array",
      { eventType: [] },
      [{ at: ".eventType", problem: "an empty array matches nothing; leave the field out" }],
    ],
    ["a wildcard in a key", { "d*": 1 }, [{ at: "", problem: 'the key "d*" holds *, which OCI takes in values only' }]],
    [
      "a type that is no text",
      { eventType: 5 },
      [{ at: ".eventType", problem: "expected a string or an array of strings, got the number 5" }],
    ],
  ])("tells of %s", (_, condition, problems) => {
    expect(conditionProblems(condition)).toEqual(problems);
  });

  test.each([
    "createbucket",
    "com.oraclecloud.objectstorage",
    "com.oraclecloud..x",
    "org.*",
    "",
  ])("calls the event type %j malformed", (eventType) => {
    expect(conditionProblems({ eventType: ["*", eventType] })).toEqual([
      { at: ".eventType", problem: expect.stringContaining("malformed") },
    ]);
  });

  test.each([
    ["com.oraclecloud.identityControlPlane.CreateUser", "com.oraclecloud.identitycontrolplane.createuser"],
    ["com.oraclecloud.computeApi.Launch*", "com.oraclecloud.computeapi.launch*"],
    ["com.oraclecloud.Example.ThingDone", "com.oraclecloud.example.thingdone"],
  ])("asks for %s in lower case", (eventType, lower) => {
    expect(conditionProblems({ eventType })).toEqual([
      { at: ".eventType", problem: `"${eventType}" is not lower case; write "${lower}"` },
    ]);
  });

  test.each([
    "com.oraclecloud.objectstorage.createbucket",
    "com.oraclecloud.*",
    "*bucket",
    "com.oraclecloud.a.b.c.end",
    "com.*",
  ])("takes %s", (eventType) => {
    expect(conditionProblems({ eventType })).toEqual([]);
  });
});

test("a condition names its literal types, and is by name only if it has no other", () => {
  const cases = [{ eventType: ["a", "b"] }, { eventType: "a" }, {}, { eventType: ["a", "b*"] }];
  expect(cases.map((condition) => [namedEventTypes(condition), isByNameOnly(condition)])).toEqual([
    [["a", "b"], true],
    [["a"], true],
    [[], false],
    [["a"], false],
  ]);
});

describe("createRouter", () => {
  const route = createRouter([
    { match: {}, to: ["webhook"] },
    {
      match: {
        eventType: [
          "com.oraclecloud.computeapi.launchinstance.begin",
          "com.oraclecloud.computeapi.launchinstance.begin",
        ],
      },
      to: ["ons", "webhook"],
    },
    {
      match: { eventType: "com.oraclecloud.computeapi.launchinstance.begin", data: { compartmentName: "prod" } },
      to: ["audit"],
    },
  ]);

  test("applies every matching route and gives a destination the event once", () => {
    const routed = route(eventOf({ eventType: "com.oraclecloud.computeapi.launchinstance.begin" }));
    expect({ to: [...routed.destinations].sort(), isNamed: routed.isNamed }).toEqual({
      to: ["ons", "webhook"],
      isNamed: true,
    });
  });

  test("tells that no route names the type where only a general one matches", () => {
    const routed = route(eventOf({ eventType: "com.oraclecloud.computeapi.launchinstance.end" }));
    expect({ to: [...routed.destinations], isNamed: routed.isNamed }).toEqual({ to: ["webhook"], isNamed: false });
  });

  test("takes a type that stands beside a wildcard for named all the same", () => {
    const mixed = createRouter([
      { match: { eventType: ["com.oraclecloud.computeapi.launchinstance.end", "*bucket"] }, to: ["a"] },
    ]);
    const isNamed = (eventType: string) => mixed(eventOf({ eventType })).isNamed;
    expect([
      isNamed("com.oraclecloud.computeapi.launchinstance.end"),
      isNamed("com.oraclecloud.objectstorage.createbucket"),
    ]).toEqual([true, false]);
  });
});

test("a route that asks for a .begin by a pattern names it, one that takes anything does not", () => {
  const isNamed = (pattern: string, eventType = "com.oraclecloud.blockvolumes.createvolume.begin") =>
    createRouter([{ match: { eventType: pattern }, to: ["webhook"] }])(eventOf({ eventType })).isNamed;
  expect([
    isNamed("com.oraclecloud.blockvolumes.*.begin"),
    isNamed("*.begin"),
    isNamed("com.oraclecloud.blockvolumes.*"),
    isNamed("com.oraclecloud.computeapi.*.begin"),
    isNamed("*.begin", "com.oraclecloud.blockvolumes.createvolume.end"),
  ]).toEqual([true, true, false, false, false]);
});
