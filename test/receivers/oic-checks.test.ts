import { describe, expect, test } from "vitest";
import type { OicConfig } from "../../src/config/relay.ts";
import { defineRelay, loadRelay, type Sources } from "../../src/config.ts";

const HOST = "acme-prod-iad.integration.us-ashburn-1.ocp.oraclecloud.com";
const FLOW = "/ic/api/integration/v1/flows/rest/EVENTS/1.0/in";
const SCOPE = "https://ABC123DEF456.integration.us-ashburn-1.ocp.oraclecloud.com:443urn:opc:resource:consumer::all";
const TOKEN_URL = "https://idcs-0123.identity.oraclecloud.com/oauth2/v1/token";

const SOUND = { url: `https://${HOST}${FLOW}`, tokenUrl: TOKEN_URL, scope: SCOPE };

const FLOW_FORM =
  "https://<instance>.integration.<region>.ocp.oraclecloud.com/ic/api/integration/v1/flows/rest/<CODE>/<version>/<path>";
const SCOPE_FORM = "https://<hash>.integration.<region>.ocp.oraclecloud.com:443urn:opc:resource:consumer::all";
const TOKEN_FORM = "https://idcs-<id>.identity.oraclecloud.com/oauth2/v1/token";
const OTHERWISE = '(for a host of another name use type "webhook" with auth of type "oauth2")';
const WAY = "(EGRESS_ALLOW, egressAllow in code)";

/** What is wrong with a flow of these settings, all others being sound. */
function problemsWith(
  settings: (sources: Pick<Sources, "env" | "vault">) => Record<string, unknown>,
  variables: Record<string, string> = {},
  egressAllow: string[] = [],
): readonly string[] {
  const definition = defineRelay(({ env, vault }) => {
    const flow = {
      ...{ type: "oic", ...SOUND, clientId: "relay", clientSecret: vault("ocid1.vaultsecret.oc1.iad.client") },
      ...settings({ env, vault }),
    };
    const isGiven = ([, value]: [string, unknown]) => value !== "left out";
    // As nobody's editor would let it pass.
    const given = Object.fromEntries(Object.entries(flow).filter(isGiven)) as unknown as OicConfig;
    return { destinations: { flow: given }, egressAllow };
  });
  const loaded = loadRelay(definition, variables);
  return loaded.ok ? [] : loaded.problems;
}

describe("a flow is taken", () => {
  test.each<[string, Record<string, unknown>]>([
    ["as Oracle writes its URLs", {}],
    ["in a project", { url: `https://${HOST}/ic/api/integration/v1/flows/rest/project/RELAY/EVENTS/1.0/in` }],
    ["with ports written out", { url: `https://${HOST}:443${FLOW}`, tokenUrl: TOKEN_URL.replace("/oa", ":443/oa") }],
  ])("%s", (_, settings) => {
    expect(problemsWith(() => settings)).toEqual([]);
  });

  test("with its texts in the function's configuration", () => {
    const variables = { URL: SOUND.url, TOKEN_URL, SCOPE, ID: "relay", SECRET: "x" };
    const settings = ({ env }: Pick<Sources, "env">) => ({
      ...{ url: env("URL"), tokenUrl: env("TOKEN_URL"), scope: env("SCOPE") },
      ...{ clientId: env("ID"), clientSecret: env("SECRET") },
    });
    expect(problemsWith(settings, variables)).toEqual([]);
  });
});

