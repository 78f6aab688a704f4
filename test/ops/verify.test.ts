import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type LoopbackRequest, type LoopbackServer, serveLoopback } from "../../local/loopback.ts";
import { alterations, type Changeable } from "./alterations.ts";
import { COMPARTMENT, type Installation, ownedIn, startInstallation } from "./installation.ts";

interface Check {
  link: string;
  verdict: string;
  found: string;
  fix?: string;
}

let installation: Installation;
let subscriber: LoopbackServer;
const arrived: LoopbackRequest[] = [];
type Alterations = ReturnType<typeof alterations>;
let alterationsOf: Alterations;

beforeAll(async () => {
  subscriber = await serveLoopback((request) => {
    arrived.push(request);
    return { status: 200 };
  });
  installation = await startInstallation();
  alterationsOf = alterations(installation.local);
  const subscribe = ["--subscribe", `CUSTOM_HTTPS=${subscriber.url}/ons`];
  expect((await installation.at(["provision", "apply", ...subscribe])).code).toBe(0);
});
afterEach(() => {
  alterationsOf.undo();
  installation.sink.answer = () => ({ status: 200 });
  installation.local.fault = undefined;
});
afterAll(async () => {
  await installation.close();
  await subscriber.close();
});

async function verify(...args: string[]): Promise<{ code: number | null; checks: Check[] }> {
  const { code, out, err } = await installation.at(["verify", "--json", "--wait", "5", ...args]);
  expect(err).toBe("");
  return { code, checks: JSON.parse(out).checks };
}

/** Until all that is on its way has arrived: events on the bus first, then what they made the topic send. */
async function settled(): Promise<void> {
  await installation.local.events.settled();
  await installation.local.notifications.settled();
}

/** The links that are not as they should be, and what is said of them. */
const notOk = (checks: readonly Check[]) => checks.filter(({ verdict }) => verdict === "failed");

const alter: Alterations["alter"] = (...args) => alterationsOf.alter(...args);
const takeAway: Alterations["takeAway"] = (...args) => alterationsOf.takeAway(...args);

const subscriptionOf = () => [...installation.local.cloud.store.collection<Changeable>("subscriptions").values()][0];

