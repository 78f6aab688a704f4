import fc from "fast-check";
import { MonitoringClient } from "oci-monitoring";
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createIssuer, TENANCY } from "../../local/emulator/principal.ts";
import { durationMs } from "../../local/monitoring/alarm-details.ts";
import { parseMetricQuery } from "../../local/monitoring/metric-query.ts";
import { createMonitoring, type Monitoring } from "../../local/monitoring/monitoring.ts";
import { COMPARTMENT, startTestCloud, type TestCloud } from "./cloud.ts";
import { apiKeyUser, oneTry, resourcePrincipal } from "./sdk.ts";

// The SDK's retrier writes to the console whatever it does not retry.
vi.spyOn(console, "warn").mockImplementation(() => {});

const issuer = createIssuer();
const user = issuer.user();
const client = new MonitoringClient({ authenticationDetailsProvider: apiKeyUser(user) }, oneTry());
afterAll(() => {
  client.close();
  user.remove();
});

let cloud: TestCloud;
let monitoring: Monitoring;
beforeEach(async () => {
  cloud = await startTestCloud(
    (shared) => {
      monitoring = createMonitoring(shared);
      return monitoring.operations;
    },
    { issuer },
  );
  client.endpoint = cloud.url;
});
afterEach(() => cloud.close());

const TOPIC = "ocid1.onstopic.oc1.phx.alerts";
const MINUTE_MS = 60_000;

const refused = (statusCode: number, serviceCode: string, message = "") =>
  expect.objectContaining({ statusCode, serviceCode, message: expect.stringContaining(message) });

const DETAILS = {
  displayName: "function errors",
  compartmentId: COMPARTMENT,
  metricCompartmentId: COMPARTMENT,
  namespace: "oci_faas",
  query: 'FunctionResponseCount[1m]{responseType = "error"}.sum() > 0',
  severity: "CRITICAL",
  destinations: [TOPIC],
  isEnabled: true,
};

async function alarm(changed: Record<string, unknown> = {}) {
  return (await client.createAlarm({ createAlarmDetails: { ...DETAILS, ...changed } as never })).alarm;
}

function count(changed: Record<string, unknown> = {}) {
  const metric = { namespace: "oci_faas", name: "FunctionResponseCount", compartmentId: COMPARTMENT };
  monitoring.count({ ...metric, dimensions: { responseType: "error" }, ...changed } as never);
}

