import { readFileSync } from "node:fs";
import { Region } from "oci-common";
import { describe, expect, test } from "vitest";
import { families, handlers } from "../handlers/index.ts";
import { catalogue } from "../ops/catalogue.ts";
import { createNormaliser } from "../src/normalise.ts";
import { yunionMessage } from "../src/notification.ts";
import { regionId, regionOfOcid } from "../src/region.ts";
import { titleOf } from "../src/title.ts";
import { eventOf } from "./event.ts";

const { normalise, isAwaitingEnd } = createNormaliser(catalogue, "eu-frankfurt-1");
const vocabulary = JSON.parse(readFileSync(new URL("facts/yunion-vocab.json", import.meta.url), "utf8"));

function detailsOf(change: Record<string, unknown>, data: Record<string, unknown> = {}): Record<string, unknown> {
  return normalise(eventOf(change, data)).details;
}

describe("the catalogue", () => {
  test("names no event type twice, and every one in lower case", () => {
    const types = handlers.flatMap((handler) => Object.keys(handler.actions));
    expect(types.length).toBe(new Set(types).size);
    expect(types.filter((type) => type !== type.toLowerCase())).toEqual([]);
  });

  test("names only documented event types, and those that alarms and metrics are read as", () => {
    const { documented } = JSON.parse(readFileSync(new URL("facts/event-types.json", import.meta.url), "utf8"));
    const unknown = handlers
      .flatMap((handler) => Object.keys(handler.actions))
      .filter((type) => !type.startsWith("com.oraclecloud.monitoring."))
      .filter((type) => {
        const [, , service = "", ...operation] = type.split(".");
        return !documented[service]?.includes(operation.join("."));
      });
    expect(unknown, "not in test/facts/event-types.json: misspelt, or new and to be added there").toEqual([]);
  });

  test("uses Yunion's words where Yunion has the thing", () => {
    const ociOnly = ["object", "alarm", "metric"];
    const words = [...vocabulary.resource_types, ...Object.keys(vocabulary.keywords_not_in_topics), ...ociOnly];
    expect(ociOnly.filter((word) => vocabulary.resource_types.includes(word))).toEqual([]);
    expect(handlers.map((handler) => handler.resourceType).filter((word) => !words.includes(word))).toEqual([]);
  });
});

describe("a notification's family", () => {
  test("is the name of its handler, and none where nobody knows the type", () => {
    const known = handlers.flatMap((handler) =>
      Object.keys(handler.actions).map((eventType) => [handler.family, normalise(eventOf({ eventType })).family]),
    );
    expect(known.filter(([family, told]) => family !== told)).toEqual([]);
    expect([...new Set(known.map(([family]) => family))]).toEqual(Object.keys(families));
    expect(normalise(eventOf({ eventType: "com.oraclecloud.quantumcompute.launchqubit" })).family).toBe(undefined);
  });

  test("and its page in the console are for the relay alone: no receiver is sent them", () => {
    const notification = normalise(eventOf());
    expect([notification.family, notification.consoleUrl]).toEqual([
      "instance",
      "https://cloud.oracle.com/compute/instances/ocid1.instance.oc1.iad.example?region=us-ashburn-1",
    ]);
    expect(yunionMessage(notification)).toEqual({
      action: "create",
      resource_details: notification.details,
      resource_type: "server",
      result: "succeed",
    });
  });
});

