import { afterEach, expect, test } from "vitest";
import { type LoopbackAnswer, type LoopbackServer, serveLoopback } from "../../local/loopback.ts";
import { createTokenSource, type OAuth2Settings } from "../../src/deliver/oauth2.ts";
import { createEgress } from "../../src/egress/guard.ts";
import { createConnections } from "../../src/http/connections.ts";

const SECOND_MS = 1_000;

let server: LoopbackServer;
let nowMs: number;
let forms: string[];
afterEach(() => server.close());

/** A token source whose server gives "token 1", "token 2" and so on, with this life; what it gives each time it is asked. */
async function start(answer: (nth: number) => LoopbackAnswer, settings: Partial<OAuth2Settings> = {}) {
  nowMs = Date.parse("2026-03-02T08:00:00Z");
  forms = [];
  server = await serveLoopback(({ body }) => {
    forms.push(body.toString());
    return answer(forms.length);
  });
  const tokens = createTokenSource(
    {
      ...{ url: new URL("/token", server.url), clientId: "relay", clientSecret: "a secret" },
      ...{ scope: undefined, audience: undefined, clientAuth: "basic", tls: undefined, egress: createEgress([]) },
      ...settings,
    },
    () => nowMs,
  );
  const ask = async () => {
    const connections = createConnections(4);
    try {
      const given = await tokens.token({ connections, leftMs: () => 5_000 });
      return given.ok ? given.token : given.failure.problem;
    } finally {
      connections.close();
    }
  };
  return { ask, tokens };
}

const living = (expiresIn: unknown) => (nth: number) => ({
  status: 200,
  body: JSON.stringify({ access_token: `token-${nth}`, token_type: "Bearer", expires_in: expiresIn }),
});

test.each<[string, unknown, number]>([
  ["of an hour is given out until a minute before its end", 3600, 3540],
  ["of an hour, told as a text, too", "3600", 3540],
  ["of two minutes until a quarter before its end", 120, 90],
  ["of ten seconds too", 10, 7.5],
  ["that does not tell its end for five minutes less one", undefined, 240],
  ["that tells nonsense of its end too", "soon", 240],
  ["that tells it has ended too", -1, 240],
])("a token %s", async (_, expiresIn, seconds) => {
  const { ask } = await start(living(expiresIn));
  expect(await ask()).toBe("token-1");
  nowMs += seconds * SECOND_MS - 1;
  expect(await ask()).toBe("token-1");
  nowMs += 1;
  expect(await ask()).toBe("token-2");
});

test("a token that was refused is not given out again, and a newer one stays", async () => {
  const { ask, tokens } = await start(living(3600));
  await ask();
  tokens.refused("token-1");
  expect(await ask()).toBe("token-2");
  tokens.refused("token-1");
  expect(await ask()).toBe("token-2");
});

test("a failure is not kept: who asks next asks the server", async () => {
  const { ask } = await start((nth) => (nth === 1 ? { status: 503 } : living(3600)(nth)));
  expect(await ask()).toBe("the token URL answered 503");
  expect(await ask()).toBe("token-2");
});

test("who asks at the same time shares one request, and its failure", async () => {
  const { ask } = await start(() => ({ status: 503 }));
  expect(new Set(await Promise.all(Array.from({ length: 10 }, ask)))).toEqual(new Set(["the token URL answered 503"]));
  expect(forms.length).toBe(1);
});

test.each<[string, Partial<OAuth2Settings>, string]>([
  ["nothing that is not set", {}, "grant_type=client_credentials"],
  [
    "scope and audience",
    { scope: "https://a.example:443urn:opc:resource:consumer::all", audience: "b c" },
    "grant_type=client_credentials&scope=https%3A%2F%2Fa.example%3A443urn%3Aopc%3Aresource%3Aconsumer%3A%3Aall&audience=b+c",
  ],
  [
    "id and secret where they go in the form",
    { clientAuth: "body" },
    "grant_type=client_credentials&client_id=relay&client_secret=a+secret",
  ],
])("the form holds %s", async (_, settings, form) => {
  const { ask } = await start(living(3600), settings);
  await ask();
  expect(forms).toEqual([form]);
});
