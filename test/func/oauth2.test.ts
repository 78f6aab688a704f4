import { afterEach, describe, expect, test } from "vitest";
import { fixture } from "../../local/fixtures.ts";
import { LOCAL_BUCKET, type Rig, replyOf, startRig } from "../../local/rig.ts";
import type { EventReply } from "../../src/outcome.ts";
import { type AuthorizationServer, startAuthorizationServer } from "../auth/authorization-server.ts";
import { type ResourceServer, startResourceServer } from "../auth/resource-server.ts";
import { freshEvent } from "../fresh-event.ts";
import { aSecret } from "../leaks/secret.ts";

const SECRET_ID = "ocid1.vaultsecret.oc1.phx.aaaaaaaaclientsecret";
const AUDIENCE = "urn:relay-tests:hooks";

let rig: Rig;
let authorization: AuthorizationServer;
let receiver: ResourceServer;
afterEach(async () => {
  await rig?.close();
  await Promise.all([receiver?.close(), authorization?.close()]);
});

interface Setting {
  /** Of WEBHOOK_AUTH, beside those that are right. */
  auth?: Record<string, unknown>;
  clientAuth?: "client_secret_basic" | "client_secret_post";
  insufficientScopeStatus?: 401 | 403;
  timeoutMs?: number;
  config?: Record<string, string>;
}

/** An authorization server, a receiver that wants a token of its, and the function between them. */
async function start({
  auth = {},
  clientAuth,
  insufficientScopeStatus,
  timeoutMs = 10_000,
  config = {},
}: Setting = {}) {
  const secret = `${aSecret("client")} +%&ß`;
  // RFC 6749 allows printable ASCII only.
  const clientSecret = secret.replace("ß", "~");
  authorization = await startAuthorizationServer({
    resources: [AUDIENCE, "urn:relay-tests:others"],
    clients: [
      {
        id: "relay:1",
        secret: clientSecret,
        scopes: ["hooks.write", "hooks.read"],
        ...(clientAuth && { method: clientAuth }),
      },
    ],
  });
  receiver = await startResourceServer({
    authorization,
    scope: "hooks.write",
    ...(insufficientScopeStatus && { insufficientScopeStatus }),
  });
  const oauth2 = {
    type: "oauth2",
    tokenUrl: authorization.tokenUrl,
    clientId: "relay:1",
    clientSecret,
    scope: "hooks.write",
    audience: AUDIENCE,
  };
  rig = await startRig({
    timeoutMs,
    config: {
      ONS_TOPIC_ID: "",
      WEBHOOK_URL: receiver.hookUrl,
      WEBHOOK_AUTH: JSON.stringify({ ...oauth2, ...auth }),
      DEAD_LETTER_BUCKET: LOCAL_BUCKET,
      ...config,
    },
  });
  return { clientSecret };
}

async function invoke(): Promise<EventReply> {
  const response = await rig.host.invoke(freshEvent(fixture("instance-launched")));
  return replyOf(response, rig.logs) as EventReply;
}

const batchOf = (count: number) =>
  JSON.stringify(Array.from({ length: count }, () => JSON.parse(freshEvent(fixture("instance-launched")).toString())));

const tokenOf = (nth: number) => String(receiver.received.at(nth)?.headers.authorization).slice("Bearer ".length);
const delivered = (attempts: number) => ({ outcome: "delivered", deliveries: [{ attempts, status: 200 }] });

describe("client credentials", () => {
  test("get one token for many events, with the scope and the audience that are set", async () => {
    await start();
    for (let n = 0; n < 3; n++) expect(await invoke()).toMatchObject(delivered(1));
    expect(authorization.requests.map(({ method, form }) => ({ method, form }))).toEqual([
      { method: "POST", form: { grant_type: "client_credentials", scope: "hooks.write", audience: AUDIENCE } },
    ]);
    expect(authorization.requests[0]?.headers).toMatchObject({
      "content-type": "application/x-www-form-urlencoded",
      authorization: expect.stringMatching(/^Basic /),
    });
  });

  test("go in the form where the server wants them there", async () => {
    const { clientSecret } = await start({ clientAuth: "client_secret_post", auth: { clientAuth: "body" } });
    expect(await invoke()).toMatchObject(delivered(1));
    expect(authorization.requests[0]).toMatchObject({ form: { client_id: "relay:1", client_secret: clientSecret } });
    expect(authorization.requests[0]?.headers.authorization).toBeUndefined();
  });

  test("serve a batch with one token, however many ask at the same time", async () => {
    await start();
    expect(JSON.parse((await rig.host.invoke(batchOf(100))).body).counts).toEqual({ delivered: 100 });
    expect(authorization.requests.length).toBe(1);
  });
});

