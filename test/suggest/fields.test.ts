import { describe, expect, test } from "vitest";
import { fieldAdvice } from "../../src/suggest/fields.ts";

describe("a field that no event has", () => {
  test.each([
    [{ eventtype: "a" }, "eventtype", "at its top level: did you mean eventType?"],
    [{ evenType: "a" }, "evenType", "at its top level: did you mean eventType?"],
    [{ eventId: "a" }, "eventId", "at its top level: did you mean eventID?"],
    [{ compartmentId: "a" }, "compartmentId", "at its top level: did you mean data.compartmentId?"],
    [{ resourceName: "a" }, "resourceName", "at its top level: did you mean data.resourceName?"],
    [{ bucketName: "a" }, "bucketName", "at its top level: did you mean data.additionalDetails.bucketName?"],
    [{ detail: {} }, "detail", "at its top level: did you mean data?"],
    [{ "detail-type": "a" }, "detail-type", "at its top level: did you mean eventType?"],
    [{ sorce: "a" }, "sorce", "at its top level: did you mean source?"],
    [{ foo: "a" }, "foo", "at its top level: what its service adds stands under data"],
    [{ data: { bucketName: "a" } }, "data.bucketName", "in data: did you mean data.additionalDetails.bucketName?"],
    [{ data: { compartmentid: "a" } }, "data.compartmentid", "in data: did you mean data.compartmentId?"],
    [{ data: { displayName: "a" } }, "data.displayName", "in data: did you mean data.resourceName?"],
    [{ data: { tags: {} } }, "data.tags", "in data: did you mean data.freeformTags?"],
    [{ data: { resourceNme: "a" } }, "data.resourceNme", "in data: did you mean data.resourceName?"],
    [
      { data: { resourceType: "a" } },
      "data.resourceType",
      "in data: did you mean data.additionalDetails.resourceType?",
    ],
    [{ data: { volumeSize: "a" } }, "data.volumeSize", "in data: did you mean data.additionalDetails.volumeSize?"],
    [{ data: [{ eventType: "a" }] }, "data.eventType", "in data: did you mean eventType?"],
    [
      { extensions: { compartmentid: "a" } },
      "extensions.compartmentid",
      "in extensions: did you mean extensions.compartmentId?",
    ],
    [
      { "data.compartmentId": "a" },
      '"data.compartmentId"',
      'at its top level: did you mean {"data":{"compartmentId":…}}, one inside the other?',
    ],
    [
      { data: { "a\nb": 1 } },
      String.raw`"data"."a\nb"`,
      "in data: what its service adds stands under data.additionalDetails",
    ],
  ])("%j", (condition, field, advice) => {
    expect(fieldAdvice(condition)).toEqual([`the field ${field}, which no event is known to have ${advice}`]);
  });
});

describe("an object where every event has a text", () => {
  test.each([
    [
      { data: { resourceName: { prefix: "receipts/" } } },
      "data.resourceName",
      'OCI has no operator "prefix"; write "receipts/*"',
    ],
    [
      { data: { resourceName: [{ suffix: ".pdf" }] } },
      "data.resourceName",
      'OCI has no operator "suffix"; write "*.pdf"',
    ],
    [{ source: { "anything-but": "a" } }, "source", 'OCI has no operator "anything-but"; list what shall match'],
    [{ data: { resourceId: [{ exists: true }] } }, "data.resourceId", 'OCI has no operator "exists"; write "*"'],
    [
      { data: { freeformTags: { env: [{ exists: false }] } } },
      "data.freeformTags.env",
      'OCI has no operator "exists"; that a field is missing cannot be asked for',
    ],
    [
      { data: { definedTags: { billing: { centre: { numeric: [">", 1] } } } } },
      "data.definedTags.billing.centre",
      'OCI has no operator "numeric"; list what shall match',
    ],
    [
      { data: { additionalDetails: { bucketName: { prefix: "a" } } } },
      "data.additionalDetails.bucketName",
      'OCI has no operator "prefix"; write "a*"',
    ],
    [
      { eventTime: { after: "2026" } },
      "eventTime",
      "write a text there, in which * stands for any characters, or an array of such texts",
    ],
  ])("%j", (condition, field, advice) => {
    expect(fieldAdvice(condition)).toEqual([
      `an object in ${field}, which is a text in every event, so it never matches: ${advice}`,
    ]);
  });
});

test.each([
  [{ data: "a" }, "data", "a field inside of data"],
  [{ data: { freeformTags: "prod" } }, "data.freeformTags", "a field inside of data.freeformTags"],
  [{ data: { definedTags: { centre: "42" } } }, "data.definedTags.centre", "data.definedTags.<namespace>.<key>"],
])("a text where every event has an object: %j", (condition, field, advice) => {
  expect(fieldAdvice(condition)).toEqual([
    `a text in ${field}, which is an object in every event, so it never matches: name ${advice}`,
  ]);
});

test.each([
  {},
  {
    eventType: ["com.oraclecloud.computeapi.*"],
    source: "ComputeApi",
    eventTypeVersion: "2.0",
    schemaURL: "a",
    data: {},
  },
  {
    data: {
      compartmentId: ["a", "b"],
      resourceName: "a*",
      availabilityDomain: "*",
      freeformTags: { a: "b" },
      definedTags: { a: { b: "c" } },
    },
  },
  { data: [{ resourceName: "a" }, { resourceId: "b" }], extensions: { compartmentId: "a" } },
  { data: { additionalDetails: { compartmentId: "a", whatever: { prefix: "a" }, size: 1, eTag: "*" } } },
  {
    data: {
      identity: { principalName: "a" },
      request: { action: "POST" },
      response: { status: "200" },
      stateChange: {},
    },
  },
  { data: { eventName: "UpdatePolicy", eventGroupingId: "a", message: "* succeeded" } },
  { data: "*", extensions: "*" },
])("nothing is said of what an event or an audit record may have: %j", (condition) => {
  expect(fieldAdvice(condition)).toEqual([]);
});

test("the old spelling of freeform tags is told for what it is", () => {
  expect(fieldAdvice({ data: { freeFormTags: { env: "prod" } } })).toEqual([
    "the field data.freeFormTags, which no event has had since 2019: did you mean data.freeformTags?",
  ]);
});
