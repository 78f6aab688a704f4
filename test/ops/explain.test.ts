import { Socket } from "node:net";
import type { models } from "oci-events";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import type { ApiKeyUser } from "../../local/emulator/principal.ts";
import { type LocalCloud, startCloud } from "../../local/emulator/start-cloud.ts";
import { fixture } from "../../local/fixtures.ts";
import { startSink } from "../../local/sink.ts";
import { transcribe } from "../../local/transcript.ts";
import { accessOf } from "../../ops/access.ts";
import { catalogue } from "../../ops/catalogue.ts";
import { type ExplainedRule, type Explanation, explainInput } from "../../ops/explain/explain.ts";
import { explanationText } from "../../ops/explain/explain-text.ts";
import { mismatch } from "../../ops/explain/mismatch.ts";
import { mismatchText } from "../../ops/explain/mismatch-text.ts";
import { ownRelay } from "../../ops/explain/own-relay.ts";
import { ruleObstacle } from "../../ops/explain/rule-obstacle.ts";
import { tenancyRules } from "../../ops/explain/tenancy-rules.ts";
import { clientsOf } from "../../ops/provision/clients.ts";
import { createWebhook } from "../../src/deliver/webhook.ts";
import { parseEvent } from "../../src/envelope.ts";
import { createConnections } from "../../src/http/connections.ts";
import { createNormaliser } from "../../src/normalise.ts";
import { startReceiver } from "../faults/receiver.ts";
import { type Ran, runTool } from "./tool.ts";

const OCI = "com.oraclecloud";
const TOPIC = "ocid1.onstopic.oc1.iad.exampletopic";

function explain(args: readonly string[], env: Record<string, string> = {}, input?: Buffer | string): Promise<Ran> {
  return runTool(["explain", ...args], { env, ...(input !== undefined && { input }) });
}

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

/** Explains to a relay with that configuration and no other. */
async function explained(
  input: Buffer | string,
  variables: Record<string, string>,
  rules?: readonly ExplainedRule[],
): Promise<Explanation[]> {
  for (const name of ["WEBHOOK_URL", "ONS_TOPIC_ID", "ROUTES"]) vi.stubEnv(name, "");
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
  return explainInput(Buffer.from(input), { ...ownRelay(), rules });
}

async function explainedOne(...asked: Parameters<typeof explained>): Promise<Explanation> {
  const [explanation] = await explained(...asked);
  if (explanation === undefined) throw new Error("nothing was explained");
  return explanation;
}

function requestsOf({ requests }: Explanation) {
  return requests.flatMap((each) => each.requests);
}