describe("the page in the console", () => {
  const inBucket = { bucketName: "my bucket/ä", namespace: "ns" };
  const compartmentId = "ocid1.compartment.oc1..example";
  test.each<[string, string, Record<string, unknown>, string | undefined]>([
    [
      "of an instance that shouts its OCID",
      "computeapi.updateinstance",
      { resourceId: "OCID1.INSTANCE.OC1.PHX.ABC" },
      "compute/instances/ocid1.instance.oc1.phx.abc?region=us-phoenix-1",
    ],
    [
      "of a policy, in the region of the relay",
      "identitycontrolplane.createpolicy",
      { resourceId: "ocid1.policy.oc1..abc" },
      "identity/domains/policies/ocid1.policy.oc1..abc?region=eu-frankfurt-1",
    ],
    [
      "of an alarm",
      "monitoring.alarm.repeat",
      { resourceId: "ocid1.alarm.oc1.iad.abc" },
      "monitoring/alarms/ocid1.alarm.oc1.iad.abc?region=us-ashburn-1",
    ],
    [
      "of a bucket, by its name",
      "objectstorage.createbucket",
      { resourceId: "/n/ns/b/", compartmentId, additionalDetails: inBucket },
      "object-storage/buckets/ns/my%20bucket%2F%C3%A4/objects?region=eu-frankfurt-1",
    ],
    [
      "of a bucket with a broken name",
      "objectstorage.updatebucket",
      { resourceId: "", compartmentId, additionalDetails: { ...inBucket, bucketName: "a\ud800" } },
      "object-storage/buckets/ns/a%EF%BF%BD/objects?region=eu-frankfurt-1",
    ],
    [
      "of a bucket in another realm",
      "objectstorage.createbucket",
      { resourceId: "", compartmentId: "ocid1.compartment.oc2..x", additionalDetails: inBucket },
      undefined,
    ],
    [
      "of an instance in another realm",
      "computeapi.updateinstance",
      { resourceId: "ocid1.instance.oc2.us-luke-1.abc" },
      undefined,
    ],
    ["of what was deleted", "computeapi.terminateinstance.end", {}, undefined],
    ["of what has no OCID", "computeapi.updateinstance", { resourceId: "ocid1.instance.oc1.iad.a?b" }, undefined],
    ["of a family without one", "identitycontrolplane.createuser", { resourceId: "ocid1.user.oc1..abc" }, undefined],
    ["of what no family knows", "quantumcompute.launchqubit", { resourceId: "ocid1.qubit.oc1.iad.abc" }, undefined],
  ])("%s", (_, type, data, path) => {
    const { consoleUrl } = normalise(eventOf({ eventType: `com.oraclecloud.${type}` }, data));
    expect(consoleUrl).toBe(path && `https://cloud.oracle.com/${path}`);
  });

  test("is not told where the region is not known", () => {
    const homeless = createNormaliser(catalogue, undefined);
    const event = eventOf(
      { eventType: "com.oraclecloud.identitycontrolplane.createpolicy" },
      { resourceId: "ocid1.policy.oc1..abc" },
    );
    expect(homeless.normalise(event).consoleUrl).toBe(undefined);
  });
});

test("a type in the mixed case of audit records is the same type", () => {
  const { resourceType, action } = normalise(eventOf({ eventType: "com.oraclecloud.ComputeApi.LaunchInstance.End" }));
  expect([resourceType, action]).toEqual(["server", "create"]);
});

describe("an instance's power change", () => {
  test.each([
    ["start", "end", "status_changed", { old_status: "starting", new_status: "running", status: "running" }, "started"],
    ["stop", "end", "status_changed", { old_status: "stopping", new_status: "ready", status: "ready" }, "stopped"],
    ["softstop", "end", "status_changed", { old_status: "stopping", new_status: "ready", status: "ready" }, "stopped"],
    ["SOFTSTOP", "end", "status_changed", { old_status: "stopping", new_status: "ready", status: "ready" }, "stopped"],
    [
      "reset",
      "end",
      "status_changed",
      { old_status: "starting", new_status: "running", status: "running" },
      "restarted",
    ],
    [
      "softreset",
      "end",
      "status_changed",
      { old_status: "starting", new_status: "running", status: "running" },
      "restarted",
    ],
    [
      "stop",
      "begin",
      "status_changed",
      { old_status: "running", new_status: "stopping", status: "stopping" },
      "stopping",
    ],
    ["diagnosticreboot", "end", "update", {}, "updated"],
    [undefined, "end", "update", {}, "updated"],
    [5, "end", "update", {}, "updated"],
    ["constructor", "end", "update", {}, "updated"],
  ])("%s.%s is %s", (instanceActionType, phase, action, statuses, did) => {
    const notification = normalise(
      eventOf(
        { eventType: `com.oraclecloud.computeapi.instanceaction.${phase}` },
        { additionalDetails: { instanceActionType } },
      ),
    );
    const { status, old_status, new_status } = notification.details;
    expect({ action: notification.action, title: notification.title, status, old_status, new_status }).toEqual({
      action,
      title: `Instance web-1 ${did} in dev`,
      status: undefined,
      old_status: undefined,
      new_status: undefined,
      ...statuses,
    });
  });

  test("uses only status words that Yunion has", () => {
    const statuses = [
      "launchinstance.begin",
      "launchinstance.end",
      "terminateinstance.begin",
      "terminateinstance.end",
      "livemigrate.begin",
      "livemigrate.end",
      "instancefailed",
    ]
      .flatMap((operation) => {
        const { status, old_status, new_status } = detailsOf({ eventType: `com.oraclecloud.computeapi.${operation}` });
        return [status, old_status, new_status];
      })
      .filter((status) => status !== undefined);
    expect(statuses.filter((status) => !vocabulary.resource_status_constants.server.includes(status))).toEqual([]);
  });
});

