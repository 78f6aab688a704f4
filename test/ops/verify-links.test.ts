import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import type { Check } from "../../ops/verify/check.ts";
import { generousGroup, generousStatement } from "../../ops/verify/unknown-holds.ts";
import { verifyAll } from "../../ops/verify/walk.ts";
import { alterations, type Changeable } from "./alterations.ts";
import { COMPARTMENT, type Installation, startInstallation } from "./installation.ts";

let installation: Installation;
let things: ReturnType<typeof alterations>;
/** What of a sound installation is not "ok" either. */
let usual: Check[];
let rule: Changeable;

const ELSEWHERE = "ocid1.compartment.oc1..aaaaaaaaelsewhere";
const tenancy = () => installation.local.cloud.tenancyId;

beforeAll(async () => {
  installation = await startInstallation();
  things = alterations(installation.local);
  const apply = ["provision", "apply", "--subscribe", "EMAIL=ops@example.com"];
  expect((await installation.at(apply)).code).toBe(0);
  Object.assign(things.one("subscriptions", "EMAIL"), { lifecycleState: "ACTIVE" });
  rule = things.one("rules", "relay");
  usual = (await looked()).all.filter(({ verdict }) => verdict !== "ok");
  expect(usual.filter(({ verdict }) => verdict === "failed")).toEqual([]);
});
afterEach(() => {
  things.undo();
  installation.local.fault = undefined;
});
afterAll(() => installation.close());

/** In this process: the tool as one shows nothing more. */
async function looked(options: { send?: boolean; function?: string } = {}) {
  const lines: string[] = [];
  const log = vi.spyOn(console, "log").mockImplementation((line: string) => void lines.push(line));
  // The SDK warns of every answer that is an error; the tool drops that.
  const warn = vi.spyOn(console, "warn").mockImplementation(() => undefined);
  const code = await verifyAll({
    ...{
      auth: "config",
      configFile: installation.user.configFile,
      profile: "DEFAULT",
      endpoint: installation.local.url,
    },
    ...{ name: "relay", compartment: COMPARTMENT, application: "relay", function: "oci-event-relay" },
    ...{ send: false, wait: 10, json: true, ...options },
  }).finally(() => {
    log.mockRestore();
    warn.mockRestore();
  });
  const all: Check[] = JSON.parse(lines.join("\n")).checks;
  return { code, all };
}

/** Beside what is usual: "failed rule relay: it is disabled" */
async function news(
  options?: Parameters<typeof looked>[0],
): Promise<{ code: number; told: string[]; fixes: string[] }> {
  const { code, all } = await looked(options);
  const known = new Set(usual.map(({ link, found }) => `${link} ${found}`));
  const unusual = all.filter(({ verdict, link, found }) => verdict !== "ok" && !known.has(`${link} ${found}`));
  return {
    code,
    told: unusual.map(({ verdict, link, found }) => `${verdict} ${link}: ${found}`),
    fixes: unusual.map(({ fix = "" }) => fix),
  };
}

const conditionIs = (condition: object) => () =>
  things.alter("rules", "relay", (thing) => Object.assign(thing, { condition: JSON.stringify(condition) }));
const configHas = (config: object) => () =>
  things.alter("functions", "oci-event-relay", (fn) => Object.assign(fn.config as object, config));
const routesAre = (...matches: object[]) =>
  configHas({ ROUTES: JSON.stringify(matches.map((match) => ({ match, to: ["webhook"] }))) });
const alarmHas = (name: string, change: object) => () =>
  things.alter("alarms", name, (alarm) => Object.assign(alarm, change));
const addCompartment = (id: string, name: string) =>
  things.add("compartments", id, { ...things.one("compartments", "relay"), name, compartmentId: tenancy() });
const ruleIsIn = (compartmentId: string) =>
  things.alter("rules", "relay", (thing) => Object.assign(thing, { compartmentId }));
const statementIs = (statement: string) => () =>
  things.alter("policies", "relay", (policy) => {
    policy.statements = [statement, ...(policy.statements as string[]).filter((text) => !text.includes("-function"))];
  });

/** Somebody's own rule, which calls the function as well. */
function addOwnRule(): string {
  const id = "ocid1.eventrule.oc1.phx.mine";
  things.add("rules", id, { ...structuredClone(rule), displayName: "mine", freeformTags: {} });
  return id;
}