describe("alarms", () => {
  test("are made, found, changed and deleted", async () => {
    const { alarm: made, etag } = await client.createAlarm({ createAlarmDetails: DETAILS });
    expect(made).toEqual({
      ...DETAILS,
      id: expect.stringMatching(/^ocid1\.alarm\.oc1\./),
      metricCompartmentIdInSubtree: false,
      resourceGroup: null,
      resolution: "1m",
      pendingDuration: "PT1M",
      body: null,
      isNotificationsPerMetricDimensionEnabled: false,
      messageFormat: "RAW",
      repeatNotificationDuration: null,
      suppression: undefined,
      freeformTags: {},
      definedTags: {},
      overrides: undefined,
      ruleName: "BASE",
      notificationVersion: null,
      notificationTitle: null,
      evaluationSlackDuration: null,
      alarmSummary: null,
      lifecycleState: "ACTIVE",
      timeCreated: expect.any(String),
      timeUpdated: expect.any(String),
    });
    const alarmId = made.id;
    expect((await client.getAlarm({ alarmId })).alarm).toEqual(made);
    const updated = await client.updateAlarm({
      alarmId,
      ifMatch: etag,
      updateAlarmDetails: { severity: "INFO", pendingDuration: "PT5M", body: "b" },
    });
    expect(updated.alarm).toEqual({
      ...made,
      severity: "INFO",
      pendingDuration: "PT5M",
      body: "b",
      timeUpdated: expect.any(String),
    });
    await expect(client.deleteAlarm({ alarmId, ifMatch: etag })).rejects.toEqual(refused(412, "NoEtagMatch"));
    await client.deleteAlarm({ alarmId, ifMatch: updated.etag });
    await expect(client.getAlarm({ alarmId })).rejects.toEqual(refused(404, "NotAuthorizedOrNotFound"));
  });

  test("are listed by name, in order and page by page", async () => {
    await alarm({ displayName: "b", severity: "INFO" });
    await alarm({ displayName: "a", severity: "WARNING" });
    await alarm({ displayName: "c", compartmentId: TENANCY });
    const names = async (query: Record<string, unknown>) =>
      (await client.listAlarms({ compartmentId: COMPARTMENT, ...query } as never)).items.map((one) => one.displayName);
    expect(await names({})).toEqual(["b", "a"]);
    expect(await names({ displayName: "a" })).toEqual(["a"]);
    expect(await names({ sortBy: "displayName" })).toEqual(["a", "b"]);
    expect(await names({ sortBy: "severity" })).toEqual(["a", "b"]);
    expect(await names({ sortBy: "severity", sortOrder: "DESC" })).toEqual(["b", "a"]);
    expect(await names({ lifecycleState: "DELETED" })).toEqual([]);
    expect(await names({ limit: 1, page: "1" })).toEqual(["a"]);
    expect(await names({ compartmentId: TENANCY, compartmentIdInSubtree: true })).toEqual(["b", "a", "c"]);
    await expect(names({ compartmentIdInSubtree: true })).rejects.toEqual(refused(400, "InvalidParameter"));
    await expect(names({ sortBy: "size" })).rejects.toEqual(refused(400, "InvalidParameter"));
  });

  test("move to another compartment, by whoever knows the newest", async () => {
    const { id } = await alarm();
    const move = (compartmentId: string, ifMatch?: string) =>
      client.changeAlarmCompartment({
        alarmId: id,
        changeAlarmCompartmentDetails: { compartmentId },
        ...(ifMatch !== undefined && { ifMatch }),
      });
    await expect(move(TENANCY, "old")).rejects.toEqual(refused(412, "NoEtagMatch"));
    await expect(move("ocid1.tenancy.oc1..other")).rejects.toEqual(refused(404, "NotAuthorizedOrNotFound"));
    expect((await move(TENANCY)).opcRequestId).toMatch(/\S/);
    expect((await client.getAlarm({ alarmId: id })).alarm.compartmentId).toBe(TENANCY);
  });

  test("are made once for one retry token", async () => {
    const request = { createAlarmDetails: DETAILS, opcRetryToken: "token" };
    const [first, second] = [await client.createAlarm(request), await client.createAlarm(request)];
    expect([second.alarm, second.etag]).toEqual([first.alarm, first.etag]);
    // A name may come twice.
    expect((await alarm()).id).not.toBe(first.alarm.id);
  });

  test.each<[Record<string, unknown>, string, string]>([
    [{ displayName: undefined }, "MissingParameter", "displayName"],
    [{ compartmentId: "x" }, "InvalidParameter", "compartmentId"],
    [{ namespace: "1" }, "InvalidParameter", "namespace"],
    [{ query: "FunctionResponseCount[1m].sum()" }, "InvalidParameter", "trigger rule"],
    [{ query: "FunctionResponseCount > 0" }, "InvalidParameter", "query"],
    [{ severity: "FATAL" }, "InvalidParameter", "severity"],
    [{ destinations: [] }, "InvalidParameter", "destinations"],
    [{ destinations: ["ocid1.fnfunc.oc1.phx.f"] }, "InvalidParameter", "destinations"],
    [{ destinations: [TOPIC, `${TOPIC}2`] }, "InvalidParameter", "destinations"],
    [{ pendingDuration: "5m" }, "InvalidParameter", "pendingDuration"],
    [{ pendingDuration: "PT30S" }, "InvalidParameter", "pendingDuration"],
    [{ pendingDuration: "PT2H" }, "InvalidParameter", "pendingDuration"],
    [{ repeatNotificationDuration: "P31D" }, "InvalidParameter", "repeatNotificationDuration"],
    [{ resolution: "5m" }, "InvalidParameter", "resolution"],
    [{ messageFormat: "XML" }, "InvalidParameter", "messageFormat"],
    [{ isEnabled: undefined }, "MissingParameter", "isEnabled"],
    [{ metricCompartmentIdInSubtree: true }, "InvalidParameter", "metricCompartmentIdInSubtree"],
  ])("are neither made of %j nor changed to it", async (wrong, code, message) => {
    await expect(alarm(wrong)).rejects.toEqual(refused(400, code, message));
    if (code === "MissingParameter") return;
    const { id: alarmId } = await alarm();
    const details = wrong.compartmentId === undefined ? wrong : { metricCompartmentId: "x" };
    await expect(client.updateAlarm({ alarmId, updateAlarmDetails: details as never })).rejects.toEqual(
      refused(400, code),
    );
  });
});