test("a .begin awaits its .end only where the catalogue knows one", () => {
  const awaits = (type: string) => isAwaitingEnd(eventOf({ eventType: `com.oraclecloud.${type}` }));
  expect([
    awaits("computeapi.launchinstance.begin"),
    awaits("computeapi.launchinstance.end"),
    awaits("quantumcompute.launchqubitarray.begin"),
  ]).toEqual([true, false, false]);
});

describe("details", () => {
  test.each([
    ["of the OCID", "ocid1.instance.oc1.iad.example", "us-ashburn-1"],
    ["of an OCID in capitals", "OCID1.INSTANCE.OC1.AP-TOKYO-1.EXAMPLE", "ap-tokyo-1"],
    ["of the resource principal, where the OCID has none", "ocid1.user.oc1..example", "eu-frankfurt-1"],
    ["of the resource principal, where there is no OCID", "/n/a/b/c", "eu-frankfurt-1"],
  ])("the region is that %s", (_, resourceId, region) => {
    expect(detailsOf({}, { resourceId })).toMatchObject({
      region_ext_id: region,
      region_external_id: `OracleCloud/${region}`,
    });
  });

  test("tags of every namespace are metadata, and a secret among them is not told", () => {
    const tags = {
      freeformTags: { env: "prod", apiToken: "t0p" },
      definedTags: { "Oracle-Tags": { CreatedBy: "ana" }, Ops: { Cost: 42 } },
    };
    expect(detailsOf({}, tags).metadata).toEqual({
      "ext:env": "prod",
      "ext:apiToken": "[redacted]",
      "sys:CreatedBy": "ana",
      "Ops:Cost": "42",
    });
  });

  test("a secret inside of a tag that is an object is not told either", () => {
    const { metadata } = detailsOf({}, { freeformTags: { x: { password: "P1", n: 1 } } });
    expect(metadata).toEqual({ "ext:x": '{"n":1,"password":"[redacted]"}' });
  });

  test("a tag namespace that is no object is left out, and one named ext does not hide a freeform tag", () => {
    const tags = { freeformTags: { a: "free" }, definedTags: { Ops: "text", ext: { a: "defined", b: "2" } } };
    expect(detailsOf({}, tags).metadata).toEqual({ "ext:a": "free", "ext:b": "2" });
  });

  test.each([
    ["identitycontrolplane.createuser", { resourceId: "OCID1.USER.OC1..AAA" }, "ocid1.user.oc1..aaa"],
    [
      "identitycontrolplane.addusertogroup",
      { additionalDetails: { groupId: "OCID1.GROUP.OC1..AAA" } },
      "ocid1.group.oc1..aaa",
    ],
    ["objectstorage.createbucket", { resourceId: "" }, undefined],
    [
      "objectstorage.createbucket",
      { resourceId: "/n/ns/b/", additionalDetails: { bucketName: "B", namespace: "ns" } },
      "/n/ns/b/B",
    ],
    [
      "objectstorage.createobject",
      { resourceId: "", resourceName: "o", additionalDetails: { bucketName: "b", namespace: "n" } },
      "/n/n/b/b/o/o",
    ],
  ])("of %s with %j have the id %s", (type, data, id) => {
    expect(detailsOf({ eventType: `com.oraclecloud.${type}` }, data)).toMatchObject({ id, external_id: id });
  });

  test("tags under both spellings are all there", () => {
    expect(detailsOf({}, { freeformTags: null, freeFormTags: { a: "1" } }).metadata).toEqual({ "ext:a": "1" });
    expect(detailsOf({}, { freeformTags: { b: "2" }, freeFormTags: { a: "1" } }).metadata).toEqual({
      "ext:a": "1",
      "ext:b": "2",
    });
  });

  test("freeFormTags, as older events spell it, count too", () => {
    expect(detailsOf({}, { freeFormTags: { env: "prod" } }).metadata).toEqual({ "ext:env": "prod" });
  });

  test("secrets are redacted by the names of their keys, in any case and at any depth", () => {
    const additionalDetails = {
      shape: "s",
      db: [{ AdminPassword: "x", "private-key": { pem: "y" }, eTag: "z" }],
      Authorization: "b",
      nothing: { token: null },
    };
    expect(detailsOf({}, { additionalDetails }).oci).toMatchObject({
      additional_details: {
        shape: "s",
        db: [{ AdminPassword: "[redacted]", "private-key": "[redacted]", eTag: "z" }],
        Authorization: "[redacted]",
        nothing: { token: null },
      },
    });
  });

  test.each([
    "createauthtoken",
    "createorresetpassword",
    "createcustomersecretkey",
    "generatetotpseed",
    "createoauthclientcredential",
    "updatesmtpcredential",
    "createswiftpassword",
  ])("of %s hold none of the additional details", (operation) => {
    const { oci } = detailsOf(
      { eventType: `com.oraclecloud.identitycontrolplane.${operation}` },
      { additionalDetails: { value: "s3cret" } },
    );
    expect(oci).toHaveProperty("additional_details", undefined);
  });

  test("payload fields of the wrong kind count as absent", () => {
    expect(
      detailsOf({}, { resourceId: 5, availabilityDomain: null, freeformTags: [], additionalDetails: { shape: 7 } }),
    ).toMatchObject({ id: undefined, instance_type: undefined, zone_ext_id: undefined });
  });
});