describe("a token", () => {
  test.each([
    "expire",
    "revoke",
  ] as const)("that the server has let %s: a new one is asked for once, and the event is delivered", async (how) => {
    await start();
    await invoke();
    authorization[how](tokenOf(-1));
    expect(await invoke()).toMatchObject(delivered(2));
    expect(await invoke()).toMatchObject(delivered(1));
    expect(authorization.requests.length).toBe(2);
  });

  test("that ends in the middle of a batch is replaced by one for all", async () => {
    await start();
    await invoke();
    authorization.revoke(tokenOf(-1));
    expect(JSON.parse((await rig.host.invoke(batchOf(60))).body).counts).toEqual({ delivered: 60 });
    expect(authorization.requests.length).toBe(2);
  });

  test("of the wrong scope, refused with 403: given up at once", async () => {
    await start({ auth: { scope: "hooks.read" } });
    expect(await invoke()).toMatchObject({
      outcome: "dead-lettered",
      deliveries: [{ attempts: 1, status: 403, problem: expect.stringMatching(/does not accept our credentials/) }],
    });
    expect(authorization.requests.length).toBe(1);
  });

  test("of the wrong scope, refused with 401: one more is asked for, then given up", async () => {
    await start({ auth: { scope: "hooks.read" }, insufficientScopeStatus: 401 });
    expect(await invoke()).toMatchObject({ outcome: "dead-lettered", deliveries: [{ attempts: 2, status: 401 }] });
    expect(authorization.requests.length).toBe(2);
  });

  test("that is refused throughout a batch is not asked for anew for each event", async () => {
    await start({ auth: { scope: "hooks.read" }, insufficientScopeStatus: 401 });
    await rig.host.invoke(batchOf(40));
    expect(authorization.requests.length).toBe(2);
  });
});

describe("an authorization server that", () => {
  test.each<[string, Record<string, unknown>, number, RegExp]>([
    [
      "does not know the secret",
      { clientSecret: aSecret("wrong") },
      401,
      /^the token URL answered 401 invalid_client: it does not accept the client's id and secret; /,
    ],
    [
      "does not give that scope",
      { scope: "hooks.admin" },
      400,
      /^the token URL answered 400 invalid_scope: it does not give this client the scope that is asked for/,
    ],
    [
      "does not know the audience",
      { audience: "urn:relay-tests:unknown" },
      400,
      /^the token URL answered 400 invalid_target: it does not know the audience/,
    ],
  ])("%s is explained, and nothing is sent", async (_, auth, status, problem) => {
    await start({ auth });
    expect(await invoke()).toMatchObject({
      outcome: "dead-lettered",
      deliveries: [{ attempts: 1, status, problem: expect.stringMatching(problem) }],
    });
    expect(receiver.received).toEqual([]);
  });

  test.each<[string, Parameters<typeof faultOf>[0], RegExp]>([
    ["is down", { status: 503 }, /^the token URL answered 503; gave up after 5 attempts$/],
    [
      "leads elsewhere",
      { status: 302, headers: { Location: "/x" } },
      /^the token URL answered 302; redirects are not followed/,
    ],
    ["answers with a page", { status: 200, body: "<html>" }, /^the token URL answered 200, but with no JSON object/],
    ["gives no token", { status: 200, body: "{}" }, /^the token URL answered 200, but with no access_token/],
    [
      "gives another kind of token",
      { status: 200, body: '{"access_token":"abc","token_type":"DPoP"}' },
      /^the token URL answered 200, but with a token that is no Bearer token/,
    ],
    ["breaks the connection", "reset", /^no answer from the token URL \(ECONNRESET\)/],
    ["never answers", "hang", /^no answer from the token URL \(NO_TIME_LEFT\).*before the deadline$/],
  ])("%s: the event is kept with the reason, inside the deadline", async (_, answer, problem) => {
    await start({ timeoutMs: 6_000 });
    authorization.fault = faultOf(answer);
    expect(await invoke()).toMatchObject({
      outcome: "dead-lettered",
      deliveries: [{ problem: expect.stringMatching(problem) }],
    });
    expect(receiver.received).toEqual([]);
  });

  test("stumbles once is asked again", async () => {
    await start();
    authorization.fault = () => (authorization.requests.length === 1 ? { status: 500 } : undefined);
    expect(await invoke()).toMatchObject(delivered(2));
  });

  test("is slow is waited for, once for all that ask", async () => {
    await start();
    let first = true;
    authorization.fault = async () => {
      // Until the whole batch waits for it.
      if (first) await new Promise((resolve) => setTimeout(resolve, 300));
      first = false;
      return undefined;
    };
    expect(JSON.parse((await rig.host.invoke(batchOf(30))).body).counts).toEqual({ delivered: 30 });
    expect(authorization.requests.length).toBe(1);
  });

  test("has got a new secret for the client: it is read from the vault once more", async () => {
    const { clientSecret } = await start({ auth: { clientSecret: `vault:${SECRET_ID}` } });
    rig.secrets.put(SECRET_ID, clientSecret);
    await invoke();
    const changed = aSecret("changed");
    authorization.rotate("relay:1", changed);
    authorization.revoke(tokenOf(-1));
    rig.secrets.put(SECRET_ID, changed);
    expect(await invoke()).toMatchObject({ outcome: "delivered" });
    expect(rig.secrets.requests.length).toBe(2);
  });
});

