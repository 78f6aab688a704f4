import { afterEach, describe, expect, test } from "vitest";
import { type AuthorizationServer, startAuthorizationServer } from "../auth/authorization-server.ts";
import { type ResourceServer, startResourceServer } from "../auth/resource-server.ts";
import { aSecret } from "../leaks/secret.ts";
import { endOf, expectProblem, type Lab, type LabOptions, startLab } from "./lab.ts";
import { receiverPage } from "./page.ts";

const page = receiverPage("oauth2");
const oauth2 = page.takeSettings();
const relay = page.take("ts");
const basic = page.takeSettings();
const bearer = page.takeSettings();
const apiKey = page.takeSettings();
page.end();

const AUDIENCE = "urn:example:hooks";

let lab: Lab;
let authorization: AuthorizationServer;
let resource: ResourceServer;
afterEach(async () => {
  await lab?.rig.close();
  await Promise.all([resource?.close(), authorization?.close()]);
});

/** The page's two servers, and the function between them. */
async function start(options: LabOptions = { settings: oauth2 }): Promise<void> {
  const clientSecret = aSecret("client");
  authorization = await startAuthorizationServer({
    resources: [AUDIENCE],
    clients: [{ id: "relay", secret: clientSecret, method: "client_secret_post", scopes: ["hooks.write"] }],
  });
  resource = await startResourceServer({ authorization, scope: "hooks.write", audience: AUDIENCE });
  const code = { HOOKS_URL: resource.hookUrl, TOKEN_URL: authorization.tokenUrl };
  lab = await startLab({
    secrets: () => ({ amaaaaaaclientsecret: clientSecret }),
    places: () => ({
      "https://hooks.example.com/oci": resource.hookUrl,
      "https://login.example.com/oauth2/token": authorization.tokenUrl,
    }),
    ...options,
    config: { ...(options.relay !== undefined && code), ...options.config },
  });
}

describe("OAuth 2.0", () => {
  test.each<[string, LabOptions]>([
    ["by the function's configuration", { settings: oauth2 }],
    ["by code", { relay }],
  ])("asks as the page has it, once for many events, %s", async (_, options) => {
    await start(options);
    for (let n = 0; n < 3; n++) expect(await lab.invoke()).toMatchObject({ outcome: "delivered" });
    expect(authorization.requests.map(({ form }) => form)).toEqual([
      {
        grant_type: "client_credentials",
        scope: "hooks.write",
        audience: AUDIENCE,
        client_id: "relay",
        client_secret: lab.secrets.amaaaaaaclientsecret,
      },
    ]);
    expect(resource.received.map(({ refused, clientId }) => [refused, clientId])).toEqual(
      Array(3).fill([undefined, "relay"]),
    );
  });

  test("has the settings of the page, and no others", () => {
    const { type, ...given } = JSON.parse(oauth2.WEBHOOK_AUTH ?? "");
    expect([...page.table("setting").keys()].sort()).toEqual([...Object.keys(given), "tls"].sort());
  });
});

describe("the simpler ways put into a header what the vault holds:", () => {
  test.each<[string, Record<string, string>, string, (secrets: Record<string, string>) => string]>([
    [
      "Basic",
      basic,
      "authorization",
      ({ amaaaaaapassword }) => `Basic ${Buffer.from(`relay:${amaaaaaapassword}`).toString("base64")}`,
    ],
    ["a bearer token", bearer, "authorization", ({ amaaaaaabearertoken }) => `Bearer ${amaaaaaabearertoken}`],
    ["an API key", apiKey, "x-api-key", ({ amaaaaaaapikey }) => String(amaaaaaaapikey)],
  ])("%s", async (_, settings, header, value) => {
    await start({ settings, secrets: () => ({}) });
    lab.rig.config.WEBHOOK_URL = lab.rig.sink.url;
    expect(await lab.invoke()).toMatchObject({ outcome: "delivered" });
    expect(lab.rig.sink.received.map(({ headers }) => headers[header])).toEqual([value(lab.secrets)]);
  });
});

describe("a refusal reads as the page has it:", () => {
  const BODIES: Readonly<Record<string, string>> = {
    "a page": "<html>",
    "no token": "{}",
    "another kind": '{"access_token":"abc","token_type":"DPoP"}',
  };

  test.each([...page.table("answer")])("%s", async (answer, [says]) => {
    await start();
    const [, at, status = "", what = ""] = /^(token URL: )?(\d+),? ?(.*)$/.exec(answer) ?? [];
    const body = BODIES[what] ?? JSON.stringify({ error: what });
    const refusal = { status: Number(status), body };
    if (at === undefined) resource.accept = () => refusal;
    else authorization.fault = () => refusal;
    expectProblem(await lab.invoke(), { says, suffix: endOf(status) });
  });

  test.each<[string, Record<string, unknown>, string]>([
    ["a wrong secret", { clientSecret: aSecret("wrong") }, "token URL: 401 invalid_client"],
    ["a scope that the client has not", { scope: "hooks.admin" }, "token URL: 400 invalid_scope"],
    ["an audience that nobody knows", { audience: "urn:example:others" }, "token URL: 400 invalid_target"],
    ["a client that says in a header who it is", { clientAuth: "basic" }, "token URL: 401 invalid_client"],
  ])("%s, as a server of OAuth answers it", async (_, changed, row) => {
    const settings = {
      ...oauth2,
      WEBHOOK_AUTH: JSON.stringify({ ...JSON.parse(oauth2.WEBHOOK_AUTH ?? ""), ...changed }),
    };
    await start({ settings, ...("clientSecret" in changed && { secrets: () => ({}) }) });
    expectProblem(await lab.invoke(), { says: page.table("answer").get(row)?.[0], suffix: endOf("401") });
  });
});