describe("relay verify finds nothing wrong with", () => {
  test.each<[string, () => void]>([
    ["a pattern that takes in identity events among others", conditionIs({ eventType: ["*"] })],
    ["a pattern of all that Oracle documents", conditionIs({ eventType: ["com.oraclecloud.*"] })],
    [
      "a rule of a compartment between the relay's and the root",
      () => {
        addCompartment(ELSEWHERE, "parent");
        things.alter("compartments", "relay", (thing) => Object.assign(thing, { compartmentId: ELSEWHERE }));
        ruleIsIn(ELSEWHERE);
        // And there is no other.
        things.takeAway("rules", "relay-identity");
        things.takeAway("alarms", "relay-identity-not-delivered");
        things.alter("alarms", "relay-not-delivered", (alarm) =>
          Object.assign(alarm, { metricCompartmentId: ELSEWHERE }),
        );
      },
    ],
    [
      "somebody's own rule that an alarm of their own watches",
      () => {
        const id = addOwnRule();
        const query = `DeliveryFailedEvents[5m]{resourceId =~ "ocid1.eventrule.other|${id}"}.count() > 0`;
        const alarm = { ...things.one("alarms", "relay-not-delivered"), displayName: "mine", freeformTags: {}, query };
        things.add("alarms", "ocid1.alarm.oc1.phx.mine", alarm);
      },
    ],
    [
      "a failed action of somebody's own rule that is not the relay's",
      () => {
        const id = addOwnRule();
        const alarm = things.one("alarms", "relay-not-delivered");
        things.alter("alarms", "relay-not-delivered", () =>
          Object.assign(alarm, { query: "DeliveryFailedEvents[1m].sum() > 0" }),
        );
        const mine = installation.local.cloud.store.collection<{ actions: object[] }>("rules").get(id);
        mine?.actions.push({ actionType: "ONS", isEnabled: true, topicId: "gone", lifecycleState: "FAILED", id: "x" });
      },
    ],
    ["routes that take what comes", routesAre({}, { eventType: "*" }, { eventType: "com.oraclecloud.*" })],
    [
      "a route whose pattern takes a part of what comes",
      routesAre({ eventType: ["com.oraclecloud.computeapi.*", "com.oraclecloud.identitycontrolplane.*"] }),
    ],
    [
      "a subscription in another compartment than its topic",
      () => things.alter("subscriptions", "EMAIL", (thing) => Object.assign(thing, { compartmentId: tenancy() })),
    ],
    [
      "a log that stands in a log group of somebody else's",
      () => things.alter("logs", "relay-function-invoke", (log) => Object.assign(log, { freeformTags: {} })),
    ],
  ])("%s", async (_, change) => {
    change();
    expect(await news()).toEqual({ code: 0, told: [], fixes: [] });
  });
});