function faultOf(answer: Exclude<Awaited<ReturnType<NonNullable<AuthorizationServer["fault"]>>>, undefined>) {
  return () => answer;
}

test("an authorization server that cuts its answer short is asked again", async () => {
  await start();
  let cut = true;
  authorization.fault = () => {
    if (!cut) return undefined;
    cut = false;
    return { status: 200, headers: { "Content-Length": "500" }, body: '{"access_token":"' };
  };
  expect(await invoke()).toMatchObject({ outcome: "delivered", deliveries: [{ attempts: 2 }] });
});

test("an authorization server that gives the same refused token again is not asked for ever", async () => {
  await start();
  await invoke();
  const token = tokenOf(-1);
  authorization.fault = () => ({
    status: 200,
    body: JSON.stringify({ access_token: token, token_type: "Bearer", expires_in: 3600 }),
  });
  authorization.revoke(token);
  expect(await invoke()).toMatchObject({ outcome: "dead-lettered", deliveries: [{ attempts: 1, status: 401 }] });
  expect(authorization.requests.length).toBe(2);
});

test("a client secret that a token URL quotes as a form writes it is kept nowhere, and the letter says where to look", async () => {
  const { clientSecret } = await start({ clientAuth: "client_secret_post", auth: { clientAuth: "body" } });
  authorization.fault = ({ form }) => ({
    status: 400,
    body: `got ${new URLSearchParams(form as Record<string, string>)}`,
  });
  expect(await invoke()).toMatchObject({ outcome: "dead-lettered" });
  const [letter] = [...rig.storage.objects(LOCAL_BUCKET).values()].map(({ body }) => body.toString());
  expect(letter).toContain("client_secret=[redacted]");
  expect(letter).toContain('"nextStep": "see what the token URL has against the client');
  const spellings = [clientSecret, new URLSearchParams({ "": clientSecret }).toString().slice(1)];
  expect(spellings.filter((each) => letter?.includes(each))).toEqual([]);
});

test("a token that a receiver quotes is kept nowhere", async () => {
  await start();
  receiver.accept = ({ headers }) => ({ status: 400, body: `what is ${headers.authorization}?` });
  expect(await invoke()).toMatchObject({ outcome: "dead-lettered" });
  const [letter] = [...rig.storage.objects(LOCAL_BUCKET).values()].map(({ body }) => body.toString());
  expect(letter).toContain('"response": "what is [redacted]?"');
  expect([letter, ...rig.logs].filter((text) => text?.includes(tokenOf(-1)))).toEqual([]);
});