describe("a flow is refused with one problem for each setting that is wrong:", () => {
  test.each<[string, Record<string, unknown>, string]>([
    [
      "the host of the designer",
      { url: `https://design.integration.us-ashburn-1.ocp.oraclecloud.com${FLOW}` },
      "url: is the host of the designer; expected that of the run time, without design. at its beginning",
    ],
    [
      "the page of the designer",
      { url: `https://${HOST}/integrations/EVENTS/01.00` },
      `url: is not the URL of a flow; expected ${FLOW_FORM}, as the integration's details show it`,
    ],
    [
      "the developer API",
      { url: `https://${HOST}/ic/api/integration/v1/integrations` },
      `url: is not the URL of a flow; expected ${FLOW_FORM}, as the integration's details show it`,
    ],
    [
      "a host of one's own",
      { url: `https://flows.example.com${FLOW}` },
      `url: is no host of Oracle Integration; expected ${FLOW_FORM} ${OTHERWISE}`,
    ],
    ["plain http", { url: `http://${HOST}${FLOW}` }, "url: is plain http; Oracle takes https only"],
    ["another protocol", { url: "ftp:flows" }, "url: is neither https nor http; expected https://host/path"],
    ["no URL", { url: "flows" }, "url: is not a URL; expected https://host/path"],
    [
      "a password in the URL",
      { url: `https://ana:x@${HOST}${FLOW}` },
      "url: holds a user name or password before the host; take it out and send credentials in a header",
    ],
    [
      "the scope of the developer API",
      { scope: SCOPE.replace("urn:opc:resource:consumer::all", "/ic/api/") },
      `scope: is the scope of the developer API; that of flows is ${SCOPE_FORM}`,
    ],
    [
      "several scopes",
      { scope: `${SCOPE} https://fusion.example.com:443urn:opc:resource:consumer::all` },
      `scope: holds several scopes; Oracle Integration refuses a token for more than one, expected ${SCOPE_FORM}`,
    ],
    [
      "the scope of another service",
      { scope: "urn:opc:idm:__myscopes__" },
      `scope: is not the scope of an instance; expected ${SCOPE_FORM}`,
    ],
    [
      "a scope with a space at its end",
      { scope: `${SCOPE} ` },
      `scope: is not the scope of an instance; expected ${SCOPE_FORM}`,
    ],
    [
      "a token URL of another host",
      { tokenUrl: "https://login.example.com/oauth2/v1/token" },
      `tokenUrl: is no host of an identity domain; expected ${TOKEN_FORM} ${OTHERWISE}`,
    ],
    [
      "another path of the identity domain",
      { tokenUrl: "https://idcs-0123.identity.oraclecloud.com/admin/v1/Apps" },
      `tokenUrl: is not where an identity domain gives tokens; expected ${TOKEN_FORM}`,
    ],
    [
      "a token URL of plain http",
      { tokenUrl: TOKEN_URL.replace("https", "http") },
      "tokenUrl: is plain http; Oracle takes https only",
    ],
    ["a token URL that is none", { tokenUrl: "token" }, "tokenUrl: is not a URL; expected https://host/path"],
    ["no URL at all", { url: "left out" }, 'url: expected a text or env("NAME"), got nothing'],
    ["no token URL", { tokenUrl: "left out" }, 'tokenUrl: expected a text or env("NAME"), got nothing'],
    ["no client", { clientId: "left out" }, 'clientId: expected a text or env("NAME"), got nothing'],
    ["no secret", { clientSecret: "left out" }, 'clientSecret: expected a text or env("NAME"), got nothing'],
    ["no scope", { scope: "" }, "scope: is empty"],
    [
      "a secret in the code",
      { clientSecret: "x" },
      'clientSecret: is written out in relay.config.ts; a secret is read, with env("NAME") or vault("ocid1.vaultsecret…")',
    ],
    [
      "a setting of OAuth that OIC has no use for",
      { audience: "flows" },
      "audience: is not known; known are type, url, tokenUrl, clientId, clientSecret, scope, tls, secretKey, signingSecrets, " +
        "header, body, msgKey, useTemplate, syncActions, render",
    ],
  ])("%s", (_, settings, problem) => {
    expect(problemsWith(() => settings)).toEqual([`destinations.flow.${problem}`]);
  });

  test("names that the function's configuration does not hold", () => {
    const settings = ({ env }: Pick<Sources, "env">) => ({
      ...{ url: env("URL"), tokenUrl: env("TOKEN_URL"), scope: env("SCOPE") },
      ...{ clientId: env("ID"), clientSecret: env("SECRET") },
    });
    expect(problemsWith(settings)).toEqual([
      "destinations.flow.url: URL is not set in the function's configuration",
      "destinations.flow.tokenUrl: TOKEN_URL is not set in the function's configuration",
      "destinations.flow.clientId: ID is not set in the function's configuration",
      "destinations.flow.clientSecret: SECRET is not set in the function's configuration",
      "destinations.flow.scope: SCOPE is not set in the function's configuration",
    ]);
  });

  test("plain http, whatever EGRESS_ALLOW says", () => {
    expect(problemsWith(() => ({ url: `http://${HOST}${FLOW}` }), {}, [`http://${HOST}`])).toEqual([
      "destinations.flow.url: is plain http; Oracle takes https only",
    ]);
  });

  test("and one that has the same name, as a webhook, is judged as any webhook is", () => {
    const settings = { type: "webhook", url: "left out", tokenUrl: "left out", clientId: "left out" };
    const others = { clientSecret: "left out", scope: "left out" };
    const webhook = ({ env }: Pick<Sources, "env">) => ({ ...settings, ...others, url: env("URL") });
    expect(problemsWith(webhook, { URL: `http://${HOST}${FLOW}` })).toEqual([
      `destinations.flow.url: is plain http to ${HOST}; use https, or allow http://${HOST} ${WAY}`,
    ]);
  });
});