describe("relay verify tells of", () => {
  const ALARM = "alarm: a rule cannot deliver an event";
  const GONE = "ocid1.onstopic.oc1.phx.gone";
  test.each<[string, () => void, number, (string | RegExp)[], RegExp]>([
    [
      "somebody's own rule that no alarm watches, and how to make one",
      addOwnRule,
      0,
      [`warning ${ALARM}: no alarm of this compartment asks for ocid1.eventrule.oc1.phx.mine`],
      /^oci monitoring alarm create --display-name mine-alarm .* --query-text 'DeliveryFailedEvents\[1m\]\{resourceId = "ocid1\.eventrule\.oc1\.phx\.mine"\}\.sum\(\) > 0' .* --destinations '\["ocid1\.onstopic\./,
    ],
    [
      "a rule that was moved beside the relay's compartment",
      () => {
        addCompartment(ELSEWHERE, "beside");
        ruleIsIn(ELSEWHERE);
      },
      0,
      [
        /^warning alarm: .*: relay-not-delivered asks for the rule relay, which stands in \S+elsewhere, and brings no event of this one$/,
      ],
      /^oci events rule change-compartment --rule-id ocid1\.eventrule\.\S+ --compartment-id ocid1\.compartment\.oc1\.\.aaaaaaaarelaycompartment$/,
    ],
    [
      "a rule that is gone",
      () => things.takeAway("rules", "relay"),
      0,
      [
        /^warning alarm: .*: relay-not-delivered asks for ocid1\.eventrule\.\S+, which is not there, or no policy lets you see it$/,
      ],
      /provision apply/,
    ],
    [
      "event types that routes name and no rule brings",
      () => {
        routesAre(
          { eventType: ["com.oraclecloud.identitycontrolplane.createuser", "com.oraclecloud.custom.thing"] },
          { eventType: "com.oraclecloud.dataflow.*" },
        )();
        conditionIs({ eventType: ["com.oraclecloud.computeapi.*"] })();
      },
      1,
      [
        "failed rule relay: no route of the function wants any event type that it brings",
        "warning routes: they want com.oraclecloud.custom.thing, com.oraclecloud.dataflow.*, and no active rule that calls the function brings that",
      ],
      /ROUTES/,
    ],
    [
      "another failed action of the relay's own rule",
      () =>
        things.alter("rules", "relay", (thing) => {
          const failed = { lifecycleState: "FAILED", lifecycleMessage: "no topic" };
          (thing.actions as object[]).push({ actionType: "ONS", isEnabled: true, topicId: GONE, id: "x", ...failed });
        }),
      1,
      ["failed rule relay: its action ONS has FAILED: no topic"],
      /provision apply/,
    ],
    [
      "dead letters that stay for ever",
      () =>
        things.alter("buckets", "relay-dead-letters", (bucket) =>
          Object.assign(bucket, { lifecyclePolicy: undefined }),
        ),
      0,
      [
        "warning bucket relay-dead-letters: nothing is ever deleted from it: its lifecycle policy is gone, or deletes nothing",
      ],
      /provision apply/,
    ],
    [
      "dead letters that anybody may read",
      () =>
        things.alter("buckets", "relay-dead-letters", (bucket) =>
          Object.assign(bucket, { publicAccessType: "ObjectRead" }),
        ),
      1,
      ["failed bucket relay-dead-letters: anybody may read what is in it: its public access is ObjectRead"],
      /^oci os bucket update --name relay-dead-letters --public-access-type NoPublicAccess$/,
    ],
    [
      "an alarm to a topic that is gone",
      alarmHas("relay-function-errors", { destinations: [GONE] }),
      1,
      [
        `failed alarm: the function fails: relay-function-errors tells only ${GONE}: 404, it is not there, or no policy lets you see it`,
      ],
      /provision apply/,
    ],
    [
      "an alarm for another bucket",
      alarmHas("relay-dead-letters", { query: 'PutRequests[1m]{resourceDisplayName = "other"}.sum() > 0' }),
      1,
      ["failed alarm: a dead letter is written: no alarm of this compartment asks for relay-dead-letters"],
      /provision apply/,
    ],
    [
      "an alarm that looks in another compartment",
      alarmHas("relay-function-errors", { metricCompartmentId: ELSEWHERE }),
      1,
      [
        `failed alarm: the function fails: relay-function-errors looks for metrics in ${ELSEWHERE}, and they are in ${COMPARTMENT}`,
      ],
      /provision apply/,
    ],
    [
      "a log of something else",
      () =>
        things.alter("logs", "relay-function-invoke", (log) => {
          (log.configuration as { source: { category: string } }).source.category = "other";
        }),
      0,
      ["warning log of the function: there is none in this compartment: what fails leaves no trace"],
      /provision apply/,
    ],
    [
      "a log that has failed",
      () => things.alter("logs", "relay-function-invoke", (log) => Object.assign(log, { lifecycleState: "FAILED" })),
      1,
      ["failed log of the function: relay-function-invoke has FAILED: what fails leaves no trace"],
      /^oci logging log delete --log-group-id ocid1\.loggroup\.\S+ --log-id ocid1\.log\.\S+, then npm run relay -- provision apply/,
    ],
    [
      "a function that has failed",
      () => things.alter("functions", "oci-event-relay", (fn) => Object.assign(fn, { lifecycleState: "FAILED" })),
      1,
      ["failed function oci-event-relay: it has FAILED: nothing can call it"],
      /^fn deploy --app relay --no-bump$/,
    ],
    [
      "a function of which OCI does not say whether it works",
      () => things.alter("functions", "oci-event-relay", (fn) => Object.assign(fn, { lifecycleState: "INACTIVE" })),
      0,
      ["warning function oci-event-relay: it is INACTIVE; the synthetic event tells whether it is called"],
      /^fn deploy --app relay --no-bump$/,
    ],
    [
      "a loop through a subscription in another compartment",
      () =>
        things.alter("subscriptions", "EMAIL", (thing) => {
          const own = { protocol: "ORACLE_FUNCTIONS", endpoint: installation.functionId };
          Object.assign(thing, { compartmentId: tenancy(), ...own });
        }),
      1,
      [
        /^failed subscription ORACLE_FUNCTIONS \S+: the function is subscribed to a topic that it publishes on: a loop$/,
      ],
      /^oci ons subscription delete/,
    ],
  ])("%s", async (_, change, code, told, fix) => {
    change();
    const found = await news();
    expect(found).toEqual({
      code,
      told: told.map((each) => (typeof each === "string" ? each : expect.stringMatching(each))),
      fixes: expect.arrayContaining([expect.stringMatching(fix)]),
    });
  });

  test.each([
    [
      "rules",
      "rules of the root",
      (url: string) => url.includes("/rules") && url.includes("ocid1.tenancy."),
      () => things.takeAway("rules"),
    ],
    ["function", "applications", (url: string) => url.includes("/applications"), () => undefined],
  ])("no broken %s where it may not see the %s", async (_, __, isRefused, change) => {
    change();
    installation.local.fault = ({ path }) =>
      isRefused(path) ? { status: 404, body: '{"code":"NotAuthorizedOrNotFound","message":"no"}' } : undefined;
    const { code, told } = await news();
    expect([code, told.filter((each) => each.startsWith("failed"))]).toEqual([0, []]);
  });

  test("a function that is not there, and of nothing that could be said of it only if it were", async () => {
    things.alter("logs", "relay-function-invoke", (log) =>
      Object.assign(log, { logType: "CUSTOM", configuration: null }),
    );
    const { code, told } = await news({ function: "nope" });
    expect([code, told]).toEqual([
      1,
      [
        `failed rule relay: it calls another function: ${installation.functionId}`,
        `failed rule relay-identity: it calls another function: ${installation.functionId}`,
        "failed function nope: there is none of this name in the application",
        "warning log of the function: there is none in this compartment: what fails leaves no trace",
      ],
    ]);
  });
});