describe("regions", () => {
  test("the table of keys is the SDK's own", () => {
    const regions = Region.values();
    expect(regions.length).toBeGreaterThan(50);
    expect(regions.map((region) => [region.regionCode, regionId(region.regionCode)])).toEqual(
      regions.map((region) => [region.regionCode, region.regionId]),
    );
  });

  test.each([
    ["ocid1.instance.oc1.eu_frankfurt_1.x", "eu-frankfurt-1"],
    ["ocid1.instance.oc1.xx-newplace-3.x", "xx-newplace-3"],
    ["OCID1.INSTANCE.OC1.IAD.X", "us-ashburn-1"],
    ["ocid1.instance.oc1.iad.x.y", "us-ashburn-1"],
    ["ocid1.instance.oc1.iad", undefined],
    ["ocid1.tenancy.oc1..x", undefined],
    ["ocid1.instance.oc1.nowhere.x", undefined],
    ["not applicable", undefined],
    [undefined, undefined],
  ])("of %s is %s", (ocid, region) => {
    expect(regionOfOcid(ocid)).toBe(region);
  });
});

describe("the title", () => {
  const parts = {
    noun: "Object",
    name: "a",
    action: "create",
    result: "succeed" as const,
    did: undefined,
    place: "prod",
  };
  test.each([
    ["of a success", {}, "Object a created in prod"],
    ["of a failure", { result: "failed" as const }, "Object a: create failed in prod"],
    ["of an action without a word for it", { action: "change_compartment" }, "Object a: change compartment in prod"],
    ["without a name or a place", { name: undefined, place: undefined }, "Object created"],
    ["on one line", { name: "a\r\nb\u2028c\u202ed\u2066e" }, "Object a b c d e created in prod"],
    ["with a lone surrogate", { name: "a\ud800" }, "Object a\ufffd created in prod"],
    ["with an emoji of several characters", { name: "👩‍💻" }, "Object 👩‍💻 created in prod"],
    ["with one space between words", { name: " a  b ", did: "copied  over " }, "Object a b copied over in prod"],
    [
      "with as much of a name as there is room for",
      { name: `${"n".repeat(79)}m` },
      `Object ${"n".repeat(76)}… created in prod`,
    ],
  ])("%s", (_, change, title) => {
    expect(titleOf({ ...parts, ...change })).toBe(title);
  });

  test("is never longer than 100 characters, and keeps what happened", () => {
    const title = titleOf({ ...parts, name: "請".repeat(300), place: "p".repeat(300) });
    expect([...title].length).toBe(100);
    expect(title).toMatch(/^Object 請+… created in p+…$/);
  });
});

test("a .begin that was refused awaits no .end", () => {
  const type = "com.oraclecloud.computeapi.terminateinstance.begin";
  expect(isAwaitingEnd(eventOf({ eventType: type }))).toBe(true);
  expect(isAwaitingEnd(eventOf({ eventType: type }, { response: { status: "404" } }))).toBe(false);
});
