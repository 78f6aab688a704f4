import { describe, expect, test } from "vitest";
import { catalogue } from "../ops/catalogue.ts";
import { classify, type Message } from "../src/classify.ts";
import type { OciEvent } from "../src/envelope.ts";
import { createNormaliser } from "../src/normalise.ts";
import { yunionEvent } from "../src/notification.ts";
import { type Parsed, parse } from "../src/parse.ts";
import { keepable } from "../src/redact.ts";

const { normalise } = createNormaliser(catalogue, "eu-frankfurt-1");

/** What the relay reads in the JSON of one message, or the problem. */
function read(value: unknown): Parsed | string {
  const [item] = classify(Buffer.from(JSON.stringify(value))).items;
  const parsed = parse(item as Message);
  return parsed.ok ? parsed.value : parsed.problem;
}

function eventIn(value: unknown): OciEvent {
  const parsed = read(value);
  if (typeof parsed === "string") throw new Error(parsed);
  return parsed.event;
}

/** X-Yunion-Event, title, and some of the details. */
function told(value: unknown, ...keys: string[]) {
  const notification = normalise(eventIn(value));
  const some = Object.fromEntries(keys.map((key) => [key, notification.details[key]]));
  return [yunionEvent(notification), notification.title, some];
}

const launched = {
  eventType: "com.oraclecloud.computeapi.launchinstance.end",
  cloudEventsVersion: "0.1",
  source: "ComputeApi",
  eventTime: "2026-03-02T08:16:07Z",
  eventID: "6f1d0c52",
  data: { resourceName: "web-1", resourceId: "ocid1.instance.oc1.iad.example", additionalDetails: { shape: "s" } },
};

describe("an Events message", () => {
  test("is read as it is", () => {
    expect(read(launched)).toEqual({
      event: {
        eventType: "com.oraclecloud.computeapi.launchinstance.end",
        type: "com.oraclecloud.computeapi.launchinstance.end",
        eventID: "6f1d0c52",
        eventTime: "2026-03-02T08:16:07Z",
        data: { ...launched.data, freeformTags: {}, definedTags: {} },
        hasFailed: false,
        raw: launched,
      },
    });
  });

  test("that is none is told field by field", () => {
    expect(read({ name: "cat" })).toBe(
      "not an OCI Events message: eventType: expected com.oraclecloud.<service>.<operation>[.<phase>], got nothing; " +
        "eventID: expected a non-empty string, got nothing; eventTime: expected a non-empty string, got nothing; " +
        "source: expected a non-empty string, got nothing; cloudEventsVersion: expected a non-empty string, got nothing; " +
        "data: expected an object, got nothing",
    );
  });
});

/** An audit record, as Logging has it: made up after the documentation. */
const audit = {
  specversion: "1.0",
  type: "com.oraclecloud.identityControlPlane.UpdatePolicy",
  id: "1158fbde",
  time: "2026-03-02T08:16:07.003Z",
  source: "Admins",
  dataschema: "2.0",
  oracle: { loggroupid: "_Audit", compartmentid: "ocid1.tenancy.oc1..example", tenantid: "ocid1.tenancy.oc1..example" },
  data: {
    eventName: "UpdatePolicy",
    compartmentId: "ocid1.tenancy.oc1..example",
    compartmentName: "acme",
    resourceId: "ocid1.policy.oc1..example",
    freeformTags: null,
    definedTags: { Operations: { CostCenter: "42" } },
    identity: { principalName: "ana", credentials: "cr3dentials", ipAddress: "203.0.113.9" },
    request: { action: "PUT", path: "/20160918/policies/x", headers: { authorization: ["s1gnature"] } },
    response: { status: "200", headers: { "opc-request-id": ["x"] }, message: null },
    stateChange: { current: { name: "Admins" } },
    additionalDetails: { namespace: "acme" },
  },
};
const auditWith = (change: object, data: object = {}) => ({ ...audit, ...change, data: { ...audit.data, ...data } });