describe("relay verify, of policies,", () => {
  const publish = `Allow dynamic-group relay-function to manage all-resources in compartment id ${COMPARTMENT}`;
  const tagged = `all {resource.type='fnfunc', resource.compartment.id='${COMPARTMENT}', tag.ops.relay.value='true'}`;
  const ofGroup = (matchingRule: string) => () =>
    things.alter("dynamic-groups", "relay-function", (group) => Object.assign(group, { matchingRule }));
  test.each<[string, () => void, number, string]>([
    [
      "warns where one asks for the network",
      statementIs(`${publish} where request.networkSource.name='corp'`),
      0,
      "may let",
    ],
    ["warns where the dynamic group asks for a tag", ofGroup(tagged), 0, "may let"],
    [
      "warns where one names a dynamic group of another identity domain",
      statementIs(publish.replace("relay-function", "'Ops'/'relays'")),
      0,
      "may let",
    ],
    [
      "calls broken what is not so whatever the network is",
      statementIs(`${publish} where all {request.networkSource.name='corp', request.principal.type='user'}`),
      1,
      "nothing lets",
    ],
    [
      "calls broken a dynamic group of another function with tags",
      ofGroup(tagged.replace("fnfunc", "fnapp")),
      1,
      "nothing lets",
    ],
  ])("%s", async (_, change, code, said) => {
    change();
    const found = await news();
    const verdict = code === 0 ? "warning" : "failed";
    const line = expect.stringMatching(`^${verdict} policies of the function: .*${said}`);
    expect([found.code, found.told]).toEqual([code, Array(3).fill(line)]);
  });

  test.each([
    [
      "x where any {a.b = 'c', target.bucket.name != 'd'}",
      "x where any {request.permission = /*/, target.bucket.name != 'd'}",
    ],
    ["x where Request.Permission = /ONS_*/", "x where Request.Permission = /ONS_*/"],
  ])("takes what cannot be known in %s as true", (where, expected) => {
    const statement = (text: string) => text.replace(/^x/, "Allow any-user to use ons-topics in tenancy");
    expect(generousStatement(statement(where), [])).toBe(statement(expected));
  });

  test("takes a function to have every tag that a dynamic group asks for", () => {
    expect(generousGroup("any {tag.ops.relay.value, tag.a.b.value != 'c', resource.id = 'd'}")).toBe(
      "any {resource.type = 'fnfunc', resource.type = 'fnfunc', resource.id = 'd'}",
    );
  });
});