describe("relay explain", () => {
  test("tells routes, rules, the notification and the requests, and sends nothing", async () => {
    const sink = await startSink({});
    const env = { WEBHOOK_URL: `${sink.url}/hook/T0ken-text`, WEBHOOK_SECRET_KEY: "s3cret" };
    const { code, out, err } = await explain(["test/fixtures/bucket-created.json"], env);
    const received = sink.received;
    await sink.close();
    transcribe(out);
    expect([code, err, received]).toEqual([0, "", []]);
    expect(out).toContain("route 1 -> webhook: matches");
    expect(out).toContain("rule relay: matches");
    expect(out).toContain("rule relay-identity: no: eventType: the condition wants one of");
    expect(out).toContain("Bucket invoice-archive created in prod\n  X-Yunion-Event: BUCKET/CREATE");
    expect(out).toContain(`POST ${sink.url}/****\n`);
    expect(out).toContain("X-Auth-Token: ****\n");
    expect(out).toMatch(/Would be delivered to webhook\. Nothing was sent\.\n$/);
  });

  test.each<[string, string, number, string]>([
    ["ignored", "instance-launching", 3, "Ignored: a .begin whose .end will come"],
    ["no event", "broken", 1, "Rejected: not an OCI Events message: eventID: expected"],
  ])("tells by its exit code that it is %s, and why", async (_, name, exitCode, told) => {
    const { code, out } = await explain([`test/fixtures/${name}.json`], { WEBHOOK_URL: "https://a.example/b" });
    expect([code, out]).toEqual([exitCode, expect.stringContaining(told)]);
  });

  test("shows neither destinations nor rules for what is no event", async () => {
    const { code, out, err } = await explain(["-", "--json"], {}, '{"hello":1}');
    expect([code, err, JSON.parse(out)]).toEqual([
      1,
      "",
      expect.objectContaining({ outcome: "rejected", rules: [], requests: [], isBrought: false }),
    ]);
  });

  test("takes standard input, and gives one JSON line for each event of a batch", async () => {
    const batch = `[${fixture("bucket-created")},${fixture("user-created")}]`;
    const { code, out } = await explain(["-", "--json"], { ONS_TOPIC_ID: TOPIC }, batch);
    const lines = out
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect([
      code,
      lines.map(({ eventType, outcome, isIdentity, isBrought }) => [eventType, outcome, isIdentity, isBrought]),
    ]).toEqual([
      0,
      [
        [`${OCI}.objectstorage.createbucket`, "sent", false, true],
        [`${OCI}.identitycontrolplane.createuser`, "sent", true, true],
      ],
    ]);
  });

  test.each([
    ["a file that is not there", ["nofile.json"], "nofile.json: cannot be read (ENOENT)"],
    ["no file", [], "missing required argument 'file'"],
    ["a function, and no compartment", ["-", "--function", "ocid1.fnfunc.oc1.phx.f"], "give that, too"],
    ["a condition that is none", ["test/fixtures/bucket-created.json", "--condition", "[1]"], "expected a JSON object"],
  ])("ends with 2 for %s", async (_, args, problem) => {
    const { code, out, err } = await explain(args);
    expect([code, out]).toEqual([2, ""]);
    expect(err).toContain(problem);
  });

  test("lists what is wrong with the configuration on one line", async () => {
    const { code, err } = await explain(["test/fixtures/bucket-created.json"], {
      WEBHOOK_URL: "ftp://a.example",
      ROUTES: '[{"match":{},"to":["webhok"]}]',
    });
    expect([code, err]).toEqual([
      2,
      "relay: the configuration of this environment: WEBHOOK_URL: is neither https nor http; expected https://host/path; " +
        'ROUTES[0].to: unknown destination "webhok"; configured: webhook\n',
    ]);
  });
});

