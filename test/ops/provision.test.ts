import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { HttpAnswer } from "../../local/loopback.ts";
import { COMPARTMENT, type Installation, NOTHING, ownedIn, startInstallation, WHOLE } from "./installation.ts";
import type { Ran } from "./tool.ts";

const MAIL = ["--subscribe", "EMAIL=ops@example.com"];

let installation: Installation;

const owned = () => ownedIn(installation.local);
const provision = (...args: string[]): Promise<Ran> => installation.at(["provision", ...args]);
const configOf = () => {
  const functions = installation.local.cloud.store.collection<{ config: Record<string, string> }>("functions");
  return functions.get(installation.functionId)?.config;
};
const refused = (status: number, code: string, message = "why"): HttpAnswer => ({
  status,
  body: JSON.stringify({ code, message }),
});

describe("relay provision", () => {
  beforeEach(async () => {
    installation = await startInstallation();
  });
  afterEach(() => installation.close());

  test("plans without doing, makes all, finds nothing to do the second time, and leaves nothing when it is destroyed", async () => {
    const plan = await provision("plan", ...MAIL);
    expect([plan.code, plan.out]).toEqual([
      0,
      expect.stringContaining("Plan: 16 to create, 1 to change, 0 to delete, 1 as they should be."),
    ]);
    expect(owned()).toEqual(NOTHING);

    const applied = await provision("apply", ...MAIL);
    expect([applied.code, applied.err.includes("Error")]).toEqual([0, false]);
    expect(applied.out).toContain("[18/18] created log relay-function-invoke");
    expect(owned()).toEqual(WHOLE);
    expect(configOf()).toEqual({
      WEBHOOK_URL: `${installation.sink.url}/hook`,
      WEBHOOK_SECRET_KEY: expect.any(String),
      ONS_TOPIC_ID: expect.stringMatching(/^ocid1\.onstopic\./),
      DEAD_LETTER_BUCKET: "relay-dead-letters",
      DEDUPE_BUCKET: "relay-dedupe",
    });

    const again = await provision("apply", ...MAIL);
    expect([again.code, again.out]).toEqual([0, "Nothing to do: all 18 are as they should be.\n"]);

    const destroyed = await provision("destroy", "--yes");
    expect([destroyed.code, owned()]).toEqual([0, NOTHING]);
    expect(Object.keys(configOf() ?? {}).sort()).toEqual(["WEBHOOK_SECRET_KEY", "WEBHOOK_URL"]);
    expect((await provision("destroy", "--yes")).out).toBe(
      "There is nothing of relay here: nothing bears the tag oci-event-relay=relay.\n",
    );
  });

  test("changes what is otherwise, and only that", async () => {
    await provision("apply", ...MAIL);
    const changed = await installation.at(["provision", "apply", ...MAIL, "--keep-days", "30"], {
      env: { WEBHOOK_URL: `${installation.sink.url}/other` },
    });
    expect(changed.out.split("\n").filter((line) => /^[[~]/.test(line))).toEqual([
      "~ change  function              oci-event-relay",
      "~ change  lifecycle policy      dead-letters",
      expect.stringMatching(/^\[ 6\/18\] changed function oci-event-relay /),
      expect.stringMatching(/^\[ 9\/18\] changed lifecycle policy relay-dead-letters /),
    ]);
    expect(changed.out).toContain("config.WEBHOOK_URL: **** → ****");
    expect(configOf()?.WEBHOOK_URL).toBe(`${installation.sink.url}/other`);
  });

  test("mends what somebody has changed, and keeps their tags", async () => {
    await provision("apply", ...MAIL);
    const rules = installation.local.cloud.store.collection<{
      displayName: string;
      isEnabled: boolean;
      freeformTags: Record<string, string>;
    }>("rules");
    const rule = [...rules.values()].find(({ displayName }) => displayName === "relay");
    Object.assign(rule ?? {}, { isEnabled: false, freeformTags: { ...rule?.freeformTags, team: "ops" } });
    const { out } = await provision("apply", ...MAIL);
    expect(out).toContain("isEnabled: false → true");
    expect([rule?.isEnabled, rule?.freeformTags]).toEqual([
      true,
      {
        team: "ops",
        "oci-event-relay": "relay",
        "oci-event-relay-place": `us-phoenix-1 ${COMPARTMENT}`,
      },
    ]);
  });

  test("asks before it deletes what is no longer wanted, and goes on only if that is meant", async () => {
    await provision("apply", ...MAIL);
    const asked = await provision("apply");
    expect([asked.code, asked.out, asked.err]).toEqual([
      1,
      expect.stringContaining("- delete  subscription          EMAIL ops@example.com (no longer wanted)"),
      expect.stringContaining(
        "Nothing was done: to delete 1 has to be confirmed, and nobody is there to ask. Say --yes if it is meant.",
      ),
    ]);
    expect(owned().subscriptions).toEqual(["ops@example.com"]);
    expect((await provision("apply", "--yes")).code).toBe(0);
    expect(owned()).toEqual({ ...WHOLE, subscriptions: [] });
  });

  test("leaves alone what it has not made, and says so before it does anything", async () => {
    const { cloud } = installation.local;
    await provision("apply");
    const topics = cloud.store.collection<{ freeformTags: Record<string, string> }>("topics");
    for (const topic of topics.values()) topic.freeformTags = {};
    const { code, out, err } = await provision("apply", "--keep-days", "30");
    expect([code, out, err]).toEqual([
      1,
      expect.stringMatching(
        /^! refuse {2}ONS topic .*relay\n {4}relay is there, but does not bear the tags of this relay: .* Give another --name/m,
      ),
      expect.stringContaining("Nothing was done: first see to what is marked with !"),
    ]);
  });

  test("does not take what is tenancy-wide for its own because another relay of that name has made it", async () => {
    await provision("apply");
    const elsewhere = "ocid1.compartment.oc1..aaaaaaaaanothercompartment";
    const compartments = installation.local.cloud.store.collection<{ id: string }>("compartments");
    compartments.set(elsewhere, { ...(compartments.get(COMPARTMENT) ?? { id: "" }), id: elsewhere });
    const other = await installation.at(["provision", "destroy", "--yes", "--compartment", elsewhere]);
    expect([other.code, other.out]).toEqual([0, expect.stringContaining("There is nothing of relay here")]);
    expect(owned()).toEqual({ ...WHOLE, subscriptions: [] });
  });

  test("leaves a function alone that serves another relay", async () => {
    await provision("apply");
    const { code, out } = await provision("plan", "--name", "other");
    expect([code, out]).toEqual([
      1,
      expect.stringContaining(
        "oci-event-relay keeps its things in relay-dead-letters (DEAD_LETTER_BUCKET): it serves another relay.",
      ),
    ]);
  });

  test("is content with a log that somebody else has switched on", async () => {
    await provision("apply");
    const { cloud } = installation.local;
    for (const log of cloud.store.collection<{ freeformTags: object; displayName: string }>("logs").values())
      Object.assign(log, { freeformTags: {}, displayName: "made in the console" });
    expect((await provision("apply")).out).toMatch(/^Nothing to do/);
  });

  test("asks before rules and permissions are turned to another function", async () => {
    await provision("apply");
    const functions = installation.local.cloud.store.collection<{ id: string; displayName: string }>("functions");
    const [fn] = functions.values();
    const another = { ...structuredClone(fn), id: "ocid1.fnfunc.oc1.phx.aaaaaaaaanother", displayName: "another" };
    functions.set(another.id, another);
    const asked = await provision("apply", "--function", "another");
    expect([asked.code, asked.err]).toEqual([
      1,
      expect.stringContaining("Nothing was done: to turn to another function has to be confirmed"),
    ]);
  });

  test("shows no endpoint that is a secret, whatever stops it", async () => {
    installation.local.fault = ({ method, path, body }) =>
      method === "POST" && path === "/20181201/topics"
        ? refused(
            400,
            `${body.length}`,
            "https://hooks.slack.com/services/T0/B0/SECRET and installation-secret-key-of-32-char",
          )
        : undefined;
    const slack = ["--subscribe", "SLACK=https://hooks.slack.com/services/T0/B0/SECRET"];
    const told = [
      await provision("plan", ...slack),
      await provision("apply", ...slack),
      await provision("apply", ...slack, "--json"),
    ];
    const all = told.map(({ out, err }) => out + err).join("\n");
    expect(all).toContain("Not begun: subscription SLACK https://hooks.slack.com/****");
    expect([all.includes("B0/SECRET"), all.includes("installation-secret-key")]).toEqual([false, false]);
  });

  test("does not destroy dead letters unless that is meant", async () => {
    await provision("apply");
    installation.local.storage.objects("relay-dead-letters").set("dead-letter/2026-03-02/a.webhook.b.json", {
      body: Buffer.from("{}"),
      etag: "e",
      timeCreated: "2026-03-02T08:16:07Z",
      contentType: "application/json",
    });
    const refused = await provision("destroy", "--yes");
    expect([refused.code, refused.err]).toEqual([
      1,
      expect.stringContaining("Nothing was done: relay-dead-letters still keeps dead letters or rejected input."),
    ]);
    expect(owned()).toEqual({ ...WHOLE, subscriptions: [] });
    const destroyed = await provision("destroy", "--yes", "--delete-dead-letters");
    expect([destroyed.code, owned()]).toEqual([0, NOTHING]);
  });

  test("says where it stopped, what that means, and goes on from there", async () => {
    installation.local.fault = ({ method, path }) =>
      method === "POST" && path === "/20181201/rules" ? refused(400, "LimitExceeded", "rule-count is 0") : undefined;
    const stopped = await provision("apply");
    expect([stopped.code, stopped.err]).toEqual([
      1,
      expect.stringContaining(
        [
          "stopped at step 10 of 17.",
          "rule relay: answered 400 LimitExceeded: rule-count is 0; the tenancy is at a limit (of Events rules 50 a region, 0 in some Always Free tenancies): see Limits, Quotas and Usage in the console, and ask for more.",
          "Not begun: rule relay-identity; alarm function-errors; alarm not-delivered relay; alarm not-delivered relay-identity; alarm dead-letters; log-group; log function-invoke.",
          "What was done stays. Mend that, and give the same command again: it goes on from there.",
        ].join("\n"),
      ),
    ]);
    installation.local.fault = undefined;
    expect((await provision("apply")).code).toBe(0);
    expect(owned()).toEqual({ ...WHOLE, subscriptions: [] });
  });

  test("makes application and function too, of an image", async () => {
    const fresh = await startInstallation({ isDeployed: false });
    try {
      const missing = await fresh.at(["provision", "plan"]);
      expect([missing.code, missing.out]).toEqual([
        1,
        expect.stringContaining("there is no application relay in this compartment: make it (fn create app relay"),
      ]);
      const image = [
        "--image",
        "phx.ocir.io/tenancy/oci-event-relay:0.1.0",
        "--subnet",
        "ocid1.subnet.oc1.phx.aaaaaaaas",
      ];
      expect((await fresh.at(["provision", "apply", ...image])).code).toBe(0);
      expect((await fresh.at(["provision", "apply", ...image])).out).toMatch(/^Nothing to do/);
      expect((await fresh.at(["provision", "destroy", "--yes"])).code).toBe(0);
      const left = ["applications", "functions"].map((kind) => fresh.local.cloud.store.collection(kind).size);
      expect([left, ownedIn(fresh.local)]).toEqual([[0, 0], NOTHING]);
    } finally {
      await fresh.close();
    }
  });

  test("works with a session token", async () => {
    const session = installation.local.issuer.session();
    const access = ["--auth", "session", "--config-file", session.configFile];
    const { code, out } = await installation.relay(["provision", "plan", "--compartment", COMPARTMENT, ...access], {
      env: { OCI_ENDPOINT_URL: installation.local.url, WEBHOOK_URL: installation.sink.url },
    });
    session.remove();
    expect([code, out]).toEqual([0, expect.stringContaining("Plan: 15 to create")]);
  });

  test("works as a resource principal that policies let do so", async () => {
    const { cloud, issuer } = installation.local;
    const functionId = "ocid1.fnfunc.oc1.phx.aaaaaaaaoperator";
    const principal = issuer.principal({ functionId, compartmentId: COMPARTMENT });
    const tags = { freeformTags: {}, definedTags: {}, etag: "e", timeCreated: "2026-03-02T08:16:07Z" };
    const group = {
      id: "ocid1.dynamicgroup.oc1..aaaaaaaaoperators",
      name: "operators",
      compartmentId: cloud.tenancyId,
    };
    const matchingRule = `ALL {resource.id = '${functionId}'}`;
    const env = {
      OCI_ENDPOINT_URL: installation.local.url,
      WEBHOOK_URL: installation.sink.url,
      ...principal.variables,
    };
    const plan = () =>
      installation.relay(["provision", "plan", "--compartment", COMPARTMENT, "--auth", "resource"], { env });
    const refused = await plan();
    expect([refused.code, refused.err]).toEqual([2, expect.stringContaining("answered 404 NotAuthorizedOrNotFound")]);
    cloud.store
      .collection("dynamic-groups")
      .set(group.id, { ...group, ...tags, matchingRule, lifecycleState: "ACTIVE" });
    cloud.store.collection("policies").set("p", {
      ...{ id: "p", name: "operators", compartmentId: cloud.tenancyId, ...tags, lifecycleState: "ACTIVE" },
      statements: ["Allow dynamic-group operators to manage all-resources in tenancy"],
    });
    const { code, out } = await plan();
    principal.remove();
    expect([code, out]).toEqual([0, expect.stringContaining("Plan: 15 to create")]);
  });
});

describe("of what it cannot do it says what to do instead, and does nothing:", () => {
  let one: Installation;
  beforeAll(async () => {
    one = await startInstallation();
  });
  afterAll(() => one.close());

  test.each<[string, string[], Record<string, string>, string]>([
    ["no compartment", ["provision", "plan"], {}, "required option '--compartment <ocid>' not specified"],
    [
      "a compartment that is none",
      ["provision", "plan", "--compartment", "dev"],
      {},
      "expected an OCID such as ocid1.compartment.oc1…",
    ],
    [
      "a compartment that is not there",
      ["--compartment", `${COMPARTMENT}x`],
      {},
      `the compartment ${COMPARTMENT}x: answered 404 NotAuthorizedOrNotFound`,
    ],
    ["a command that is none", ["provision", "aply"], {}, "unknown command 'aply'\n(Did you mean apply?)"],
    [
      "the deprecated HTTPS",
      ["--subscribe", "HTTPS=https://a.example"],
      {},
      "HTTPS is deprecated in ONS and means PagerDuty: write CUSTOM_HTTPS",
    ],
    ["SMS", ["--subscribe", "SMS=+4912345"], {}, "ONS drops SMS for what functions and Events publish"],
    [
      "a query in a CUSTOM_HTTPS endpoint",
      ["--subscribe", "CUSTOM_HTTPS=https://a.example/?k=1"],
      {},
      "CUSTOM_HTTPS: expected a public https URL without a query",
    ],
    [
      "no protocol",
      ["--subscribe", "ops@example.com"],
      {},
      "expected <protocol>=<endpoint>, with one of EMAIL, CUSTOM_HTTPS, SLACK, PAGERDUTY, ORACLE_FUNCTIONS",
    ],
    [
      "an image without a subnet",
      ["--image", "a"],
      {},
      "--image: an application needs a subnet to run in: name it with --subnet <ocid>",
    ],
    [
      "a name in capitals",
      ["--name", "Relay"],
      {},
      "expected small letters, digits and hyphens, at most 31, a letter first.",
    ],
    ["days that are none", ["--keep-days", "0"], {}, "expected a whole number from 1 to 36500."],
    ["a pack that is none", ["--pack", "netwerk"], {}, "did you mean network?"],
    [
      "a topic of one's own",
      [],
      { ONS_TOPIC_ID: "ocid1.onstopic.oc1.phx.a" },
      "ONS_TOPIC_ID: provision sets this itself, to what it makes; unset it",
    ],
    [
      "a configuration that would not start",
      [],
      { LOG_LEVEL: "loud" },
      "the function would not start with the configuration of this environment:\n  LOG_LEVEL",
    ],
    [
      "an endpoint where nobody is",
      ["--endpoint", "http://127.0.0.1:1"],
      {},
      "no answer (fetch failed); see the endpoint and the network",
    ],
    [
      "no configuration of OCI",
      ["--config-file", "/nonexistent/config"],
      {},
      "no access to OCI as config: /nonexistent/config, profile DEFAULT",
    ],
  ])("%s", async (_, args, env, expected) => {
    const ran =
      args[0] === "provision" ? await one.relay(args) : await one.at(["provision", "apply", ...args], { env });
    expect([ran.code, ran.err]).toEqual([2, expect.stringContaining(expected)]);
    expect(ownedIn(one.local)).toEqual(NOTHING);
  });
});

describe("what OCI refuses is explained:", () => {
  let one: Installation;
  beforeAll(async () => {
    one = await startInstallation();
  });
  afterAll(() => one.close());

  test.each<[number, string, string]>([
    [
      400,
      "InvalidParameter",
      "it names what it does not take; of a rule that is mostly the condition (npm run relay -- rule)",
    ],
    [400, "LimitExceeded", "the tenancy is at a limit"],
    [400, "TopicLimitReached", "the tenancy is at a limit"],
    [401, "NotAuthenticated", "see the key, its fingerprint, the user and the clock"],
    [404, "NotAuthorizedOrNotFound", "there is no such thing in this region, or no policy lets you see it"],
    [409, "Conflict", "there is one already by that name"],
    [429, "TooManyRequests", "OCI does not say how long to wait: try again in a minute"],
    [
      500,
      "InternalServerError",
      "trouble inside of OCI: try again; if it stays, see https://ocistatus.oraclecloud.com",
    ],
  ])("%d %s", async (status, code, expected) => {
    one.local.fault = ({ method, path }) =>
      method === "POST" && path === "/20181201/topics" ? refused(status, code) : undefined;
    const { code: exit, err } = await one.at(["provision", "apply"]);
    expect([exit, err]).toEqual([
      1,
      expect.stringContaining(`stopped at step 1 of 17.\ntopic: answered ${status} ${code}: why; ${expected}`),
    ]);
  });
});
