import { expect, test } from "vitest";
import documented from "../../handlers/event-types.json" with { type: "json" };
import { unlikelyRoutes } from "../../src/config/unlikely-routes.ts";

function warningsOf(...conditions: Record<string, unknown>[]): Promise<string[]> {
  return unlikelyRoutes(conditions.map((match) => ({ match, to: ["webhook"] })));
}

test.each([
  [
    "com.oraclecloud.computeapi.launchinstance",
    "a route names com.oraclecloud.computeapi.launchinstance, which OCI does not document, so it may never match: did you mean " +
      "com.oraclecloud.computeapi.launchinstance.end or com.oraclecloud.computeapi.launchinstance.begin?",
  ],
  [
    "com.oraclecloud.objectstorage.renamebucket",
    "a route names com.oraclecloud.objectstorage.renamebucket, which OCI does not document, so it may never match: did you mean " +
      "com.oraclecloud.objectstorage.createbucket, com.oraclecloud.objectstorage.deletebucket or com.oraclecloud.objectstorage.updatebucket?",
  ],
  [
    "com.oraclecloud.objectstorage.*buckets",
    "a route names the pattern com.oraclecloud.objectstorage.*buckets, which no type that OCI documents fits, so it may never match: " +
      "did you mean com.oraclecloud.objectstorage.*bucket?",
  ],
  [
    "com.oraclecloud.example.thing.done",
    "a route names com.oraclecloud.example.thing.done, which OCI does not document, so it may never match, and nothing documented is " +
      `near to it: look it up under "Services that Produce Events" in Oracle's documentation`,
  ],
  [
    "com.oraclecloud.audit.event",
    "a route names com.oraclecloud.audit.event, which OCI never sends: for everything write {}; audit records come through Connector " +
      "Hub from the log group _Audit, each under the type of its operation",
  ],
])("%s: one line says what is wrong and what to do", async (eventType, warning) => {
  expect(await warningsOf({ eventType })).toEqual([warning]);
});

test("of good and bad types in one condition, and in several, only the bad ones are told, each once", async () => {
  const [good, bad] = ["com.oraclecloud.computeapi.launchinstance.end", "com.oraclecloud.computeapi.launchinstnce.end"];
  expect(
    await warningsOf(
      { eventType: [good, bad, "com.oraclecloud.computeapi.*"] },
      { eventType: bad, foo: 1 },
      { foo: 2 },
    ),
  ).toEqual([
    "a route asks for the field foo, which no event is known to have at its top level: what its service adds stands under data",
    `a route names ${bad}, which OCI does not document, so it may never match: did you mean ${good}?`,
  ]);
});

test("nothing is said of any documented type, nor of a pattern that fits one", async () => {
  const services = Object.entries(documented);
  const types = services.flatMap(([service, operations]) =>
    operations.split(" ").map((each) => `com.oraclecloud.${service}.${each}`),
  );
  const patterns = [
    "*",
    "com.oraclecloud.*",
    "*bucket",
    "com.oraclecloud.compute*",
    "com.oraclecloud.objectstorage.*bucket",
  ];
  expect(await warningsOf({ eventType: types }, { eventType: patterns }, {})).toEqual([]);
});

test("so many types get suggestions as are asked for, all others a word", async () => {
  const match = {
    eventType: ["com.oraclecloud.virtualnetwork.creatvcn", "com.oraclecloud.virtualnetwork.creatsubnet"],
  };
  expect(await unlikelyRoutes([{ match, to: ["webhook"] }], 1)).toEqual([
    "a route names com.oraclecloud.virtualnetwork.creatvcn, which OCI does not document, so it may never match: did you mean com.oraclecloud.virtualnetwork.createvcn?",
    "a route names com.oraclecloud.virtualnetwork.creatsubnet, which OCI does not document, so it may never match; npm run relay -- types tells what there is",
  ]);
});