describe("what would be sent", () => {
  test("opens no socket for any destination, tokens included", async () => {
    const connect = vi.spyOn(Socket.prototype, "connect");
    const variables = {
      WEBHOOK_URL: "https://a.example/b",
      WEBHOOK_AUTH: '{"type":"oauth2","tokenUrl":"https://t.example/token","clientId":"relay","clientSecret":"s3cret"}',
      ONS_TOPIC_ID: TOPIC,
    };
    const { outcome, requests } = await explainedOne(fixture("bucket-created"), variables);
    expect([outcome, requests.map(({ requests: each }) => each.length), connect.mock.calls.length]).toEqual([
      "sent",
      [2, 1],
      0,
    ]);
  });

  test("is to the byte what a receiver gets, but for what is masked", async () => {
    const receiver = await startReceiver();
    const variables = {
      WEBHOOK_URL: receiver.url,
      WEBHOOK_SECRET_KEY: "a key that signs",
      WEBHOOK_HEADERS: '{"X-Env":"prod é"}',
      EGRESS_ALLOW: "",
    };
    const [shown] = requestsOf(await explainedOne(fixture("user-created"), variables));
    const [settings] = ownRelay().relay.destinations;
    if (settings?.type !== "webhook") throw new Error("there is no webhook");
    const vault = { read: async () => ({ ok: true as const, secrets: new Map() }), prepare: async () => undefined };
    const event = parseEvent(JSON.parse(fixture("user-created").toString()));
    if (!event.ok) throw new Error(event.problem);
    const connections = createConnections(1);
    await createWebhook({ ...settings, vault }, Date.now).attempt(
      [createNormaliser(catalogue, undefined).normalise(event.value)],
      { connections, leftMs: () => 5_000 },
    );
    connections.close();
    await receiver.close();
    const [arrival] = receiver.arrivals;
    const masked = new Map([
      ["x-auth-token", "****"],
      ["webhook-signature", "v1,****"],
      ["x-env", "****"],
    ]);
    const given = Object.fromEntries(shown?.headers.map(([name, value]) => [name.toLowerCase(), value]) ?? []);
    const got = Object.fromEntries(
      Object.entries(arrival?.headers ?? {}).map(([name, value]) => [name, masked.get(name) ?? String(value)]),
    );
    const anyTime = { "webhook-timestamp": expect.any(String) };
    expect(given).toEqual({ ...got, ...anyTime });
    expect([shown?.body, shown?.bytes]).toEqual([arrival?.body.toString(), arrival?.body.byteLength]);
  });

  test("shows no secret, and which headers and fields have one", async () => {
    const variables = {
      WEBHOOK_URL: "https://hooks.example.com/services/T0ken-text/b0dy-pass?key=k3y-in-the-query",
      WEBHOOK_SECRET_KEY: "s3cret-key",
      WEBHOOK_AUTH: '{"type":"basic","user":"relay","password":"pa55word"}',
      WEBHOOK_HEADERS: '{"X-Api-Key":"4pi-key","X-Vault":"Bearer vault:ocid1.vaultsecret.oc1.iad.header"}',
      WEBHOOK_BODY:
        '{"channel":"b0dy-pass","deep":[{"token":"T0ken-text","n":7,"yes":true}],"kept":"vault:ocid1.vaultsecret.oc1.iad.body"}',
    };
    const explanation = await explainedOne(fixture("bucket-created"), variables);
    const [request] = requestsOf(explanation);
    const text = explanationText(explanation) + JSON.stringify(explanation);
    transcribe(text);
    for (const secret of ["T0ken-text", "s3cret", "pa55word", "4pi-key", "b0dy-pass", "k3y-in-the-query", "unread"]) {
      expect(text).not.toContain(secret);
    }
    const headers = Object.fromEntries(request?.headers ?? []);
    expect([request?.url, headers]).toEqual([
      "https://hooks.example.com/****",
      expect.objectContaining({
        Authorization: "Basic ****",
        "X-Api-Key": "****",
        "X-Auth-Token": "****",
        "X-Yunion-Event": "BUCKET/CREATE",
        "webhook-signature": "v1,****",
      }),
    ]);
    expect(JSON.parse(request?.body ?? "")).toMatchObject({
      channel: "****",
      deep: [{ token: "****", n: "****", yes: true }],
      kept: "vault:ocid1.vaultsecret.oc1.iad.body",
      resource_type: "bucket",
    });
  });

  test("shows the token URL down to its origin", async () => {
    const variables = {
      WEBHOOK_URL: "https://a.example/b",
      WEBHOOK_AUTH:
        '{"type":"oauth2","tokenUrl":"https://t.example/t0ken-path?key=qs3cret","clientId":"relay","clientSecret":"s3cret"}',
    };
    const explanation = await explainedOne(fixture("bucket-created"), variables);
    const text = explanationText(explanation) + JSON.stringify(explanation);
    expect(requestsOf(explanation).map(({ url }) => url)).toEqual(["https://t.example/****", "https://a.example/****"]);
    expect(text).not.toMatch(/t0ken-path|s3cret/);
  });

  test.each([
    ["a URL", { WEBHOOK_URL: "vault:ocid1.vaultsecret.oc1.iad.url" }, "vault:ocid1.vaultsecret.oc1.iad.url"],
    [
      "signing secrets",
      { WEBHOOK_URL: "https://a.example/b", WEBHOOK_SIGNING_SECRETS: "vault:ocid1.vaultsecret.oc1.iad.signing" },
      "https://a.example/****",
    ],
  ])("names %s in the vault by its OCID, and reads none", async (_, variables, url) => {
    const [request] = requestsOf(await explainedOne(fixture("bucket-created"), variables));
    expect([request?.url, JSON.stringify(request)]).toEqual([url, expect.not.stringContaining("vault-secret")]);
  });

  test("to a topic is signed, its message whole", async () => {
    const [request] = requestsOf(await explainedOne(fixture("bucket-created"), { ONS_TOPIC_ID: TOPIC }));
    const headers = Object.fromEntries(request?.headers ?? []);
    expect([request?.method, request?.url]).toEqual([
      "POST",
      `https://notification.us-ashburn-1.oraclecloud.com/20181201/topics/${TOPIC}/messages`,
    ]);
    expect(headers.authorization).toMatch(
      /^Signature version="1",keyId="\*{4}",algorithm="rsa-sha256",headers="[^"]+",signature="\*{4}"$/,
    );
    const { title, body } = JSON.parse(request?.body ?? "");
    expect([title, JSON.parse(body).resource_type]).toEqual(["Bucket invoice-archive created in prod", "bucket"]);
  });

  test("is nothing where no route wants it, and the route says which field is to blame", async () => {
    const routes = [
      { match: { data: { compartmentname: "prod" } }, to: ["webhook"] },
      { match: { eventType: `${OCI}.objectstorage.deletebucket` }, to: ["webhook"] },
    ];
    const variables = { WEBHOOK_URL: "https://a.example/b", ROUTES: JSON.stringify(routes) };
    const { outcome, problem, routes: verdicts, requests } = await explainedOne(fixture("bucket-created"), variables);
    expect({
      outcome,
      problem,
      requests,
      verdicts: verdicts.map(({ isMatch, mismatch: why }) => [isMatch, why]),
    }).toEqual({
      outcome: "ignored",
      problem: "no route matches",
      requests: [],
      verdicts: [
        [
          false,
          'data.compartmentname: the condition wants "prod"; the event has no such field. The event spells it data.compartmentName: case counts',
        ],
        [
          false,
          `eventType: the condition wants "${OCI}.objectstorage.deletebucket"; the event has "${OCI}.objectstorage.createbucket"`,
        ],
      ],
    });
  });

  test("of a log record no rule is asked, for none brings it", async () => {
    const rules = [{ name: "all", condition: {}, notes: [] }];
    const explanation = await explainedOne(
      fixture("audit-policy-updated"),
      { WEBHOOK_URL: "https://a.example/b" },
      rules,
    );
    expect([explanation.shape, explanation.rules, explanation.outcome]).toEqual(["log record", [], "sent"]);
  });
});