describe("relay verify, of a condition that asks for compartments,", () => {
  const ELSE = "and its events are of relay and the compartments below that: none is it";
  const data = (filter: object) => ({ eventType: "com.oraclecloud.objectstorage.*", data: filter });
  beforeEach(() => {
    addCompartment(ELSEWHERE, "beside");
    const child = { ...things.one("compartments", "relay"), name: "child", compartmentId: COMPARTMENT };
    things.add("compartments", "ocid1.compartment.oc1..aaaaaaaachild", child);
  });

  test.each<[string, object, string[]]>([
    [
      "finds a name that none has",
      data({ compartmentName: "nowhere" }),
      [`failed rule relay: its condition asks for data.compartmentName nowhere, ${ELSE}`],
    ],
    [
      "finds one of which the rule hears nothing",
      data({ compartmentId: [ELSEWHERE] }),
      [`failed rule relay: its condition asks for data.compartmentId ${ELSEWHERE}, ${ELSE}`],
    ],
    ["takes its own", { ...data({ compartmentName: "relay" }), extensions: { compartmentId: COMPARTMENT } }, []],
    ["takes one below", data({ compartmentName: ["nowhere", "child"] }), []],
    ["leaves a pattern alone", data({ compartmentName: ["no*", "nowhere"] }), []],
  ])("%s", async (_, condition, expected) => {
    conditionIs(condition)();
    expect((await news()).told).toEqual(expected);
  });
});

describe("relay verify, with an event on its way,", () => {
  const ofCompartment = (compartmentName: string) => ({
    eventType: "com.oraclecloud.objectstorage.createbucket",
    data: { compartmentName },
  });
  const lastOf = ({ all }: Awaited<ReturnType<typeof looked>>) => `${all.at(-1)?.verdict} ${all.at(-1)?.found}`;

  test.each([
    [
      "follows it by a rule of the compartment's name",
      conditionIs(ofCompartment("relay")),
      /^ok the bucket relay-verify-/,
    ],
    [
      "says of a rule with another compartment's name why it does not bring it",
      conditionIs(ofCompartment("nowhere")),
      /^skipped no rule brings the event of a bucket that is made here: relay does not match: data\.compartmentName: the condition wants "nowhere"; the event has "relay"/,
    ],
    [
      "says that no rule brings it where none does",
      conditionIs({ eventType: "com.oraclecloud.computeapi.launchinstance.end" }),
      /^skipped no rule brings com\.oraclecloud\.objectstorage\.createbucket, the one event/,
    ],
    [
      "follows it by routes of the compartment's name",
      routesAre({ data: { compartmentName: "relay" } }),
      /^ok the bucket relay-verify-/,
    ],
  ])("%s", async (_, change, last) => {
    change();
    expect(lastOf(await looked({ send: true }))).toMatch(last);
  });

  test.each([
    ["of buckets", /^\/n\/[^/]+\/b\/?(\?|$)/, "skipped each bucket: "],
    [
      "of the dedupe record's objects",
      /\/b\/relay-dedupe\/o\/?\?/,
      "skipped from the bus to the receivers: it could not be followed: ",
    ],
  ])("tells all else where the list %s is refused", async (_, path, told) => {
    installation.local.fault = ({ method, path: asked }) =>
      method === "GET" && path.test(asked)
        ? { status: 403, body: '{"code":"NotAllowed","message":"no list"}' }
        : undefined;
    const { code, all } = await looked({ send: true });
    const skipped = all.filter(({ verdict }) => verdict === "skipped");
    expect([code, skipped.map(({ link, found }) => `skipped ${link}: ${found}`)]).toEqual([
      0,
      expect.arrayContaining([expect.stringContaining(told)]),
    ]);
    expect(all.map(({ link }) => link)).toContain("synthetic event to webhook");
  });
});
