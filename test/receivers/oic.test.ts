import { afterEach, describe, expect, test } from "vitest";
import type { LoopbackAnswer } from "../../local/loopback.ts";
import { type AuthorizationServer, startAuthorizationServer } from "../auth/authorization-server.ts";
import { type ResourceServer, startResourceServer } from "../auth/resource-server.ts";
import { startTlsReceiver, type TlsReceiver } from "../auth/tls-receiver.ts";
import { dnsAnswers } from "../dns/answers.ts";
import { CA_FILE } from "../faults/tls.ts";
import { aSecret } from "../leaks/secret.ts";
import { endOf, expectProblem, type Lab, type LabOptions, startLab } from "./lab.ts";
import { receiverPage } from "./page.ts";

const page = receiverPage("oic");
const relay = page.take("ts");
const settings = page.takeSettings();
const sample = page.take("json");
const withoutCode = page.takeSettings();
page.end();

const FLOW = "acme-prod-iad.integration.us-ashburn-1.ocp.oraclecloud.com";
const DOMAIN = "idcs-0123.identity.oraclecloud.com";
const SCOPE = settings.OIC_SCOPE ?? "";
const OTHER_SCOPE = SCOPE.replace("ABC123DEF456", "000000000000");
const AUDIENCE = SCOPE.slice(0, SCOPE.indexOf("urn:"));

let lab: Lab;
let authorization: AuthorizationServer;
let resource: ResourceServer;
/** The two hosts of Oracle's, which lead here. */
let flow: TlsReceiver;
let domain: TlsReceiver;
afterEach(async () => {
  await lab?.rig.close();
  await Promise.all([flow, domain, resource, authorization].map((server) => server?.close()));
});

/** An identity domain and an instance under Oracle's names, as the page has them set up, and the function of the page. */
async function start(options: LabOptions = { relay, settings }): Promise<void> {
  const clientSecret = aSecret("client");
  authorization = await startAuthorizationServer({
    resources: [AUDIENCE],
    clients: [{ id: "relay", secret: clientSecret, scopes: [SCOPE, OTHER_SCOPE] }],
  });
  resource = await startResourceServer({
    ...{ authorization, scope: SCOPE, audience: AUDIENCE },
    insufficientScopeStatus: 401,
  });
  resource.accept = () => ({ status: 202 });
  domain = await startTlsReceiver({ certificate: "oic", clientAuth: "none" });
  // An identity domain has its tokens under a path of its own.
  domain.answer = (request) => authorization.answer({ ...request, path: request.path.replace("/oauth2/v1", "") });
  flow = await startTlsReceiver({ certificate: "oic", clientAuth: "none" });
  flow.answer = (request) => resource.answer(request);
  lab = await startLab({
    ...options,
    places: () => ({ [`//${FLOW}/`]: `//${FLOW}:${flow.port}/`, [`//${DOMAIN}/`]: `//${DOMAIN}:${domain.port}/` }),
    secrets: () => ({ amaaaaaaoicclient: clientSecret }),
    config: {
      NODE_EXTRA_CA_CERTS: CA_FILE,
      EGRESS_ALLOW: "127.0.0.1",
      ...dnsAnswers({ [FLOW]: [["127.0.0.1"]], [DOMAIN]: [["127.0.0.1"]] }),
      ...options.config,
    },
  });
}

const answers = (...given: LoopbackAnswer[]) => {
  const left = [...given];
  resource.accept = () => left.shift() ?? { status: 202 };
};
const delivered = (attempts: number, status: number) => ({
  outcome: "delivered",
  deliveries: [{ destination: "flow", outcome: "delivered", attempts, status }],
});
const deadLettered = (attempts: number, status: number) => ({
  outcome: "dead-lettered",
  deliveries: [{ attempts, status }],
});
const table = page.table("answer");
const says = (answer: string) => table.get(answer)?.[0];