describe("the first field that does not match", () => {
  const bucket = JSON.parse(fixture("bucket-created").toString()) as Record<string, unknown>;

  test.each<[string, unknown, string]>([
    [
      "a field of additionalDetails",
      { data: { bucketName: "a" } },
      "The event has it at data.additionalDetails.bucketName",
    ],
    ["a field at the top", { compartmentId: "x" }, "The event has it at data.compartmentId"],
    [
      "the first of two",
      { data: { resourceName: "no", compartmentName: "no" } },
      'data.resourceName: the condition wants "no"; the event has "invoice-archive"',
    ],
    ["another case of a key", { eventtype: "x" }, "The event spells it eventType"],
    ["another case of a value", { data: { resourceName: "INVOICE-*" } }, "They differ in case alone"],
    ["tags as they were once spelt", { data: { freeFormTags: { a: "b" } } }, "did you mean data.freeformTags?"],
    [
      "a missing phase",
      { eventType: `${OCI}.objectstorage.createbucket.end` },
      "They differ in the phase alone: .end is wanted, none came",
    ],
    ["a slip in a type", { eventType: [`${OCI}.objectstorage.createbuckte`] }, "did you mean"],
    [
      "an operator of another cloud",
      { data: { resourceName: { prefix: "in" } } },
      'OCI has no operator "prefix"; write "in*"',
    ],
    ["a text where fields are", { data: "prod" }, "which is an object in every event"],
    ["null", { data: { resourceName: null } }, "What null means in a condition is not documented"],
    ["an empty array", { data: { resourceName: [] } }, "An empty array matches nothing"],
    ["a dotted key", { "data.resourceName": "a" }, '{"data":{"resourceName":…}}, one inside the other'],
    ["many values", { eventType: ["a", "b", "c", "d", "e"] }, 'one of "a", "b", "c" and 2 more'],
  ])("tells of %s", (_, condition, told) => {
    const found = mismatch(condition, bucket);
    if (found === undefined) throw new Error("it matches");
    expect(mismatchText(found, bucket)).toContain(told);
  });

  test("tells of null in the event, where not even * matches", () => {
    const event = { schemaURL: null };
    const found = mismatch({ schemaURL: "*" }, event);
    expect(found && mismatchText(found, event)).toBe(
      'schemaURL: the condition wants anything but null; the event has null. A null matches nothing, not even "*"',
    );
  });
});