describe("the evaluation of alarms", () => {
  const messages = () =>
    cloud.asked.published.map((one) => {
      const [topicId, { title, body }] = one as [string, { title: string; body: string }];
      return { topicId, title, message: JSON.parse(body) };
    });
  const types = () => messages().map(({ message }) => message.type);
  const status = async () =>
    (await client.listAlarmsStatus({ compartmentId: COMPARTMENT })).items.map((one) => one.status);

  test("publishes when an alarm fires and when it is fine again, and says nothing in between", async () => {
    const { id } = await alarm({ body: "look at the log" });
    const now = Date.now();
    await monitoring.evaluateAlarms(now);
    expect([await status(), messages()]).toEqual([["OK"], []]);
    count();
    count({ dimensions: { responseType: "success" } });
    const firedMs = Date.now();
    await monitoring.evaluateAlarms(firedMs);
    await monitoring.evaluateAlarms(firedMs + 1_000);
    expect(messages()).toEqual([
      {
        topicId: TOPIC,
        title: "function errors",
        message: {
          dedupeKey: expect.stringMatching(/^[0-9a-f]{32}$/),
          title: "function errors",
          body: "look at the log",
          type: "OK_TO_FIRING",
          severity: "CRITICAL",
          timestampEpochMillis: firedMs,
          timestamp: new Date(firedMs).toISOString(),
          alarmMetaData: [
            {
              id,
              status: "FIRING",
              severity: "CRITICAL",
              namespace: "oci_faas",
              query: DETAILS.query,
              totalMetricsFiring: 1,
              dimensions: [{ responseType: "error" }],
              metricValues: [{ 'FunctionResponseCount[1m]{responseType = "error"}.sum()': "1" }],
              alarmUrl: `https://cloud.oracle.com/monitoring/alarms/${id}?region=us-phoenix-1`,
              alarmSummary: expect.stringContaining('"FIRING"'),
              notificationType: "Grouped messages across metric streams",
            },
          ],
          version: 1.5,
        },
      },
    ]);
    const { items } = await client.listAlarmsStatus({ compartmentId: COMPARTMENT, status: "FIRING" as never });
    expect(items).toEqual([
      {
        id,
        displayName: "function errors",
        severity: "CRITICAL",
        ruleName: "BASE",
        timestampTriggered: new Date(firedMs).toISOString(),
        alarmSummary: expect.stringContaining('"FIRING"'),
        status: "FIRING",
        suppression: undefined,
      },
    ]);
    await monitoring.evaluateAlarms(firedMs + 2 * MINUTE_MS);
    expect(types()).toEqual(["OK_TO_FIRING", "FIRING_TO_OK"]);
    const [first, second] = messages();
    expect(second?.message.dedupeKey).toBe(first?.message.dedupeKey);
    expect(second?.message.alarmMetaData[0]).toMatchObject({
      status: "OK",
      totalMetricsFiring: 0,
      dimensions: [{ responseType: "error" }],
    });
    expect(await status()).toEqual(["OK"]);
  });

  test("waits for as long as the breach is to last", async () => {
    await alarm({ pendingDuration: "PT3M", query: "FunctionResponseCount[5m].sum() > 0" });
    count();
    const start = Date.now();
    for (const minutes of [0, 1]) await monitoring.evaluateAlarms(start + minutes * MINUTE_MS);
    expect([types(), await status()]).toEqual([[], ["OK"]]);
    await monitoring.evaluateAlarms(start + 2 * MINUTE_MS);
    expect([types(), await status()]).toEqual([["OK_TO_FIRING"], ["FIRING"]]);
  });

  test("begins to wait anew when the breach ends", async () => {
    await alarm({ pendingDuration: "PT3M", query: "FunctionResponseCount[1m].sum() > 0" });
    const start = Date.now();
    count();
    await monitoring.evaluateAlarms(start + 1_000);
    await monitoring.evaluateAlarms(start + 90_000);
    await monitoring.evaluateAlarms(start + 1_000);
    await monitoring.evaluateAlarms(start + 2_000);
    expect(types()).toEqual([]);
  });

  test("tells the topic that it is an alarm: other messages do not reach phones", async () => {
    await alarm();
    count();
    await monitoring.evaluateAlarms(Date.now());
    expect(cloud.asked.published).toEqual([[TOPIC, expect.objectContaining({ type: "ALARM" })]]);
  });

  test("repeats the message of an alarm that keeps firing", async () => {
    await alarm({ repeatNotificationDuration: "PT2M", query: "FunctionResponseCount[10m].sum() > 0" });
    count();
    const start = Date.now();
    for (const minutes of [0, 1, 2, 3, 4]) await monitoring.evaluateAlarms(start + minutes * MINUTE_MS);
    expect(types()).toEqual(["OK_TO_FIRING", "REPEAT", "REPEAT"]);
  });

  test("sends a message for each metric stream where it is asked to", async () => {
    await alarm({ isNotificationsPerMetricDimensionEnabled: true, query: "FunctionResponseCount[5m].sum() > 0" });
    count({ dimensions: { resourceId: "a" } });
    await monitoring.evaluateAlarms(Date.now());
    count({ dimensions: { resourceId: "b" } });
    await monitoring.evaluateAlarms(Date.now());
    const sent = messages().map(({ message }) => message);
    expect(sent.map(({ type, alarmMetaData: [data] }) => [type, data.dimensions, data.notificationType])).toEqual([
      ["OK_TO_FIRING", [{ resourceId: "a" }], "Split messages per metric stream"],
      ["OK_TO_FIRING", [{ resourceId: "b" }], "Split messages per metric stream"],
    ]);
    expect(new Set(sent.map(({ dedupeKey }) => dedupeKey)).size).toBe(2);
    const of = async (resourceId: string) =>
      (await client.listAlarmsStatus({ compartmentId: COMPARTMENT, resourceId })).items.length;
    expect([await of("a"), await of("c")]).toEqual([1, 0]);
  });

  test.each<[string, Record<string, unknown>]>([
    ["is not enabled", { isEnabled: false }],
    ["looks at another namespace", { namespace: "oci_other" }],
    ["looks at another compartment", { metricCompartmentId: TENANCY }],
    ["asks for more", { query: "FunctionResponseCount[1m].sum() > 1" }],
    ["asks for another dimension", { query: 'FunctionResponseCount[1m]{responseType = "timeout"}.sum() > 0' }],
  ])("says nothing of an alarm that %s", async (_, changed) => {
    await alarm(changed);
    count();
    await monitoring.evaluateAlarms(Date.now());
    expect(messages()).toEqual([]);
  });

  test("looks at all compartments where it is asked to", async () => {
    await alarm({ metricCompartmentId: TENANCY, metricCompartmentIdInSubtree: true });
    count();
    await monitoring.evaluateAlarms(Date.now());
    expect(types()).toEqual(["OK_TO_FIRING"]);
  });

  test("fires for a metric that has gone", async () => {
    await alarm({ query: "FunctionResponseCount[1m].absent()" });
    await monitoring.evaluateAlarms(Date.now());
    count();
    await monitoring.evaluateAlarms(Date.now());
    expect(types()).toEqual([]);
    await monitoring.evaluateAlarms(Date.now() + 5 * MINUTE_MS);
    expect(types()).toEqual(["OK_TO_FIRING"]);
    await monitoring.evaluateAlarms(Date.now() + 180 * MINUTE_MS);
    expect(types()).toEqual(["OK_TO_FIRING", "FIRING_TO_OK"]);
  });

  test("keeps quiet while an alarm is suppressed, and puts a message on a stream too", async () => {
    const stream = "ocid1.stream.oc1.phx.s";
    const from = new Date(Date.now() - MINUTE_MS).toISOString();
    const until = new Date(Date.now() + 60 * MINUTE_MS).toISOString();
    const { id } = await alarm({
      destinations: [TOPIC, stream],
      suppression: { timeSuppressFrom: from, timeSuppressUntil: until },
    });
    count();
    await monitoring.evaluateAlarms(Date.now());
    expect([types(), await status()]).toEqual([[], ["FIRING"]]);
    await client.deleteAlarm({ alarmId: id });
    await alarm({ destinations: [TOPIC, stream] });
    await monitoring.evaluateAlarms(Date.now());
    expect([types(), cloud.asked.put]).toEqual([
      ["OK_TO_FIRING"],
      [[stream, { value: expect.stringContaining('"OK_TO_FIRING"') }]],
    ]);
  });
});

