import { ConfigFileAuthenticationDetailsProvider } from "oci-common";
import { EventsClient } from "oci-events";
import { IdentityClient } from "oci-identity";
import { NotificationControlPlaneClient } from "oci-ons";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { type HttpAnswer, type LoopbackAnswer, serveLoopback } from "../../local/loopback.ts";
import { differences } from "../../ops/provision/difference.ts";
import { subscriptionOf } from "../../ops/provision/subscription-of.ts";
import { maskedEndpoint, secretValues } from "../../ops/provision/tell.ts";
import { whyRefused } from "../../ops/refusal.ts";
import { sdkClient } from "../../ops/sdk-client.ts";
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
/** Puts objects of these names into a bucket. */
const fill = (bucket: string, names: readonly string[]) => {
  const object = { body: Buffer.from("{}"), etag: "e", timeCreated: "2026-03-02T08:16:07Z", contentType: "text/plain" };
  for (const name of names) installation.local.storage.objects(bucket).set(name, { ...object });
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

    // The same twice counts once.
    const applied = await provision("apply", ...MAIL, ...MAIL);
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
            "https://hooks.slack.com/services/T0/B0/SECRET and installation-secret-key-of-32-char of sup3rs3cretvalue: see https://<region>.oraclecloud.com/topics",
          )
        : undefined;
    const slack = ["--subscribe", "SLACK=https://hooks.slack.com/services/T0/B0/SECRET"];
    const env = { WEBHOOK_HEADERS: JSON.stringify({ "X-Key": "Token sup3rs3cretvalue" }) };
    const told = [
      await installation.at(["provision", "plan", ...slack], { env }),
      await installation.at(["provision", "apply", ...slack], { env }),
      await installation.at(["provision", "apply", ...slack, "--json"], { env }),
    ];
    const all = told.map(({ out, err }) => out + err).join("\n");
    expect(all).toContain("Not begun: subscription SLACK https://hooks.slack.com/****");
    expect(all).toContain("https://hooks.slack.com/**** and **** of ****: see https://<region>.oraclecloud.com/****");
    const secrets = ["B0/SECRET", "installation-secret-key", "sup3rs3cretvalue"];
    expect(secrets.filter((each) => all.includes(each))).toEqual([]);
  });

  test("does not destroy dead letters unless that is meant, and says of each bucket how much goes with it", async () => {
    await provision("apply");
    fill("relay-dead-letters", ["dead-letter/2026-03-02/a.webhook.b.json", "payroll/2026.xlsx"]);
    fill(
      "relay-dedupe",
      Array.from({ length: 1_001 }, (_, index) => `other/${index}`),
    );
    const contents = [
      "- delete  bucket                relay-dead-letters, with 2 objects in it",
      "- delete  bucket                relay-dedupe, with more than 1000 objects in it",
    ];
    const buckets = ({ out }: Ran) => out.split("\n").filter((line) => line.startsWith("- delete  bucket"));

    const kept = await provision("destroy", "--yes");
    expect([kept.code, buckets(kept), kept.err]).toEqual([
      1,
      contents,
      expect.stringContaining("Nothing was done: relay-dead-letters still keeps dead letters or rejected input."),
    ]);
    const machine = await provision("destroy", "--delete-dead-letters", "--json");
    expect([machine.code, JSON.parse(machine.out)]).toEqual([
      1,
      {
        delete: expect.arrayContaining([{ kind: "bucket", name: "relay-dedupe" }]),
        takeOut: [{ function: "oci-event-relay", settings: ["ONS_TOPIC_ID", "DEAD_LETTER_BUCKET", "DEDUPE_BUCKET"] }],
        contents: [
          { bucket: "relay-dead-letters", objects: "2 objects" },
          { bucket: "relay-dedupe", objects: "more than 1000 objects" },
        ],
      },
    ]);
    const asked = await provision("destroy", "--delete-dead-letters");
    expect([asked.code, asked.err]).toEqual([
      1,
      expect.stringContaining(
        "to delete these 15, with 2 objects in relay-dead-letters and more than 1000 objects in relay-dedupe, has to be",
      ),
    ]);
    installation.local.fault = ({ path }) =>
      /\/b\/relay-dedupe\/o/.test(path) ? refused(403, "NotAllowed", "no list") : undefined;
    const unknown = await provision("destroy", "--yes", "--delete-dead-letters");
    expect([unknown.code, unknown.err]).toEqual([
      2,
      "relay: the objects of the bucket relay-dedupe: answered 403 NotAllowed: no list; no policy lets you do this\n",
    ]);
    installation.local.fault = undefined;
    expect(owned()).toEqual({ ...WHOLE, subscriptions: [] });
    const destroyed = await provision("destroy", "--yes", "--delete-dead-letters");
    expect([destroyed.code, buckets(destroyed), owned()]).toEqual([0, contents, NOTHING]);
  });

  test("says where nobody would hear of anything, but not of a webhook that the function has", async () => {
    const alone = "note: no WEBHOOK_URL in this environment: the relay publishes on the topic alone";
    const plan = async (...args: string[]) => {
      const env = { WEBHOOK_URL: "", WEBHOOK_SECRET_KEY: "" };
      const { err } = await installation.at(["provision", "plan", ...args], { env });
      return err.split("\n").filter((line) => line.startsWith("note: no WEBHOOK_URL"));
    };
    expect(await plan()).toEqual([`${alone}, and nobody is subscribed to it: name somebody with --subscribe`]);
    expect(await plan(...MAIL)).toEqual([alone]);
    Object.assign(configOf() ?? {}, { WEBHOOK_URL: "https://a.example/hook" });
    expect(await plan()).toEqual([]);
  });

  test("takes out of the function's configuration what is gone, though it was gone before", async () => {
    await provision("apply");
    const { store } = installation.local.cloud;
    store.collection("topics").clear();
    const destroyed = await provision("destroy", "--yes");
    const note =
      "note: the function oci-event-relay stays, without ONS_TOPIC_ID, DEAD_LETTER_BUCKET, DEDUPE_BUCKET and with WEBHOOK_URL, WEBHOOK_SECRET_KEY: fn unset config function relay oci-event-relay <name>";
    expect([destroyed.code, destroyed.err]).toEqual([0, `${note}\n`]);
    expect(Object.keys(configOf() ?? {}).sort()).toEqual(["WEBHOOK_SECRET_KEY", "WEBHOOK_URL"]);

    // Nothing else is there any more.
    Object.assign(configOf() ?? {}, { DEAD_LETTER_BUCKET: "relay-dead-letters", DEDUPE_BUCKET: "relay-dedupe" });
    const rest = await provision("destroy", "--yes");
    expect([rest.code, rest.out]).toEqual([0, expect.stringMatching(/took out DEAD_LETTER_BUCKET, DEDUPE_BUCKET of /)]);
    expect(Object.keys(configOf() ?? {}).sort()).toEqual(["WEBHOOK_SECRET_KEY", "WEBHOOK_URL"]);
  });

  test("refuses a configuration that OCI would not take, before it does anything", async () => {
    const env = { WEBHOOK_BODY: JSON.stringify({ text: "x".repeat(4_500) }) };
    const { code, out, err } = await installation.at(["provision", "apply"], { env });
    expect([code, out, err]).toEqual([
      1,
      expect.stringMatching(
        /^! refuse {2}function {14}oci-event-relay\n {4}oci-event-relay: its configuration has 4\d\d\d bytes, keys and values together, and OCI takes 4096; the biggest are WEBHOOK_BODY \(4523\), ONS_TOPIC_ID \(82\), WEBHOOK_SECRET_KEY \(52\)\. Put keys/m,
      ),
      expect.stringContaining("Nothing was done: first see to what is marked with !"),
    ]);
    expect([owned(), out.includes("- delete")]).toEqual([NOTHING, false]);
  });

  test("does not subscribe the relay's function to the topic on which it publishes", async () => {
    const { functionId } = installation;
    const { code, err } = await provision("apply", "--subscribe", `ORACLE_FUNCTIONS=${functionId}`);
    expect([code, err]).toEqual([
      2,
      `relay: --subscribe ORACLE_FUNCTIONS=${functionId}: that is the relay's own function, which publishes on this topic: each of its messages would call it again. Leave it out; events reach the function by the rules\n`,
    ]);
    expect(owned()).toEqual(NOTHING);
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
      const image = ["--image", "phx.ocir.io/tenancy/oci-event-relay:0.1.0"];
      const subnets = ["a", "b"].map((each) => ["--subnet", `ocid1.subnet.oc1.phx.aaaaaaaa${each}`]);
      expect((await fresh.at(["provision", "apply", ...image, ...subnets.flat()])).code).toBe(0);
      // In whichever order they are named.
      expect((await fresh.at(["provision", "apply", ...image, ...subnets.reverse().flat()])).out).toMatch(
        /^Nothing to do/,
      );
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
      "a URL that is none",
      ["--subscribe", "CUSTOM_HTTPS=https://[bad/x"],
      {},
      "option '--subscribe <protocol=endpoint>' argument 'CUSTOM_HTTPS=https://[bad/x' is invalid. CUSTOM_HTTPS: expected a public https URL",
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
      ["--endpoint", "http://127.0.0.1:2"],
      {},
      "no answer (127.0.0.1:2: ECONNREFUSED); see the endpoint and the network",
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
    [400, "InvalidParameter", "it names what it does not take."],
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

  test("by what answers, and for which service", { timeout: 60_000 }, async () => {
    // As the tool does.
    vi.spyOn(console, "warn").mockImplementation(() => undefined);
    const identity = new ConfigFileAuthenticationDetailsProvider(one.user.configFile);
    /** What is told where this is answered, to a client with a time-out of 300 ms. */
    async function told<T>(
      answer: LoopbackAnswer,
      Client: Parameters<typeof sdkClient<T>>[0],
      ask: (client: T) => Promise<unknown>,
    ): Promise<string> {
      const server = await serveLoopback(() => answer);
      const client = sdkClient(Client, { identity, endpoint: server.url }, 300);
      const why = await ask(client).then(
        () => "answered",
        (error) => whyRefused("it", error),
      );
      client.close();
      await server.close();
      return why.replace(new URL(server.url).host, "<host>");
    }
    const topics = (answer: LoopbackAnswer) =>
      told(answer, NotificationControlPlaneClient, (client) => client.listTopics({ compartmentId: COMPARTMENT }));
    const rule = (answer: LoopbackAnswer) =>
      told(answer, EventsClient, (client) => client.createRule({ createRuleDetails: {} as never }));
    const ok = (body: string): HttpAnswer => ({ status: 200, headers: { "content-type": "application/json" }, body });
    const limited = (wait: string): HttpAnswer => ({
      ...refused(429, "TooManyRequests", "slow"),
      headers: { "retry-after": wait },
    });
    const notAllowed = refused(403, "NotAllowed", "no");
    const foreign = (service: string) =>
      `it: answered 200 with something that is no answer of ${service}: is there a proxy in between?`;
    const cases: [Promise<string>, string][] = [
      [topics("hang"), "it: no answer (<host> said nothing for 0.3 s); see the endpoint and the network"],
      [topics(limited("2")), "it: answered 429 TooManyRequests: slow (Retry-After: 2); try again in 2 s"],
      [topics(ok("<html>proxy login</html>")), foreign("NotificationControlPlane")],
      [topics(ok("{}")), foreign("NotificationControlPlane")],
      [topics(ok("[]")), "answered"],
      [rule(ok("{garbage")), foreign("Events")],
      [
        topics({ status: 502, body: "<html><body>Bad Gateway</body></html>" }),
        "it: answered 502; trouble inside of OCI: try again; if it stays, see https://ocistatus.oraclecloud.com",
      ],
      [topics(notAllowed), "it: answered 403 NotAllowed: no; no policy lets you do this"],
      [
        told(notAllowed, IdentityClient, (client) => client.listPolicies({ compartmentId: COMPARTMENT })),
        "it: answered 403 NotAllowed: no; no policy lets you do this",
      ],
      [
        told(notAllowed, IdentityClient, (client) => client.createPolicy({ createPolicyDetails: {} as never })),
        "it: answered 403 NotAllowed: no; identity is written in the home region only: give it as --region",
      ],
      [
        rule(refused(400, "InvalidParameter", "no")),
        "it: answered 400 InvalidParameter: no; it names what it does not take; of a rule that is mostly the condition (npm run relay -- rule)",
      ],
    ];
    expect(await Promise.all(cases.map(([why]) => why))).toEqual(cases.map(([, expected]) => expected));
  });
});