describe("an audit record of Logging", () => {
  test("is read as the Events message that says the same: the type in lower case, no credentials, no headers", () => {
    const twin = {
      eventType: "com.oraclecloud.identitycontrolplane.updatepolicy",
      cloudEventsVersion: "0.1",
      eventTypeVersion: "2.0",
      source: "Admins",
      eventTime: "2026-03-02T08:16:07.003Z",
      contentType: "application/json",
      eventID: "1158fbde",
      extensions: { compartmentId: "ocid1.tenancy.oc1..example" },
      data: {
        ...audit.data,
        resourceName: "Admins",
        identity: { principalName: "ana", ipAddress: "203.0.113.9" },
        request: { action: "PUT", path: "/20160918/policies/x" },
        response: { status: "200", message: null },
      },
    };
    expect(read(audit)).toEqual({
      event: {
        eventType: twin.eventType,
        type: twin.eventType,
        eventID: "1158fbde",
        eventTime: "2026-03-02T08:16:07.003Z",
        data: {
          ...{ resourceName: "Admins", resourceId: "ocid1.policy.oc1..example" },
          ...{ compartmentId: "ocid1.tenancy.oc1..example", compartmentName: "acme" },
          ...{ freeformTags: {}, definedTags: { Operations: { CostCenter: "42" } } },
          additionalDetails: { namespace: "acme" },
        },
        hasFailed: false,
        raw: twin,
      },
    });
  });

  test("is told as the event would be, and nothing of who did it is forwarded", () => {
    const notification = normalise(eventIn(audit));
    expect([yunionEvent(notification), notification.title]).toEqual([
      ...["POLICY/UPDATE", "Policy Admins updated in acme"],
    ]);
    const text = JSON.stringify([notification, eventIn(audit).raw]);
    expect(["cr3dentials", "s1gnature"].filter((secret) => text.includes(secret))).toEqual([]);
    expect(JSON.stringify(notification)).not.toContain("203.0.113.9");
  });

  test.each<[string, object, object, object]>([
    [
      "by its log group, though it has no eventName",
      {},
      { eventName: undefined },
      { resourceId: "ocid1.policy.oc1..example" },
    ],
    [
      "by its eventName, though it has no log group",
      { oracle: {} },
      {},
      { resourceId: "ocid1.policy.oc1..example", resourceName: "Admins" },
    ],
    ["with the resource's own name, where it has one", {}, { resourceName: "its own" }, { resourceName: "its own" }],
    ["without a name", { source: "" }, { resourceName: null }, { resourceName: "" }],
    [
      "though identity, request and response are no objects",
      {},
      { identity: null, request: "x", response: 5 },
      { resourceName: "Admins" },
    ],
  ])("is known %s", (_, change, data, expected) => {
    const { event } = read(auditWith(change, data)) as Parsed;
    expect([event.type, event.data]).toEqual([
      "com.oraclecloud.identitycontrolplane.updatepolicy",
      expect.objectContaining(expected),
    ]);
  });

  test.each([
    "400",
    "401",
    "404",
    "409",
    "429",
    "500",
    "503",
    404,
  ])("whose operation was answered %j has failed, and has changed nothing", (status) => {
    const failed = auditWith({}, { response: { status } });
    expect(told(failed, "status")).toEqual([
      "POLICY/UPDATE/FAILED",
      "Policy Admins: update failed in acme",
      { status: undefined },
    ]);
    const terminated = { ...failed, type: "com.oraclecloud.ComputeApi.TerminateInstance.End" };
    expect(told(terminated, "status", "old_status")).toEqual([
      "SERVER/DELETE/FAILED",
      "Instance Admins: delete failed in acme",
      { status: undefined, old_status: undefined },
    ]);
    const begun = { ...failed, type: "com.oraclecloud.ComputeApi.TerminateInstance.Begin" };
    const nothing = { status: undefined, old_status: undefined, new_status: undefined };
    expect(told(begun, "status", "old_status", "new_status")[2]).toEqual(nothing);
    const user = { ...failed, type: "com.oraclecloud.identityControlPlane.DeactivateUser" };
    expect(told(user, "enabled").slice(1)).toEqual(["User Admins: update failed in acme", { enabled: undefined }]);
  });

  test.each([
    "200",
    "201",
    "204",
    "302",
    "",
    null,
    "4xx",
    undefined,
  ])("whose operation was answered %j has not failed", (status) => {
    expect(told(auditWith({}, { response: { status } }))[0]).toBe("POLICY/UPDATE");
  });
});