describe("the rules of a compartment", () => {
  let local: LocalCloud;
  let user: ApiKeyUser;
  beforeAll(async () => {
    local = await startCloud();
    user = local.issuer.user();
  });
  afterAll(async () => {
    await local.close();
    user.remove();
  });
  const access = () =>
    accessOf({ auth: "config", configFile: user.configFile, profile: "DEFAULT", endpoint: local.url });

  test("are the active ones there and above it, with what they call and where they stand", async () => {
    const { tenancyId } = local.cloud;
    const clients = clientsOf(await access());
    const details = { name: "team", description: "a team", compartmentId: tenancyId };
    const { compartment } = await clients.identity.createCompartment({ createCompartmentDetails: details });
    const rule = (displayName: string, compartmentId: string, condition: string, isEnabled = true) => {
      const action = { actionType: "FAAS", isEnabled: displayName !== "below", functionId: "ocid1.fnfunc.oc1.phx.f" };
      const createRuleDetails = { displayName, compartmentId, condition, isEnabled, actions: { actions: [action] } };
      return clients.events.createRule({ createRuleDetails });
    };
    await rule("above", tenancyId, "{}");
    await rule("below", compartment.id, `{"eventType":["${OCI}.objectstorage.deletebucket"]}`);
    await rule("disabled", compartment.id, "{}", false);
    clients.close();

    const { rules } = await tenancyRules({ compartmentId: compartment.id }, await access());
    const explanation = await explainedOne(fixture("bucket-created"), { WEBHOOK_URL: "https://a.example/b" }, rules);
    expect(explanation.rules).toEqual([
      {
        name: "below",
        isMatch: false,
        mismatch: `eventType: the condition wants "${OCI}.objectstorage.deletebucket"; the event has "${OCI}.objectstorage.createbucket"`,
        notes: [
          "its action: FAAS ocid1.fnfunc.oc1.phx.f, which is disabled",
          expect.stringContaining(`it stands in ${compartment.id}`),
        ],
      },
      {
        name: "above",
        isMatch: true,
        notes: ["its action: FAAS ocid1.fnfunc.oc1.phx.f", expect.stringContaining(`it stands in ${tenancyId}`)],
      },
    ]);
  });

  const FUNCTION = "ocid1.fnfunc.oc1.phx.f";
  const OTHER = "ocid1.fnfunc.oc1.phx.other";
  const NOT_AT_WORK = "none of its actions is at work: they are disabled, or have failed";
  const to = (functionId: string, rest: object = {}) => ({ actionType: "FAAS", isEnabled: true, functionId, ...rest });

  test.each<[string, string | undefined, object[], string | undefined]>([
    ["one that calls the function", FUNCTION, [to(OTHER), to(FUNCTION)], undefined],
    ["one that calls any, where none is asked for", undefined, [to(OTHER)], undefined],
    ["one that calls another", FUNCTION, [to(OTHER)], `it does not call ${FUNCTION}`],
    ["disabled actions", FUNCTION, [to(FUNCTION, { isEnabled: false })], NOT_AT_WORK],
    ["failed actions", FUNCTION, [to(FUNCTION, { lifecycleState: "FAILED" })], NOT_AT_WORK],
    ["no actions", undefined, [], NOT_AT_WORK],
    ["a topic to which the function is subscribed", FUNCTION, [{ isEnabled: true, topicId: "with" }], undefined],
    ["a topic without a function", undefined, [{ isEnabled: true, topicId: "without" }], "it calls no function"],
    ["a stream, which Connector Hub may read", FUNCTION, [{ isEnabled: true, streamId: "s" }], undefined],
  ])("bring the function something or say why not: %s", async (_, functionId, given, obstacle) => {
    const compartmentId = local.cloud.tenancyId;
    const clients = clientsOf(await access());
    const actions = [];
    for (const action of given as { topicId?: string }[]) {
      const { topicId: kind } = action;
      actions.push(kind === undefined ? action : { ...action, topicId: await topic(kind === "with") });
    }
    const rule = { compartmentId, isEnabled: true, actions: { actions } } as unknown as models.Rule;
    expect(await ruleObstacle(rule, functionId, clients)).toBe(obstacle);
    expect(await ruleObstacle({ ...rule, isEnabled: false }, functionId, clients)).toBe("it is disabled");
    clients.close();

    async function topic(isWith: boolean): Promise<string> {
      const createTopicDetails = { name: isWith ? "with" : "without", compartmentId };
      const { topicId } = (await clients.topics.createTopic({ createTopicDetails })).notificationTopic;
      const protocol = isWith ? "ORACLE_FUNCTIONS" : "EMAIL";
      const createSubscriptionDetails = {
        topicId,
        compartmentId,
        protocol,
        endpoint: isWith ? FUNCTION : "a@b.example",
      };
      await clients.subscriptions.createSubscription({ createSubscriptionDetails });
      return topicId;
    }
  });

  test("bring an identity event from the root compartment only", async () => {
    const { tenancyId } = local.cloud;
    const there = (compartmentId: string): ExplainedRule => ({ name: "r", condition: {}, notes: [], compartmentId });
    const below = "ocid1.compartment.oc1..aaaaaaaabelow";
    const env = { WEBHOOK_URL: "https://a.example/b" };
    const told = await Promise.all([
      explainedOne(fixture("user-created"), env, [there(below)]),
      explainedOne(fixture("user-created"), env, [there(below), there(tenancyId)]),
      explainedOne(fixture("bucket-created"), env, [there(below)]),
      explainedOne(fixture("bucket-created"), env, []),
    ]);
    expect(told.map(({ rules, isBrought }) => [isBrought, rules.map(({ obstacle }) => obstacle)])).toEqual([
      [false, [`identity events reach rules in the root compartment only, and it stands in ${below}`]],
      [true, [`identity events reach rules in the root compartment only, and it stands in ${below}`, undefined]],
      [true, [undefined]],
      [false, []],
    ]);
  });

  test("decide on the exit code, and those that may not be seen are told of", async () => {
    const details = { name: "quiet", description: "a team", compartmentId: local.cloud.tenancyId };
    const clients = clientsOf(await access());
    const { compartment } = await clients.identity.createCompartment({ createCompartmentDetails: details });
    const actions = { actions: [{ actionType: "FAAS", isEnabled: true, functionId: OTHER }] };
    const rule = { displayName: "quiet", compartmentId: compartment.id, condition: "{}", isEnabled: true, actions };
    await clients.events.createRule({ createRuleDetails: rule });
    clients.close();
    local.fault = ({ method, path }) =>
      method === "GET" && path.includes("/rules?") && path.includes("ocid1.tenancy.")
        ? { status: 404, body: '{"code":"NotAuthorizedOrNotFound","message":"no"}' }
        : undefined;
    const args = ["--compartment", compartment.id, "--config-file", user.configFile, "--endpoint", local.url];
    const asked = (...more: string[]) =>
      explain(["test/fixtures/bucket-created.json", ...args, ...more], { WEBHOOK_URL: "https://a.example/b" });
    const any = await asked();
    const meant = await asked("--function", FUNCTION);
    local.fault = undefined;
    transcribe(meant.out);
    const note =
      /^note: a rule that may not be seen may bring it, too: Events, compartment ocid1.tenancy\S+: answered 404/;
    expect([any.code, any.err]).toEqual([0, expect.stringMatching(note)]);
    expect(any.out).toContain(`its action: FAAS ${OTHER}\n`);
    expect([meant.code, meant.err]).toEqual([3, expect.stringMatching(note)]);
    expect(meant.out).toContain(`quiet: matches, but does not bring it: it does not call ${FUNCTION}`);
    expect(meant.out).toContain("None of these rules brings this event to the function.");
    expect(meant.out).toMatch(/Would be delivered to webhook, if a rule brought it\. Nothing was sent\.\n$/);
  });

  test("that may not be read are told with what to do", async () => {
    local.fault = () => ({ status: 404, body: '{"code":"NotAuthorizedOrNotFound","message":"no"}' });
    const asked = { compartmentId: "ocid1.compartment.oc1..aaaaaaaatop" };
    await expect(tenancyRules(asked, await access())).rejects.toThrow(
      "Events, compartment ocid1.compartment.oc1..aaaaaaaatop: answered 404 NotAuthorizedOrNotFound",
    );
  });
});