describe("a flow of Oracle Integration", () => {
  test("gets the sample of the page, over Oracle's own names, with a token of the identity domain", async () => {
    await start();
    expect(await lab.invokeSame("instance-launched")).toMatchObject(delivered(1, 202));
    const [{ method, path, headers, body } = { body: "" }] = flow.requests;
    expect(JSON.parse(body.toString())).toEqual(JSON.parse(sample));
    expect({ method, path, headers: { ...headers, "webhook-timestamp": "" } }).toEqual({
      method: "POST",
      path: "/ic/api/integration/v1/flows/rest/EVENTS/1.0/in",
      headers: {
        ...{ accept: "*/*", "accept-encoding": "identity", connection: "keep-alive", host: `${FLOW}:${flow.port}` },
        ...{ "content-type": "application/json", "content-length": String(body.length) },
        ...{ "user-agent": "yunioncloud-go/201708", "x-yunion-event": "SERVER/CREATE" },
        authorization: expect.stringMatching(/^Bearer /),
        "webhook-id": JSON.parse(sample).eventId,
        "webhook-timestamp": "",
      },
    });
    expect(domain.requests.map((request) => [request.path, request.headers.host])).toEqual([
      ["/oauth2/v1/token", `${DOMAIN}:${domain.port}`],
    ]);
    expect(authorization.requests.map(({ form }) => form)).toEqual([
      { grant_type: "client_credentials", scope: SCOPE },
    ]);
  });

  test("has every key of the sample for whatever event", async () => {
    await start();
    for (const name of ["metric-posted", "group-deleted", "unknown-future-type"]) {
      expect(await lab.invokeSame(name)).toMatchObject(delivered(1, 202));
    }
    expect(flow.requests.map(({ body }) => Object.keys(JSON.parse(body.toString())))).toEqual(
      flow.requests.map(() => Object.keys(JSON.parse(sample))),
    );
  });

  test.each([200, 202])("that answers %d has taken the event; one token serves many", async (status) => {
    await start();
    resource.accept = () => ({ status });
    for (let n = 0; n < 3; n++) expect(await lab.invoke()).toMatchObject(delivered(1, status));
    expect(domain.requests.length).toBe(1);
  });

  test("is waited for as long as Retry-After says with 429", async () => {
    await start();
    answers({ status: 429, headers: { "Retry-After": "1" } });
    const startMs = performance.now();
    expect(await lab.invoke()).toMatchObject(delivered(2, 202));
    expect(performance.now() - startMs).toBeGreaterThan(1_000);
  });

  test("is tried again after 503 and 500", async () => {
    await start();
    answers({ status: 503 }, { status: 500 });
    expect(await lab.invoke()).toMatchObject(delivered(3, 202));
  });

  test("gets a new token where the old one was revoked", async () => {
    await start();
    await lab.invoke();
    authorization.revoke(String(flow.requests[0]?.headers.authorization).slice("Bearer ".length));
    expect(await lab.invoke()).toMatchObject(delivered(2, 202));
    expect(domain.requests.length).toBe(2);
  });
});

describe("a refusal is explained as the page has it:", () => {
  test("401, the scope is that of another instance: one new token, then no more", async () => {
    await start({ relay, settings: { ...settings, OIC_SCOPE: OTHER_SCOPE } });
    const reply = await lab.invoke();
    expect(reply).toMatchObject(deadLettered(2, 401));
    expectProblem(reply, { says: says("401"), suffix: endOf("401") });
    expect([domain.requests.length, resource.received.map(({ refused }) => refused)]).toEqual([
      2,
      ["insufficient_scope", "insufficient_scope"],
    ]);
  });

  test("401, the token is for several audiences", async () => {
    await start();
    // A token of the tests' server has one audience: one that is the name of two stands for the list.
    authorization.resources = ["urn:relay-tests:integration-and-fusion"];
    const reply = await lab.invoke();
    expect(reply).toMatchObject(deadLettered(2, 401));
    expectProblem(reply, { says: says("401"), suffix: endOf("401") });
    expect(resource.received.map(({ refused }) => refused)).toEqual(["invalid_token", "invalid_token"]);
  });

  test.each([
    [403, 1],
    [404, 1],
    [429, 1],
    [503, 5],
  ])("%d, in %d attempts", async (status, attempts) => {
    await start();
    resource.accept = () => ({ status, headers: status === 429 ? { "Retry-After": "60" } : {} });
    const reply = await lab.invoke();
    expect(reply).toMatchObject(deadLettered(attempts, status));
    expectProblem(reply, { says: says(String(status)), suffix: endOf(String(status)) });
  });

  test("401 of the identity domain", async () => {
    await start();
    authorization.rotate("relay", aSecret("changed"));
    expectProblem(await lab.invoke(), { says: says("token URL: 401"), suffix: endOf("401") });
  });

  test("400 of the identity domain", async () => {
    const scope = SCOPE.replace("ABC123DEF456", "111111111111");
    await start({ relay, settings: { ...settings, OIC_SCOPE: scope } });
    expectProblem(await lab.invoke(), { says: says("token URL: 400"), suffix: endOf("401") });
  });

  test("and no row of the page's table is of another kind", () => {
    expect([...table.keys()]).toEqual(["401", "403", "404", "429", "503", "token URL: 401", "token URL: 400"]);
  });
});

test("without code the flow gets what every webhook gets, behind the same token", async () => {
  await start({ settings: withoutCode });
  expect(await lab.invokeSame("instance-launched")).toMatchObject({ outcome: "delivered" });
  const body = JSON.parse(flow.requests[0]?.body.toString() ?? "");
  expect(body.resource_details.oci.event_id).toBe(JSON.parse(sample).eventId);
  expect(Buffer.byteLength(JSON.stringify(body))).toBeGreaterThan(2 * Buffer.byteLength(sample));
  expect(resource.received.map(({ clientId }) => clientId)).toEqual(["relay"]);
});