describe("any other record of Logging", () => {
  const access = {
    specversion: "1.0",
    type: "com.oraclecloud.objectstorage.getobject",
    id: "20919d7c",
    time: "2026-03-02T08:16:07Z",
    source: "logs",
    subject: "report.csv",
    oracle: { loggroupid: "ocid1.loggroup.oc1.iad.example", compartmentid: "ocid1.compartment.oc1..example" },
    data: { bucketName: "logs", statusCode: 200, headers: { a: "b" }, identity: { credentials: "c" } },
  };

  test("keeps what its service says as additional details", () => {
    const { event } = read(access) as Parsed;
    expect(event).toEqual({
      eventType: "com.oraclecloud.objectstorage.getobject",
      type: "com.oraclecloud.objectstorage.getobject",
      eventID: "20919d7c",
      eventTime: "2026-03-02T08:16:07Z",
      data: {
        compartmentId: "ocid1.compartment.oc1..example",
        resourceName: "report.csv",
        additionalDetails: { bucketName: "logs", statusCode: 200, headers: { a: "b" }, identity: {} },
        ...{ freeformTags: {}, definedTags: {} },
      },
      hasFailed: false,
      raw: expect.objectContaining({ source: "logs", eventID: "20919d7c" }),
    });
  });

  test.each<[string, object, string | undefined, string]>([
    ["its subject", {}, "report.csv", "logs"],
    ["its source, where it has no subject", { subject: null }, "logs", "logs"],
    ["nothing, where it has neither; its source is then Logging", { subject: null, source: "" }, "", "Logging"],
  ])("is about %s", (_, change, resourceName, source) => {
    const { event } = read({ ...access, ...change }) as Parsed;
    expect([event.data.resourceName, event.raw.source]).toEqual([resourceName, source]);
  });

  test.each<[string, unknown, object]>([
    ["JSON in a text, as some connectors pass it on", '{"statusCode":200}', { statusCode: 200 }],
    ["a text", "a line of a log", { message: "a line of a log" }],
    ["JSON that is broken", '{"statusCode":', { message: '{"statusCode":' }],
    ["a number", 5, { message: 5 }],
    ["nothing", null, {}],
  ])("whose payload is %s is an event all the same", (_, data, additionalDetails) => {
    expect(eventIn({ ...access, data }).data.additionalDetails).toEqual(additionalDetails);
  });

  test.each<[string, object, string]>([
    [
      "a type of nobody's",
      { type: "my-log" },
      'eventType: expected com.oraclecloud.<service>.<operation>[.<phase>], got "my-log"',
    ],
    ["no id", { id: undefined }, "eventID: expected a non-empty string, got nothing"],
    ["no time", { time: 5 }, "eventTime: expected a non-empty string, got the number 5"],
  ])("with %s is told what it lacks", (_, change, problem) => {
    expect(read({ ...access, ...change })).toBe(`not an OCI Events message: ${problem} (read from a log record)`);
  });
});

describe("a record of the Audit API", () => {
  const { data } = audit;
  const record = {
    eventType: "com.oraclecloud.ComputeApi.GetInstance",
    cloudEventsVersion: "0.1",
    source: "ComputeApi",
    eventId: "a1b2",
    eventTime: "2026-03-02T08:16:07Z",
    data: { ...data, resourceName: "web-1", definedTags: null, additionalDetails: null, availabilityDomain: "" },
  };

  test("is read as the Events message it is nearly", () => {
    const { identity, request, response } = data;
    const { credentials: _, ...who } = identity;
    const { headers: __, ...asked } = request;
    const { headers: ___, ...answered } = response;
    const { eventId, ...rest } = record;
    const eventType = "com.oraclecloud.computeapi.getinstance";
    expect(read(record)).toEqual({
      event: {
        ...{ eventType, type: eventType, eventID: "a1b2", eventTime: "2026-03-02T08:16:07Z", hasFailed: false },
        data: {
          ...{ resourceName: "web-1", resourceId: data.resourceId, availabilityDomain: "" },
          ...{ compartmentId: data.compartmentId, compartmentName: "acme" },
          ...{ freeformTags: {}, definedTags: {}, additionalDetails: {} },
        },
        raw: {
          ...rest,
          ...{ eventType, eventID: eventId },
          data: { ...record.data, identity: who, request: asked, response: answered },
        },
      },
    });
  });

  test("of an operation that failed says so", () => {
    expect(told({ ...record, data: { ...record.data, response: { status: "404" } } })[0]).toBe("SERVER/GET/FAILED");
  });

  test("without a type is told what it lacks", () => {
    expect(read({ ...record, eventType: 5 })).toBe(
      "not an OCI Events message: eventType: expected com.oraclecloud.<service>.<operation>[.<phase>], got the number 5 " +
        "(read from a record of the Audit API)",
    );
  });
});