describe("metrics", () => {
  const summarize = async (query: string, changed: Record<string, unknown> = {}, compartmentId = COMPARTMENT) => {
    const details = { namespace: "relay", query, ...changed };
    const { items } = await client.summarizeMetricsData({
      compartmentId,
      summarizeMetricsDataDetails: details as never,
    });
    return items;
  };
  const values = async (query: string, changed?: Record<string, unknown>) =>
    (await summarize(query, changed)).map(({ dimensions, aggregatedDatapoints }) => [
      dimensions,
      aggregatedDatapoints.map(({ value }) => value),
    ]);
  let startMs: number;
  beforeEach(() => {
    startMs = Date.now();
  });
  /** The beginning of the minute that lies some minutes before the test. */
  const minute = (back: number) => new Date((Math.floor(startMs / MINUTE_MS) - back) * MINUTE_MS);
  const metric = (dimensions: Record<string, string>, points: [Date, number, number?][]) => ({
    namespace: "relay",
    compartmentId: COMPARTMENT,
    name: "latency",
    dimensions,
    datapoints: points.map(([timestamp, value, times]) => ({ timestamp, value, ...(times && { count: times }) })),
  });
  const post = async (metricData: unknown[], batchAtomicity?: string) =>
    (await client.postMetricData({ postMetricDataDetails: { metricData, batchAtomicity } as never }))
      .postMetricDataResponseDetails;

  test("are summed up by dimensions and minutes", async () => {
    const [older, newer] = [minute(5), minute(3)];
    const posted = await post([
      metric({ route: "a" }, [
        [older, 1],
        [older, 3],
        [newer, 10],
      ]),
      metric({ route: "b" }, [[newer, 7, 2]]),
    ]);
    expect(posted).toEqual({ failedMetricsCount: 0, failedMetrics: [] });
    expect(await summarize("latency[1m].sum()")).toEqual([
      {
        namespace: "relay",
        resourceGroup: null,
        compartmentId: COMPARTMENT,
        name: "latency",
        dimensions: { route: "a" },
        metadata: {},
        resolution: null,
        aggregatedDatapoints: [
          { timestamp: older.toISOString(), value: 4 },
          { timestamp: newer.toISOString(), value: 10 },
        ],
      },
      expect.objectContaining({
        dimensions: { route: "b" },
        aggregatedDatapoints: [{ timestamp: newer.toISOString(), value: 14 }],
      }),
    ]);
    expect(await values('latency[1m]{route = "b"}.count()')).toEqual([[{ route: "b" }, [2]]]);
    expect(await values('latency[1m]{route != "b"}.max()')).toEqual([[{ route: "a" }, [3, 10]]]);
    expect(await values('latency[1m]{route =~ "x|b*"}.min()')).toEqual([[{ route: "b" }, [7]]]);
    expect(await values("latency[1m].grouping().sum()")).toEqual([[{}, [4, 24]]]);
    expect(await values("latency[1m].groupBy(route).mean()")).toEqual([
      [{ route: "a" }, [2, 10]],
      [{ route: "b" }, [7]],
    ]);
    expect(await values("latency[1m].groupBy(host).sum()")).toEqual([]);
    expect(await values("latency[1m].sum() > 5")).toEqual([
      [{ route: "a" }, [0, 1]],
      [{ route: "b" }, [1]],
    ]);
    expect(await values("latency[1m].sum()", { startTime: newer })).toEqual([
      [{ route: "a" }, [10]],
      [{ route: "b" }, [14]],
    ]);
    expect(await values("latency[1m].sum()", { endTime: newer, startTime: older })).toEqual([[{ route: "a" }, [4]]]);
    expect(await values("latency[10m].sum()", { startTime: older, resolution: "10m" })).toEqual([
      [{ route: "a" }, [14]],
      [{ route: "b" }, [14]],
    ]);
    expect(await values("other[1m].sum()")).toEqual([]);
    expect(await values("latency[1m].sum()", { resourceGroup: "fleet" })).toEqual([]);
    expect(await summarize("latency[1m].sum()", {}, TENANCY)).toEqual([]);
  });

  test.each<[string, number]>([
    ["count", 4],
    ["sum", 14],
    ["mean", 3.5],
    ["avg", 3.5],
    ["min", 1],
    ["max", 8],
    ["first", 2],
    ["last", 8],
    ["increment", 6],
    ["rate", 0.1],
    ["percentile(0.5)", 2],
    ["percentile(0.95)", 8],
    ["absent", 0],
  ])("have the statistic %s: %d", async (statistic, expected) => {
    const at = (seconds: number) => new Date(minute(2).getTime() + seconds * 1_000);
    await post([
      metric({ a: "b" }, [
        [at(30), 3],
        [at(10), 2],
        [at(20), 1],
        [at(40), 8],
      ]),
    ]);
    const call = statistic.includes("(") ? statistic : `${statistic}()`;
    const range = { startTime: minute(2), endTime: minute(1) };
    expect(await values(`latency[1m].${call}`, range)).toEqual([[{ a: "b" }, [expected]]]);
  });

  test("that services count are there at once", async () => {
    count({ namespace: "oci_cloudevents", name: "MatchedEvents", dimensions: { resourceId: "r" } });
    count({ namespace: "oci_cloudevents", name: "MatchedEvents", dimensions: { resourceId: "r" }, value: 4 });
    expect(await values("MatchedEvents[1h].sum()", { namespace: "oci_cloudevents", resolution: "1h" })).toEqual([
      [{ resourceId: "r" }, [5]],
    ]);
  });

  test("are listed as streams, or by what they have in common", async () => {
    count();
    count({ dimensions: { responseType: "success" } });
    count({ namespace: "oci_cloudevents", name: "MatchedEvents", dimensions: { resourceId: "r" } });
    count({ compartmentId: TENANCY });
    const list = async (listMetricsDetails: object, more: object = {}) =>
      (
        await client.listMetrics({
          compartmentId: COMPARTMENT,
          listMetricsDetails: listMetricsDetails as never,
          ...more,
        })
      ).items;
    const stream = {
      namespace: "oci_faas",
      name: "FunctionResponseCount",
      compartmentId: COMPARTMENT,
      resourceGroup: null,
    };
    expect(await list({ namespace: "oci_faas" })).toEqual([
      { ...stream, dimensions: { responseType: "error" } },
      { ...stream, dimensions: { responseType: "success" } },
    ]);
    expect(await list({ dimensionFilters: { responseType: "success" } })).toHaveLength(1);
    expect(await list({ groupBy: ["namespace"], sortBy: "NAMESPACE", sortOrder: "DESC" })).toEqual([
      { namespace: "oci_faas" },
      { namespace: "oci_cloudevents" },
    ]);
    expect(await list({ sortOrder: "ASC" }, { limit: 2 })).toHaveLength(2);
    expect(await list({ sortOrder: "ASC" }, { compartmentId: TENANCY, compartmentIdInSubtree: true })).toHaveLength(4);
    await expect(list({ sortBy: "SIZE" })).rejects.toEqual(refused(400, "InvalidParameter", "sortBy"));
  });

  test("are kept of the newest streams and points", async () => {
    for (let number = 0; number < 12_000; number++) count({ name: "many" });
    for (let number = 0; number < 2_500; number++) count({ name: `m${number}`, dimensions: { a: "b" } });
    const of = (query: string) => values(query, { namespace: "oci_faas", resolution: "1h" });
    expect(await of("many[1h].count()")).toEqual([]);
    expect(await of("m0[1h].count()")).toEqual([]);
    expect(await of("m2499[1h].count()")).toEqual([[{ a: "b" }, [1]]]);
  });

  test("that are wrong are told one by one, or fail as one", async () => {
    const sound = metric({ a: "b" }, [[minute(1), 1]]);
    const late = metric({ a: "b" }, [[minute(121), 1]]);
    expect(await post([sound, { ...late }])).toMatchObject({
      failedMetricsCount: 1,
      failedMetrics: [{ message: expect.stringContaining("2 hours"), metricData: { name: "latency" } }],
    });
    await expect(post([sound, late], "ATOMIC")).rejects.toEqual(refused(400, "InvalidParameter", "2 hours"));
    expect(await values("latency[1m].sum()")).toEqual([[{ a: "b" }, [1]]]);
  });

  test.each<[string, Record<string, unknown>]>([
    ["namespace", { namespace: "oci_faas" }],
    ["namespace", { namespace: "1" }],
    ["name", { name: "a b" }],
    ["dimensions", { dimensions: {} }],
    ["dimensions", { dimensions: { "a b": "c" } }],
    ["dimensions", { dimensions: { a: "" } }],
    ["datapoints", { datapoints: [] }],
    ["compartmentId", { compartmentId: "x" }],
    ["timestamp", { datapoints: [{ timestamp: new Date("2099-01-01T00:00:00Z"), value: 1 }] }],
    ["count", { datapoints: [{ timestamp: new Date(), value: 1, count: 0 }] }],
  ])("with a wrong %s are not taken: %j", async (field, wrong) => {
    await expect(post([{ ...metric({ a: "b" }, [[minute(1), 1]]), ...wrong }])).rejects.toEqual(
      refused(400, "InvalidParameter", field),
    );
  });

  test.each<[string, Record<string, unknown>, string]>([
    ["latency", {}, "metric[interval]"],
    ["latency[1m].sum()", { resolution: "5m" }, "resolution"],
    ["latency[1m].sum()", { startTime: new Date(1_000), endTime: new Date() }, "startTime"],
    ["latency[1m].sum()", { startTime: new Date(), endTime: new Date(1_000) }, "startTime"],
  ])("are not summed up by %s with %j", async (query, changed, message) => {
    await expect(summarize(query, changed)).rejects.toEqual(refused(400, "InvalidParameter", message));
  });

  test("are a function's to write and read where policies let it", async () => {
    const asked: unknown[][] = [];
    cloud.cloud.allows = (_, permission, { compartmentId, variables }) => {
      asked.push([permission, compartmentId, variables]);
      return false;
    };
    const principal = issuer.principal();
    const functionClient = new MonitoringClient(
      { authenticationDetailsProvider: resourcePrincipal(principal) },
      oneTry(),
    );
    functionClient.endpoint = cloud.url;
    const calls = [
      () =>
        functionClient.postMetricData({
          postMetricDataDetails: { metricData: [metric({ a: "b" }, [[minute(1), 1]])] },
        }),
      () =>
        functionClient.summarizeMetricsData({
          compartmentId: COMPARTMENT,
          summarizeMetricsDataDetails: { namespace: "relay", query: "latency[1m].sum()" },
        }),
      () => functionClient.createAlarm({ createAlarmDetails: DETAILS }),
      () => functionClient.listAlarms({ compartmentId: COMPARTMENT }),
    ];
    for (const call of calls) await expect(call()).rejects.toEqual(refused(404, "NotAuthorizedOrNotFound"));
    functionClient.close();
    principal.remove();
    expect(asked).toEqual([
      ["METRIC_WRITE", COMPARTMENT, { "target.metrics.namespace": "relay" }],
      ["METRIC_READ", COMPARTMENT, { "target.metrics.namespace": "relay" }],
      ["ALARM_CREATE", COMPARTMENT, undefined],
      ["ALARM_INSPECT", COMPARTMENT, undefined],
    ]);
  });
});

