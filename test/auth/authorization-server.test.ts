import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type AuthorizationServer, startAuthorizationServer } from "./authorization-server.ts";
import { type ResourceServer, startResourceServer } from "./resource-server.ts";

const READ = "https://0123.integration.us-ashburn-1.ocp.oraclecloud.com:443urn:opc:resource:consumer::all";
const HOOKS = "urn:relay-tests:hooks";
const OTHER = "https://other.example/api";
const basic = { id: "relay", secret: "a secret: 100%/+&=", scopes: [READ, "send"] };
const inForm = { id: "relay-post", secret: "another secret", scopes: ["send"], method: "client_secret_post" as const };

let authorization: AuthorizationServer;
let hooks: ResourceServer;
const printed = [vi.spyOn(console, "warn"), vi.spyOn(console, "info"), vi.spyOn(console, "error")];

beforeEach(async () => {
  authorization = await startAuthorizationServer({ clients: [basic, inForm], resources: [HOOKS, OTHER] });
  hooks = await startResourceServer({ authorization, scope: READ, audience: HOOKS });
});
afterEach(async () => {
  await Promise.all([hooks.close(), authorization.close()]);
  expect(printed.flatMap(({ mock }) => mock.calls)).toEqual([]);
});

/** As RFC 6749, 2.3.1 has it: each part encoded as in a form, then in base64. */
function basicOf(id: string, secret: string): string {
  const [user, password] = [id, secret].map((part) => new URLSearchParams({ "": part }).toString().slice(1));
  return `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
}

async function ask(
  form: Record<string, string> = {},
  {
    secret = basic.secret,
    signal,
    from = authorization,
  }: { secret?: string; signal?: AbortSignal; from?: AuthorizationServer } = {},
) {
  const answer = await fetch(from.tokenUrl, {
    method: "POST",
    headers: { ...(form.client_id === undefined && { authorization: basicOf(basic.id, secret) }) },
    body: new URLSearchParams({ grant_type: "client_credentials", scope: READ, ...form }),
    ...(signal && { signal }),
  });
  return { status: answer.status, reply: (await answer.json()) as Record<string, unknown> };
}

async function tokenOf(form?: Record<string, string>, from = authorization): Promise<string> {
  return String((await ask(form, { from })).reply.access_token);
}

async function deliver(authorizationHeader: string | undefined) {
  const headers = { ...(authorizationHeader !== undefined && { authorization: authorizationHeader }) };
  const answer = await fetch(hooks.hookUrl, { method: "POST", body: "{}", headers });
  return [answer.status, answer.headers.get("www-authenticate")];
}

const INVALID = 'Bearer error="invalid_token", error_description="The access token is expired, revoked or unknown"';

describe.each(["opaque", "jwt"] as const)("with tokens that are %s", (format) => {
  beforeEach(() => {
    authorization.format = format;
  });

  test("the authorization server gives one, and the resource server takes it", async () => {
    authorization.lifetimeS = 120;
    const { status, reply } = await ask();
    expect({ status, reply }).toEqual({
      status: 200,
      reply: { access_token: expect.any(String), expires_in: 120, scope: READ, token_type: "Bearer" },
    });
    const token = String(reply.access_token);
    expect(token.split(".").length).toBe(format === "jwt" ? 3 : 1);
    expect(await authorization.check(token)).toEqual({ clientId: "relay", scopes: [READ], audience: HOOKS });
    expect(await deliver(`Bearer ${token}`)).toEqual([200, null]);
    expect(hooks.received.map(({ clientId, refused, body }) => [clientId, refused, String(body)])).toEqual([
      ["relay", undefined, "{}"],
    ]);
  });

  test.each<[string, (token: string) => void]>([
    ["has expired", (token) => authorization.expire(token)],
    ["was revoked", (token) => authorization.revoke(token)],
  ])("one that %s is refused, and no other", async (_, end) => {
    const [token, other] = [await tokenOf(), await tokenOf()];
    expect(await deliver(`Bearer ${token}`)).toEqual([200, null]);
    end(token);
    expect(await deliver(`Bearer ${token}`)).toEqual([401, INVALID]);
    expect(await deliver(`Bearer ${other}`)).toEqual([200, null]);
    expect(hooks.received.map(({ refused }) => refused)).toEqual([undefined, "invalid_token", undefined]);
  });

  test("one of another scope is refused with 403, or 401 where a receiver likes that better", async () => {
    const token = await tokenOf({ scope: "send" });
    const insufficient = `Bearer error="insufficient_scope", scope="${READ}"`;
    expect(await deliver(`Bearer ${token}`)).toEqual([403, insufficient]);
    await hooks.close();
    hooks = await startResourceServer({ authorization, scope: READ, insufficientScopeStatus: 401 });
    expect(await deliver(`Bearer ${token}`)).toEqual([401, insufficient]);
  });

  test.each(["resource", "audience"])("one for another %s is refused", async (name) => {
    const token = await tokenOf({ [name]: OTHER });
    expect(await authorization.check(token)).toMatchObject({ audience: OTHER });
    expect(await deliver(`Bearer ${token}`)).toEqual([401, INVALID]);
  });
});

test("the resource server refuses what is no token of the server", async () => {
  const stranger = await startAuthorizationServer({ clients: [basic], resources: [HOOKS], format: "jwt" });
  const foreign = await tokenOf({}, stranger);
  await stranger.close();
  expect([
    await deliver(undefined),
    await deliver("Basic eDp5"),
    await deliver("Bearer"),
    await deliver("Bearer abc"),
    await deliver(`bearer ${foreign}`),
  ]).toEqual([
    [401, "Bearer"],
    [401, "Bearer"],
    [401, "Bearer"],
    [401, INVALID],
    [401, INVALID],
  ]);
});

describe("the authorization server", () => {
  test("takes the secret in the form from a client that is registered so, and records every request", async () => {
    const form = { scope: "send", client_id: inForm.id, client_secret: inForm.secret, audience: HOOKS };
    expect((await ask(form)).status).toBe(200);
    expect(authorization.requests).toEqual([
      {
        method: "POST",
        path: "/token",
        headers: expect.objectContaining({ "content-type": "application/x-www-form-urlencoded;charset=UTF-8" }),
        form: { grant_type: "client_credentials", ...form },
        answered: 200,
      },
    ]);
  });

  test.each<[string, Record<string, string>, string, number, string]>([
    ["a wrong secret", {}, "wrong", 401, "invalid_client"],
    [
      "a wrong secret in the form",
      { client_id: inForm.id, client_secret: "x", scope: "send" },
      "",
      401,
      "invalid_client",
    ],
    ["an unknown client", { client_id: "nobody", client_secret: "x" }, "", 401, "invalid_client"],
    ["the method of others", { client_id: basic.id, client_secret: basic.secret }, "", 401, "invalid_client"],
    ["a scope that the client may not have", { scope: `${READ} admin` }, basic.secret, 400, "invalid_scope"],
    ["a resource that there is not", { resource: "urn:x:y" }, basic.secret, 400, "invalid_target"],
    ["an audience that there is not", { audience: "x" }, basic.secret, 400, "invalid_target"],
    ["another grant", { grant_type: "password" }, basic.secret, 400, "unsupported_grant_type"],
  ])("refuses %s", async (_, form, secret, status, error) => {
    expect(await ask(form, { secret })).toEqual({ status, reply: expect.objectContaining({ error }) });
    expect(authorization.requests.map(({ answered }) => answered)).toEqual([status]);
  });

  test("after a rotation knows only the client's new secret, and the tokens that it gave", async () => {
    const token = await tokenOf();
    authorization.rotate(basic.id, "new");
    const statuses = [await ask(), await ask({}, { secret: "new" })].map(({ status }) => status);
    expect([statuses, await deliver(`Bearer ${token}`)]).toEqual([
      [401, 200],
      [200, null],
    ]);
  });

  test("is as slow as it is told, answers what it is told, and hangs", async () => {
    let release = () => {};
    const released = new Promise<undefined>((resolve) => {
      release = () => resolve(undefined);
    });
    const order: string[] = [];
    authorization.fault = async () => {
      order.push("asked");
      await released;
      order.push("released");
      return undefined;
    };
    const slow = ask().then(({ status }) => order.push(`answered ${status}`));
    await vi.waitUntil(() => order.includes("asked"));
    release();
    await slow;
    expect(order).toEqual(["asked", "released", "answered 200"]);

    authorization.fault = () => ({ status: 503, body: '{"error":"temporarily_unavailable"}' });
    expect(await ask()).toEqual({ status: 503, reply: { error: "temporarily_unavailable" } });

    authorization.fault = () => "hang";
    const giveUp = new AbortController();
    const hanging = expect(ask({}, { signal: giveUp.signal })).rejects.toThrow("aborted");
    await vi.waitUntil(() => authorization.requests.length === 3);
    giveUp.abort();
    await hanging;
    expect(authorization.requests.map(({ answered }) => answered)).toEqual([200, 503, "hang"]);
  });
});