describe("an alarm", () => {
  const alarm = {
    dedupeKey: "3d5c2f16",
    title: "High CPU",
    body: "see the runbook",
    type: "OK_TO_FIRING",
    severity: "CRITICAL",
    timestampEpochMillis: 1684337663852,
    timestamp: "2023-05-17T15:34:23.852Z",
    alarmMetaData: [
      { id: "ocid1.alarm.oc1.phx.example", status: "FIRING", severity: "CRITICAL", query: "CpuUtilization[1m] > 90" },
    ],
    version: 1.5,
  };

  test("is read as an event of a type of our own", () => {
    const additionalDetails = { body: "see the runbook", ...alarm.alarmMetaData[0] };
    const eventType = "com.oraclecloud.monitoring.alarm.ok_to_firing";
    const twin = {
      ...{ eventType, cloudEventsVersion: "0.1", eventTypeVersion: "1.5", source: "Monitoring" },
      ...{ eventTime: "2023-05-17T15:34:23.852Z", contentType: "application/json" },
      eventID: expect.stringMatching(/^3d5c2f16-1684337663852-[0-9a-f]{8}$/),
      data: { resourceName: "High CPU", resourceId: "ocid1.alarm.oc1.phx.example", additionalDetails },
    };
    expect(read(alarm)).toEqual({
      event: {
        ...{ eventType, type: eventType, eventID: twin.eventID, eventTime: twin.eventTime, hasFailed: false },
        data: { ...twin.data, freeformTags: {}, definedTags: {} },
        raw: twin,
      },
    });
  });

  const KNOWN = { status: "ok", severity: "critical", description: "see the runbook" };
  const UNKNOWN = { status: undefined, severity: undefined, description: undefined };
  test.each([
    ["OK_TO_FIRING", "ALARM/FIRING", "Alarm High CPU is firing", KNOWN],
    ["FIRING_TO_OK", "ALARM/OK", "Alarm High CPU is ok again", KNOWN],
    ["REPEAT", "ALARM/REPEAT", "Alarm High CPU is still firing", KNOWN],
    ["RESET", "ALARM/RESET", "Alarm High CPU was reset", KNOWN],
    ["SOMETHING_NEW", "ALARM/SOMETHING_NEW", "Alarm High CPU: something new", UNKNOWN],
    [undefined, "ALARM/CHANGE", "Alarm High CPU changed", UNKNOWN],
  ])("of type %s is told as %s", (type, event, title, details) => {
    const how = told({ ...alarm, type, alarmMetaData: [{ status: "OK" }] }, "status", "severity", "description");
    expect(how).toEqual([event, title, details]);
  });

  test.each<[string, object, string, string]>([
    ["spelt as captures have it", {}, "3d5c2f16-1684337663852", "2023-05-17T15:34:23.852Z"],
    [
      "spelt as the documentation has it",
      { dedupeKey: undefined, dedupekey: "3d5c2f16" },
      "3d5c2f16-1684337663852",
      "2023-05-17T15:34:23.852Z",
    ],
    ["at another time", { timestampEpochMillis: 1 }, "3d5c2f16-1", "2023-05-17T15:34:23.852Z"],
    ["without a timestamp", { timestamp: undefined }, "3d5c2f16-1684337663852", "2023-05-17T15:34:23.852Z"],
    [
      "without milliseconds",
      { timestampEpochMillis: undefined },
      "3d5c2f16-2023-05-17T15:34:23.852Z",
      "2023-05-17T15:34:23.852Z",
    ],
  ])("has an eventID of its dedupeKey, %s, and its time", (_, change, eventID, eventTime) => {
    const event = eventIn({ ...alarm, ...change });
    expect([event.eventID, event.eventTime]).toEqual([
      expect.stringMatching(new RegExp(`^${eventID}-[0-9a-f]{8}$`)),
      eventTime,
    ]);
  });

  test("that is split into several messages is several events, and each the same once it was kept", () => {
    const [about] = alarm.alarmMetaData;
    const parts = [alarm, { ...alarm, alarmMetaData: [{ ...about, dimensions: [{ resourceId: "b", token: "t" }] }] }];
    const ids = [...parts, ...parts.map(keepable)].map((part) => eventIn(part).eventID);
    expect([ids.slice(2), new Set(ids).size]).toEqual([ids.slice(0, 2), 2]);
  });

  test("of several is told with all of them, under the name of the first", () => {
    const [about] = alarm.alarmMetaData;
    const alarms = [about, { ...about, id: "ocid1.alarm.oc1.phx.other" }];
    const { data } = eventIn({ ...alarm, alarmMetaData: alarms });
    expect([data.resourceId, data.additionalDetails]).toEqual([
      "ocid1.alarm.oc1.phx.example",
      { body: "see the runbook", ...about, alarmMetaData: alarms },
    ]);
  });

  test.each<[string, object, string]>([
    ["no dedupeKey", { dedupeKey: undefined }, "eventID: expected a non-empty string, got nothing"],
    [
      "no time",
      { timestamp: undefined, timestampEpochMillis: undefined },
      "eventTime: expected a non-empty string, got nothing",
    ],
    [
      "a time that is none",
      { timestamp: null, timestampEpochMillis: 1e300 },
      "eventTime: expected a non-empty string, got nothing",
    ],
  ])("with %s is told what it lacks", (_, change, problem) => {
    expect(read({ ...alarm, ...change })).toBe(`not an OCI Events message: ${problem} (read from a Monitoring alarm)`);
  });

  test("without metadata is an event all the same", () => {
    expect(told({ ...alarm, alarmMetaData: [] }, "id", "severity", "description")).toEqual([
      "ALARM/FIRING",
      "Alarm High CPU is firing",
      { id: undefined, severity: "critical", description: "see the runbook" },
    ]);
  });
});

