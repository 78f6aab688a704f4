import { expect, test } from "vitest";
import documented from "../../handlers/event-types.json" with { type: "json" };
import { matches } from "../../src/condition.ts";
import { documentedTypes } from "../../src/documented.ts";
import { nearestPatterns } from "../../src/suggest/nearest-pattern.ts";
import { typeIndexOf } from "../../src/suggest/type-index.ts";

const index = typeIndexOf(documented);
const types = documentedTypes(documented);

test.each([
  ["compute.*instance*", "computeapi.*instance*"],
  ["computeapiv2.*", "computeapi.*"],
  ["kms.*", "keymanagementservice.*"],
  ["kms*", "keymanagementservice*"],
  ["iam.*user*", "identitycontrolplane.*user*"],
  ["objectstorage.*buckets", "objectstorage.*bucket"],
  ["objectstorage.*_bucket", "objectstorage.*bucket"],
  ["objectstorage.bucket*", "objectstorage.*bucket*"],
  ["identitycontrolplane.*polices", "identitycontrolplane.*policy"],
  ["computeapi.*instnce*", "computeapi.*instance*"],
  ["computeapi.launchinstnce.*", "computeapi.launchinstance.*"],
  ["computeapi.instancelaunch*", "computeapi.launchinstance*"],
  ["computeapi.launch*instance", "computeapi.launch*instance.end"],
  ["computeapi.*.finished", "computeapi.*.end"],
  ["computeapi.*vcn*", "virtualnetwork.*vcn*"],
  ["computeapi.console*connect", "computeapi.*console*connect*"],
  ["*.launchinstance", "*.launchinstance.end"],
])("to %s, which fits nothing, %s is the nearest that fits something", (written, meant) => {
  const [pattern = "", expected = ""] = [written, meant].map((each) =>
    each.startsWith("*") ? each : `com.oraclecloud.${each}`,
  );
  expect(types.filter((type) => matches(pattern, type))).toEqual([]);
  const near = nearestPatterns(pattern, index);
  expect(near[0]).toBe(expected);
  expect(near.filter((each) => !types.some((type) => matches(each, type)))).toEqual([]);
});

test.each([
  "com.oraclecloud.example.*",
  "com.oraclecloud.computeapi.*frobnicate*",
])("to %s nothing is near", (pattern) => {
  expect(nearestPatterns(pattern, index)).toEqual([]);
});