describe("a query", () => {
  test("is taken apart", () => {
    expect(
      parseMetricQuery(
        'CpuUtilization[5m]{availabilityDomain="cumS:PHX-AD-1", name =~ "a\\"b"}.groupBy(poolId, x).percentile(0.9) > 85',
      ),
    ).toEqual({
      metric: "CpuUtilization",
      intervalMs: 300_000,
      filters: [
        { name: "availabilityDomain", operator: "=", value: "cumS:PHX-AD-1" },
        { name: "name", operator: "=~", value: 'a"b' },
      ],
      groupBy: ["poolId", "x"],
      statistic: "percentile",
      argument: 0.9,
      predicate: { operator: ">", values: [85] },
      expression:
        'CpuUtilization[5m]{availabilityDomain="cumS:PHX-AD-1", name =~ "a\\"b"}.groupBy(poolId, x).percentile(0.9)',
    });
  });

  test.each([
    "CpuUtilization[1m].mean() in (60, 80)",
    "CpuUtilization[1m].mean() not in (60, 80)",
    "CpuUtilization[60m].mean() >= -1.5",
    "CpuUtilization[24h].mean()==0",
    "CpuUtilization[1d].absent(20h)",
    "my_app.success-rate[1m].grouping().rate() != 1e3",
    ' a [ 1m ] { b = "c" } . sum() < .5 ',
  ])("may be %s", (text) => {
    expect(typeof parseMetricQuery(text)).toBe("object");
  });

  test.each([
    ["CpuUtilization.mean()", "metric[interval]"],
    ["CpuUtilization[61m].mean()", "interval 61m"],
    ["CpuUtilization[2d].mean()", "interval 2d"],
    ["CpuUtilization[30s].mean()", "metric[interval]"],
    ["CpuUtilization[1m]", "a statistic was expected"],
    ["CpuUtilization[1m]{a}.mean()", "dimensions"],
    ["CpuUtilization[1m]{a = 'b'}.mean()", "dimensions"],
    ['CpuUtilization[1m]{a = "b",}.mean()', "dimensions"],
    ["CpuUtilization[1m].median()", "there is no statistic median()"],
    ["CpuUtilization[1m].percentile()", "percentile()"],
    ["CpuUtilization[1m].percentile(90)", "percentile()"],
    ["CpuUtilization[1m].sum(1)", "sum() takes nothing"],
    ["CpuUtilization[1m].groupBy().sum()", "groupBy()"],
    ["CpuUtilization[1m].sum() 5", "a comparison was expected"],
    ["CpuUtilization[1m].sum() > five", "a comparison was expected"],
    ["CpuUtilization[1m].sum() > (1, 2)", "a comparison was expected"],
    ["CpuUtilization[1m].sum() in 1", "a comparison was expected"],
    ["(CpuUtilization[1m].max() > 80).grouping().sum()", "nested"],
    ["a[1m].sum() > 1 && b[1m].sum() > 1", "nested and joined"],
  ])("may not be %s", (text, problem) => {
    expect(parseMetricQuery(text)).toEqual(expect.stringContaining(problem));
  });

  test("of any text is answered, and soon", () => {
    const part = fc.constantFrom("a", "[1m]", "{", "}", '"', "\\", ".", "sum()", "(", ")", ">", "1", " ", "=", ",");
    fc.assert(
      fc.property(
        fc.array(part, { maxLength: 200 }).map((parts) => `a[1m]${parts.join("")}`),
        (text) => {
          expect(parseMetricQuery(text)).toBeDefined();
        },
      ),
      { numRuns: 1_000 },
    );
    const start = performance.now();
    parseMetricQuery(`a[1m]{${'b="c",'.repeat(20_000)}`);
    parseMetricQuery(`a[1m]{${"x".repeat(50_000)}`);
    expect(performance.now() - start).toBeLessThan(2_000);
  });
});

test.each([
  ["PT1M", 60_000],
  ["PT1H30M", 5_400_000],
  ["P1DT1S", 86_401_000],
  ["P30D", 2_592_000_000],
  ["PT", undefined],
  ["P", undefined],
  ["P1DT", undefined],
  ["1M", undefined],
  ["P1M", undefined],
])("the duration %s is %s ms", (text, expected) => {
  expect(durationMs(text)).toBe(expected);
});