describe("a metric", () => {
  const metric = {
    namespace: "oci_objectstorage",
    resourceGroup: null,
    compartmentId: "ocid1.compartment.oc1..example",
    name: "PutRequests",
    dimensions: { resourceID: "ocid1.bucket.oc1.uk-london-1.example", resourceDisplayName: "logs" },
    metadata: { unit: "count" },
    datapoints: [
      { timestamp: 1761318377414, value: 1, count: 1 },
      { timestamp: 1761318377614, value: 2 },
    ],
  };

  test("is read as an event of a type of our own, at the time of its last datapoint", () => {
    const { compartmentId, name, ...additionalDetails } = metric;
    const eventType = "com.oraclecloud.monitoring.metric.update";
    const twin = {
      ...{ eventType, cloudEventsVersion: "0.1", source: "Monitoring", contentType: "application/json" },
      ...{ eventTime: "2025-10-24T15:06:17.614Z", eventID: expect.stringMatching(/^metric-[0-9a-f]{32}$/) },
      data: {
        ...{ compartmentId, resourceName: name, resourceId: "ocid1.bucket.oc1.uk-london-1.example" },
        additionalDetails,
      },
    };
    expect(read(metric)).toEqual({
      event: {
        ...{ eventType, type: eventType, eventID: twin.eventID, eventTime: twin.eventTime, hasFailed: false },
        data: { ...twin.data, freeformTags: {}, definedTags: {} },
        raw: twin,
      },
    });
  });

  test("is told with what it is about", () => {
    expect(told(metric, "id", "namespace", "region_ext_id")).toEqual([
      "METRIC/UPDATE",
      "Metric PutRequests has new values",
      { id: "ocid1.bucket.oc1.uk-london-1.example", namespace: "oci_objectstorage", region_ext_id: "uk-london-1" },
    ]);
  });

  test("has the same eventID once it was kept", () => {
    const secret = { ...metric, dimensions: { ...metric.dimensions, apiToken: "t0ken" } };
    expect(eventIn(keepable(secret)).eventID).toBe(eventIn(secret).eventID);
  });

  test("has the same eventID for the same datapoints, in whatever order its fields come, and another for others", () => {
    const { name, ...rest } = metric;
    const [first = {}] = metric.datapoints;
    const ids = [
      metric,
      { ...rest, name },
      { ...metric, datapoints: [{ ...first, value: 3 }] },
      { ...metric, dimensions: {} },
    ].map((each) => eventIn(each).eventID);
    expect([ids[0] === ids[1], new Set(ids).size]).toEqual([true, 3]);
  });

  test.each<[string, unknown[], string]>([
    ["numbers", [{ timestamp: 1761318377614 }, { timestamp: 1761318377414 }], "2025-10-24T15:06:17.614Z"],
    ["digits", [{ timestamp: "1761318377414" }, { timestamp: "1761318377614" }], "2025-10-24T15:06:17.614Z"],
    ["a date and what is none", [5, { timestamp: "2025-10-24T15:06:17Z" }, {}, null], "2025-10-24T15:06:17.000Z"],
  ])("has timestamps that are %s", (_, datapoints, eventTime) => {
    expect(eventIn({ ...metric, datapoints }).eventTime).toBe(eventTime);
  });

  test("without a datapoint that has a time is told what it lacks", () => {
    expect(read({ ...metric, datapoints: [{ value: 1 }] })).toBe(
      "not an OCI Events message: eventTime: expected a non-empty string, got nothing (read from a metric)",
    );
  });

  test.each<[string, unknown, string | undefined]>([
    ["resourceId, as other services spell it", { resourceId: "ocid1.x" }, "ocid1.x"],
    ["nothing, where there are none", null, undefined],
  ])("is about the resource of its dimensions: %s", (_, dimensions, resourceId) => {
    expect(eventIn({ ...metric, dimensions }).data.resourceId).toBe(resourceId);
  });
});