describe("relay verify", () => {
  test("finds a subscription that is not confirmed; once it is, all is well, and an event goes from the bus to the sink and the subscriber", async () => {
    const pending = await verify("--no-send");
    expect([pending.code, notOk(pending.checks)]).toEqual([
      1,
      [
        {
          link: `subscription CUSTOM_HTTPS ${subscriber.url}/****`,
          verdict: "failed",
          found: "PENDING: nothing is delivered to it before it is confirmed",
          fix: expect.stringContaining("the receiver has to GET the URL of the header X-OCI-NS-ConfirmationURL"),
        },
      ],
    ]);
    const confirmation = arrived.find(({ headers }) => headers["x-oci-ns-messagetype"] === "SubscriptionConfirmation");
    expect((await fetch(String(confirmation?.headers["x-oci-ns-confirmationurl"]))).status).toBe(200);

    arrived.length = 0;
    installation.sink.received.length = 0;
    const green = await verify("--wait", "20");
    expect([green.code, notOk(green.checks)]).toEqual([0, []]);
    expect(green.checks.filter(({ verdict }) => verdict === "skipped")).toEqual([]);
    expect(green.checks.at(-1)).toEqual({
      link: "from the bus to the receivers",
      verdict: "ok",
      found: expect.stringMatching(
        /^the bucket relay-verify-[0-9a-f]{8} was made, and told to webhook, ons after \d+\.\d s$/,
      ),
    });
    // The validation request, the synthetic event, and the bucket that was made and deleted.
    await settled();
    expect(installation.sink.received.map(({ event, token }) => [event, token])).toEqual([
      ["", "valid"],
      ["BUCKET/CREATE", "valid"],
      ["BUCKET/CREATE", "valid"],
      ["BUCKET/DELETE", "valid"],
    ]);
    expect(
      arrived.map(({ headers, body }) => [headers["x-oci-ns-messagetype"], JSON.parse(body.toString()).resource_type]),
    ).toEqual(Array(3).fill(["Notification", "bucket"]));
    expect(ownedIn(installation.local).buckets).toEqual(["relay-dead-letters", "relay-dedupe"]);
  });

  test("an event that somebody emits on the bus arrives as a webhook, and at the subscriber", async () => {
    arrived.length = 0;
    installation.sink.received.length = 0;
    const event = {
      ...{
        eventType: "com.oraclecloud.computeapi.launchinstance.end",
        cloudEventsVersion: "0.1",
        source: "ComputeApi",
      },
      ...{
        eventTypeVersion: "2.0",
        eventTime: "2026-11-30T08:16:07Z",
        eventID: "6f1d0c52-8a3e-4a55-9d0b-2b1f6f3c9e77",
      },
      data: { compartmentId: COMPARTMENT, resourceName: "web-9", resourceId: "ocid1.instance.oc1.phx.a" },
      extensions: { compartmentId: COMPARTMENT },
    };
    const emitted = await fetch(`${installation.local.url}/emulator/events`, {
      method: "POST",
      body: JSON.stringify(event),
    });
    expect(emitted.status).toBe(200);
    await settled();
    expect(installation.sink.received.map(({ event: name }) => name)).toEqual(["SERVER/CREATE"]);
    expect(JSON.parse(arrived[0]?.body.toString() ?? "").resource_details.name).toBe("web-9");
  });

  test("--no-send only looks", async () => {
    installation.sink.received.length = 0;
    const { code, checks } = await verify("--no-send");
    expect([code, notOk(checks), installation.sink.received]).toEqual([0, [], []]);
    expect(checks.at(-1)).toEqual({ link: "synthetic event", verdict: "skipped", found: "not sent: --no-send" });
  });

  test("tells people in a table what is broken, and counts", async () => {
    alter("rules", "relay", (rule) => Object.assign(rule, { isEnabled: false, lifecycleState: "INACTIVE" }));
    const { code, out } = await installation.at(["verify", "--no-send"]);
    expect([code, out]).toEqual([
      1,
      expect.stringMatching(
        /^failed {3}rule relay: it is disabled: nothing comes\n {9}→ oci events rule update --rule-id ocid1\.eventrule\.\S+ --is-enabled true$/m,
      ),
    ]);
    expect(out).toMatch(/\d+ as they should be, 1 broken, \d+ to think about, 1 not looked at\.\n$/);
  });
});