describe("of an address", () => {
  test.each([
    ["https://hooks.slack.com/services/T0/B0/SECRET", "https://hooks.slack.com/****"],
    ["see https://ocistatus.oraclecloud.com, or not", "see https://ocistatus.oraclecloud.com, or not"],
    ["HTTPS://hooks.slack.com/SECRET", "https://hooks.slack.com/****"],
    ["https://user:SECRET@a.example", "https://a.example/****"],
    ["see https://<region>.oraclecloud.com/topics", "see https://<region>.oraclecloud.com/****"],
    ["https://a:99999/SECRET", "https://a:99999/****"],
    ["https://[bad", "https://[bad"],
    ["https://user:SEC/RET@a.example", "https://****"],
  ])("%s no more is shown than is no secret", (text, masked) => {
    expect(maskedEndpoint(text)).toBe(masked);
  });

  test.each([
    "CUSTOM_HTTPS=https://[bad/x",
    "SLACK=https://%/x",
    "PAGERDUTY=https://a:99999/x",
  ])("%s it is said that it is none", (text) => {
    const [protocol = ""] = text.split("=");
    const problem = expect.stringMatching(`^${protocol}: expected .*URL`);
    expect(subscriptionOf(text)).toEqual({ ok: false, problem });
  });
});

test("a secret is known by its parts, too, where they are long enough to be one", () => {
  const config = {
    LOG_LEVEL: "silent-and-no-secret",
    WEBHOOK_HEADERS: '{"X-Key":"Token sup3rs3cretvalue","X-Env":"prod"}',
    WEBHOOK_SIGNING_SECRETS: "whsec_MfKQ9r8GKYqrTwjU whsec_PpD8TLJ8",
    WEBHOOK_SECRET_KEY: "vault:ocid1.vaultsecret.oc1.phx.a",
    WEBHOOK_AUTH: '{"type":"basic","user":"u","password":"pa55-word"}',
  };
  const { WEBHOOK_HEADERS, WEBHOOK_SIGNING_SECRETS, WEBHOOK_AUTH } = config;
  const parts = ["Token sup3rs3cretvalue", "sup3rs3cretvalue", "whsec_MfKQ9r8GKYqrTwjU", "whsec_PpD8TLJ8", "pa55-word"];
  expect(new Set(secretValues(config))).toEqual(
    new Set([WEBHOOK_HEADERS, WEBHOOK_SIGNING_SECRETS, WEBHOOK_AUTH, ...parts]),
  );
});

test.each<[string, string[], string[], string[]]>([
  ["in another order", ["ocid1.subnet.a", "ocid1.subnet.b"], ["ocid1.subnet.b", "ocid1.subnet.a"], []],
  ["one of them another", ["ocid1.subnet.a", "ocid1.subnet.b"], ["ocid1.subnet.c", "ocid1.subnet.a"], ["subnetIds.1"]],
  ["one more", ["ocid1.subnet.a", "ocid1.subnet.b"], ["ocid1.subnet.a"], ["subnetIds"]],
])("subnets differ by which they are: %s", (_, wanted, is, paths) => {
  expect(differences({ subnetIds: wanted }, { subnetIds: is }).map(({ path }) => path)).toEqual(paths);
});