const own = {
  ...{ action: "create", resource_type: "server", result: "succeed" },
  resource_details: {
    id: "ocid1.instance.oc1.iad.example",
    oci: { event_id: "6f1d0c52", event_type: launched.eventType, event_time: launched.eventTime },
  },
};

test("a message that the relay itself has sent is read as the event that it tells of, without what that was about", () => {
  const { eventType, eventID, eventTime, cloudEventsVersion } = launched;
  const twin = { eventType, eventID, eventTime, cloudEventsVersion, source: "oci-event-relay", data: {} };
  const data = { freeformTags: {}, definedTags: {}, additionalDetails: {} };
  expect(read(own)).toEqual({
    event: { eventType, type: eventType, eventID, eventTime, data, hasFailed: false, raw: twin },
  });
});

describe("a dead letter", () => {
  const letter = {
    deadLetter: 1,
    kept: "dead-letter/2026-03-02/6f1d0c52.webhook.0123.json",
    hash: "0123456789abcdef",
    destination: { name: "webhook", type: "webhook", target: "https://cmdb.example.com" },
    event: launched,
  };
  const replay = { destination: "webhook", kept: { object: letter.kept, hash: letter.hash } };

  test.each<[string, unknown, object]>([
    ["an Events message", launched, eventIn(launched)],
    ["an audit record", audit, eventIn(audit)],
  ])("is %s once more, for the one destination that did not get it", (_, event, expected) => {
    expect(read({ ...letter, event })).toEqual({ event: expected, replay });
  });

  test.each([{ kept: 5 }, { hash: undefined }])("whose place is not told (%j) is read all the same", (change) => {
    expect(read({ ...letter, ...change })).toEqual({
      event: eventIn(launched),
      replay: { destination: "webhook", kept: undefined },
    });
  });

  test.each<[string, object, string]>([
    ["no destination", { destination: undefined }, "destination.name: expected a string, got nothing"],
    [
      "a URL instead of a name",
      { destination: { url: "https://evil.example" } },
      "destination.name: expected a string, got nothing",
    ],
    ["no event", { event: undefined }, "event: expected the message that it keeps, got nothing"],
    ["what the relay itself has sent", { event: own }, "event: expected the message that it keeps, got an object"],
    ["another letter inside", { event: letter }, "event: expected the message that it keeps, got an object"],
  ])("with %s is none", (_, change, problem) => {
    expect(read({ ...letter, ...change })).toBe(`not a dead letter: ${problem}`);
  });

  test("that keeps what is no event is told what that lacks", () => {
    expect(read({ ...letter, event: { ...launched, eventTime: "" } })).toBe(
      'not an OCI Events message: eventTime: expected a non-empty string, got ""',
    );
  });
});