describe("relay verify finds, and names", () => {
  test.each<[string, () => void, { link: string; found: string; fix: string }]>([
    [
      "a rule that is disabled",
      () => alter("rules", "relay", (rule) => Object.assign(rule, { isEnabled: false, lifecycleState: "INACTIVE" })),
      { link: "rule relay", found: "it is disabled: nothing comes", fix: "--is-enabled true" },
    ],
    [
      "a condition that is no condition",
      () =>
        alter("rules", "relay", (rule) =>
          Object.assign(rule, { condition: '{"eventType":["com.oraclecloud.computeapi.launchinstance!"]}' }),
        ),
      {
        link: "rule relay",
        found: "its condition.eventType: ",
        fix: "npm run relay -- rule tells what it should be",
      },
    ],
    [
      "a rule for identity that does not stand in the root compartment",
      () => alter("rules", "relay-identity", (rule) => Object.assign(rule, { compartmentId: COMPARTMENT })),
      {
        link: "rule relay-identity",
        found: "and does not stand in the root compartment",
        fix: "these events reach rules of the root compartment only",
      },
    ],
    [
      "a rule that calls another function",
      () =>
        alter("rules", "relay", (rule) => {
          for (const action of rule.actions as { functionId?: string }[])
            action.functionId = "ocid1.fnfunc.oc1.phx.another";
        }),
      { link: "rule relay", found: "it calls another function: ocid1.fnfunc.oc1.phx.another", fix: "provision apply" },
    ],
    [
      "that there is no rule",
      () => takeAway("rules"),
      {
        link: "rules",
        found: "no rule of this compartment, nor of those above it, calls the function",
        fix: "provision apply makes them",
      },
    ],
    [
      "that no policy lets the function publish",
      () => takeAway("policies"),
      {
        link: "policies of the function",
        found: "nothing lets it publish on ocid1.onstopic",
        fix: "in a policy: Allow dynamic-group relay-function to use ons-topics in compartment id",
      },
    ],
    [
      "what comes of that: a 404 at the topic",
      () =>
        alter("policies", "relay", (policy) => {
          policy.statements = (policy.statements as string[]).filter((text) => !text.includes("ons-topics"));
        }),
      {
        link: "synthetic event to ons",
        found:
          "no such topic in this region (check the OCID and its region), or the policy is missing: Allow dynamic-group",
        fix: "what is kept is sent by npm run relay -- replay --function ocid1.fnfunc.",
      },
    ],
    [
      "a receiver that fails",
      () => {
        installation.sink.answer = () => ({ status: 400 });
      },
      {
        link: "synthetic event to webhook",
        found: "dead-lettered, answered 400",
        fix: "--bucket relay-dead-letters",
      },
    ],
    [
      "a receiver with another key",
      () => {
        const key = installation.sink.secretKey;
        installation.sink.secretKey = "another-key-of-at-least-32-letters";
        alterationsOf.also(() => {
          installation.sink.secretKey = key;
        });
      },
      {
        link: "receiver of webhook",
        found: "answers Yunion's validation request with 401",
        fix: "compare WEBHOOK_SECRET_KEY",
      },
    ],
    [
      "a topic that is gone",
      () => takeAway("topics"),
      {
        link: "topic",
        found: "404, it is not there, or no policy lets you see it",
        fix: "set ONS_TOPIC_ID to a topic of this region",
      },
    ],
    [
      "a topic that comes back to the function",
      () => {
        const subscription = subscriptionOf();
        alter("subscriptions", "CUSTOM_HTTPS", (thing) =>
          Object.assign(thing, {
            ...subscription,
            protocol: "ORACLE_FUNCTIONS",
            endpoint: installation.functionId,
            lifecycleState: "ACTIVE",
          }),
        );
      },
      { link: "subscription ORACLE_FUNCTIONS", found: "a loop", fix: "subscribe it to a topic of its own publishers" },
    ],
    [
      "an image that does not run",
      () => {
        installation.local.fault = ({ path }) =>
          path.endsWith("/actions/invoke")
            ? {
                status: 502,
                body: '{"code":"FunctionInvokeContainerInitFail","message":"Container failed to initialize"}',
              }
            : undefined;
      },
      { link: "synthetic event", found: "the function failed; its log says why", fix: "502: the image does not start" },
    ],
    [
      "a configuration with which the function does not start",
      () => alter("functions", "oci-event-relay", (fn) => Object.assign(fn.config as object, { LOG_LEVEL: "loud" })),
      {
        link: "configuration of oci-event-relay",
        found: "the function does not start with it: LOG_LEVEL",
        fix: "provision apply",
      },
    ],
    [
      "a bucket that is gone",
      () =>
        alter("functions", "oci-event-relay", (fn) => Object.assign(fn.config as object, { DEDUPE_BUCKET: "gone" })),
      { link: "bucket gone", found: "404: it is not there", fix: "make it, or set DEDUPE_BUCKET anew" },
    ],
    [
      "a log that is off",
      () => alter("logs", "relay-function-invoke", (log) => Object.assign(log, { isEnabled: false })),
      { link: "log of the function", found: "relay-function-invoke is disabled", fix: "provision apply" },
    ],
    [
      "an alarm that is off",
      () => alter("alarms", "relay-function-errors", (alarm) => Object.assign(alarm, { isEnabled: false })),
      { link: "alarm: the function fails", found: "relay-function-errors is disabled", fix: "provision apply" },
    ],
    [
      "that a rule matches, and does not deliver",
      () => {
        // Only the bus is refused: the operator's own call is signed by a user.
        const { faas } = installation.local;
        const { invoke } = faas;
        faas.invoke = async () => ({ status: 404, body: "{}" });
        alterationsOf.also(() => {
          faas.invoke = invoke;
        });
      },
      {
        link: "from the bus to the receivers",
        found: "a rule matched, and could not deliver, by the metric DeliveryFailedEvents",
        fix: "Allow service cloudEvents to use functions-family",
      },
    ],
  ])("%s", async (_, breakIt, expected) => {
    breakIt();
    const { code, checks } = await verify();
    expect(code).toBe(1);
    expect(notOk(checks)).toContainEqual({
      verdict: "failed",
      link: expect.stringContaining(expected.link),
      found: expect.stringContaining(expected.found),
      fix: expect.stringContaining(expected.fix),
    });
  });

  test("that nobody hears of the only destination", async () => {
    alter("functions", "oci-event-relay", (fn) => {
      for (const name of ["WEBHOOK_URL", "WEBHOOK_SECRET_KEY"]) delete (fn.config as Record<string, string>)[name];
    });
    takeAway("subscriptions");
    const { code, checks } = await verify("--no-send");
    expect([code, notOk(checks)]).toEqual([
      1,
      [
        expect.objectContaining({
          found:
            "0 subscriptions, 0 of them ACTIVE: nobody gets what the relay publishes, and it has no other destination",
        }),
      ],
    ]);
  });

  test("what it may, where OCI does not let it see all", async () => {
    installation.local.fault = ({ path }) =>
      path.startsWith("/20160918/dynamicGroups")
        ? { status: 404, body: '{"code":"NotAuthorizedOrNotFound","message":"no"}' }
        : undefined;
    const { code, checks } = await verify("--no-send");
    expect([
      code,
      notOk(checks),
      checks.filter(({ verdict }) => verdict === "skipped").map(({ link }) => link),
    ]).toEqual([0, [], ["each dynamic group", "policies", "synthetic event"]]);
  });

  test("and takes away a bucket that a verify has left which was killed", async () => {
    const left = { ...installation.local.cloud.store.collection<Changeable>("buckets").get("relay-dedupe") };
    const tags = { freeformTags: { "relay-verify": "true" } };
    const { storage } = installation.local;
    const buckets = installation.local.cloud.store.collection<Changeable>("buckets");
    buckets.set("relay-verify-0badcafe", { ...left, ...tags, name: "relay-verify-0badcafe", objects: new Map() });
    await verify();
    expect([buckets.has("relay-verify-0badcafe"), storage.objects("relay-dedupe").size > 0]).toEqual([false, true]);
  });

  test("a rule that brings nothing of what the routes want", async () => {
    const routes = [{ match: { eventType: "com.oraclecloud.identitycontrolplane.*" }, to: ["webhook"] }];
    alter("functions", "oci-event-relay", (fn) =>
      Object.assign(fn.config as object, { ROUTES: JSON.stringify(routes) }),
    );
    const { code, checks } = await verify("--no-send");
    expect([code, notOk(checks)]).toEqual([
      1,
      [
        {
          link: "rule relay",
          verdict: "failed",
          found: "no route of the function wants any event type that it brings",
          fix: "compare the function's ROUTES with npm run relay -- rule, which makes rules for them",
        },
      ],
    ]);
  });

  test("an application that is not there", async () => {
    const { code, checks } = await verify("--application", "other");
    expect([code, notOk(checks)]).toEqual([
      1,
      expect.arrayContaining([expect.objectContaining({ link: "application other" })]),
    ]);
  });
});

test("a rule for identity outside of the home region is found", async () => {
  const away = await startInstallation({ region: "us-ashburn-1" });
  try {
    await away.at(["provision", "apply"]);
    away.local.fault = ({ path }) =>
      path.endsWith("/regionSubscriptions")
        ? {
            status: 200,
            body: JSON.stringify([
              { regionKey: "PHX", regionName: "us-phoenix-1", status: "READY", isHomeRegion: true },
            ]),
          }
        : undefined;
    const { out } = await away.at(["verify", "--no-send", "--json"]);
    expect(notOk(JSON.parse(out).checks)).toEqual([
      {
        link: "rule relay-identity",
        verdict: "failed",
        found: expect.stringMatching(/^it names identity events \(.*\), and stands in us-ashburn-1$/),
        fix: "these events fire in the home region only: make the rule and a function in us-phoenix-1",
      },
    ]);
  } finally {
    await away.close();
  }
});
