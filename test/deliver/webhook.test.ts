import { createHmac } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type HttpAnswer, type LoopbackRequest, type LoopbackServer, serveLoopback } from "../../local/loopback.ts";
import type { Attempt } from "../../src/deliver/destination.ts";
import { createWebhook } from "../../src/deliver/webhook.ts";
import type { WebhookTarget } from "../../src/deliver/webhook-target.ts";
import { createEgress } from "../../src/egress/guard.ts";
import { createConnections } from "../../src/http/connections.ts";
import type { Notification } from "../../src/notification.ts";
import type { Vault } from "../../src/vault.ts";

const SECRET_KEY = "the-secret-key-0123456789";
const notification: Notification = {
  ...{ family: "instance", resourceType: "server", action: "create", result: "succeed" },
  details: { id: "ocid1.instance.oc1.iad.example" },
  title: "Instance web-1 created in prod",
  eventId: "6f1d0c52",
};

const NO_VAULT: Vault = {
  read: () => Promise.reject(new Error("nothing is in the vault")),
  prepare: () => Promise.resolve(),
};

let server: LoopbackServer;
let answer: (request: LoopbackRequest) => HttpAnswer;
beforeAll(async () => {
  server = await serveLoopback((request) => answer(request));
});
afterAll(() => server.close());

/** One attempt at a receiver that answers so. */
async function attempt(answers: typeof answer): Promise<Attempt> {
  answer = answers;
  const url = new URL("/hook/T0ken-text-in-the-path/T%C3%B6ken-in-the-path?key=k3y-in-the-query", server.url);
  const webhook: WebhookTarget = {
    url,
    isUrlSecret: true,
    robot: {
      secret_key: SECRET_KEY,
      header: {
        Authorization: "Basic cGFzc3dvcmQ=",
        "X-Api-Key": "äpi-key",
        "X-Number": 987654321,
        "X-Bearer": "Bearer b34rer-token",
        "X-Big": 12345678901234567n,
        "X-Slash": "sl/ash/s3cret",
      },
      body: { channel: { pass: "b0dy-pass", pin: 76543210987654321n } },
    },
    signingKeys: [Buffer.from(SECRET_KEY), Buffer.from("another-key-0123456789")],
    ...{ render: undefined, syncActions: false, authHeader: undefined, oauth2: undefined, tls: undefined },
    egress: createEgress([]),
    hints: new Map(),
    secretTexts: [],
  };
  const destination = createWebhook(
    {
      ...{ name: "webhook", origin: url.origin, address: url.href, secretIds: [], vault: NO_VAULT },
      settle: () => ({ ok: true, value: webhook }),
    },
    () => Date.parse("2026-03-02T08:16:07Z"),
  );
  const connections = createConnections(1);
  try {
    return await destination.attempt([notification], { connections, leftMs: () => 10_000 });
  } finally {
    connections.close();
  }
}

describe("of a refusal that quotes the request nothing secret is kept:", () => {
  const quotes: [string, (request: LoopbackRequest) => unknown, RegExp][] = [
    ["its path and query", ({ path }) => `nothing at ${path}`, /^nothing at \[redacted\]$/],
    ["its URL", ({ path }) => `${server.url}${path}`, /^\[redacted\]$/],
    ["its path alone", ({ path }) => new URL(path, server.url).pathname, /^\/hook\/\[redacted\]\/\[redacted\]$/],
    [
      "its query, in JSON",
      ({ path }) => Object.fromEntries(new URL(path, server.url).searchParams),
      /^\{"key":"\[redacted\]"\}$/,
    ],
    ["its headers", ({ headers }) => headers, /"authorization":"\[redacted\]".*"x-auth-token":"\[redacted\]"/],
    ["a header alone", ({ headers }) => headers.authorization, /^\[redacted\]$/],
    ["the token of a header alone", ({ headers }) => String(headers["x-bearer"]).slice(7), /^\[redacted\]$/],
    ["a big number in a header", ({ headers }) => `got ${headers["x-big"]}`, /^got \[redacted\]$/],
    ["a big number in the body", ({ body }) => `got ${/\d{17}/.exec(body.toString())?.[0]}`, /^got \[redacted\]$/],
    ["its path, decoded", ({ path }) => `nothing at ${decodeURIComponent(path)}`, /^nothing at .*\[redacted\]/],
    ["a header beyond Latin-1, as its bytes", ({ headers }) => headers["x-api-key"], /^\[redacted\]$/],
    [
      "a header, in JSON as PHP writes it",
      ({ headers }) => JSON.stringify({ got: headers["x-slash"] }).replaceAll("/", "\\/"),
      /^\{"got":"\[redacted\]"\}$/,
    ],
    ["a number in a header", ({ headers }) => `got ${headers["x-number"]}`, /^got \[redacted\]$/],
    [
      "a header beyond Latin-1, decoded",
      ({ headers }) => Buffer.from(String(headers["x-api-key"]), "latin1").toString(),
      /^\[redacted\]$/,
    ],
    [
      "one of its two signatures",
      ({ headers }) => String(headers["webhook-signature"]).split(" ")[1],
      /^\[redacted\]$/,
    ],
    ["the robot's own body", ({ body }) => JSON.parse(body.toString()).channel, /^\{"pass":"\[redacted\]","pin":/],
    [
      "a text in it, as a URL writes it",
      ({ body }) => encodeURIComponent(`${JSON.parse(body.toString()).channel.pass} /`),
      /^\[redacted\]%20%2F$/,
    ],
    ["the key that signs it, which it never held", () => `key ${SECRET_KEY}`, /^key \[redacted\]$/],
    ["that key in base64", () => Buffer.from(SECRET_KEY).toString("base64"), /^\[redacted\]$/],
    ["that key in hex", () => Buffer.from(SECRET_KEY).toString("hex"), /^\[redacted\]$/],
  ];
  const secrets = [
    ...["T0ken-text-in-the-path", "k3y-in-the-query", SECRET_KEY, "cGFzc3dvcmQ=", "äpi-key", "987654321", "b0dy-pass"],
    ...["b34rer-token", "12345678901234567", "76543210987654321", "Töken-in-the-path", "Ã¤pi-key"],
  ];

  test.each(quotes)("%s", async (_, quote, expected) => {
    let signed: string[] = [];
    const attempted = await attempt((request) => {
      const { "x-auth-token": token, "webhook-signature": signatures } = request.headers;
      signed = [String(token), ...String(signatures).split(" ")];
      const quoted = quote(request);
      return { status: 400, body: typeof quoted === "string" ? quoted : JSON.stringify(quoted) };
    });
    expect(attempted).toEqual({
      ...{ verdict: "give-up", status: 400, problem: "answered 400" },
      response: expect.stringMatching(expected),
    });
    const { response } = attempted as { response: string };
    expect([...secrets, ...signed].filter((secret) => response.includes(secret))).toEqual([]);
  });
});

test("a refusal is told with the beginning of its answer, and the wait that it asks for", async () => {
  expect(await attempt(() => ({ status: 503, headers: { "Retry-After": "7" }, body: "busy ".repeat(1_000) }))).toEqual({
    ...{ verdict: "retry", status: 503, problem: "answered 503", retryAfterMs: 7_000 },
    response: "busy ".repeat(205).slice(0, 1024),
  });
});

test.each([
  [301, "answered 301; redirects are not followed, so set the final URL"],
  [401, "answered 401: the receiver does not accept our credentials"],
  [403, "answered 403: the receiver does not accept our credentials"],
  [404, "answered 404: nothing takes webhooks at this URL"],
  [410, "answered 410: nothing takes webhooks at this URL"],
  [422, "answered 422"],
])("a refusal with %i says what to look at", async (status, problem) => {
  expect(await attempt(() => ({ status }))).toEqual({ verdict: "give-up", status, problem });
});

test("a success says no more than its status, whatever is in its body", async () => {
  expect(await attempt(() => ({ status: 202, body: "k3y-in-the-query" }))).toEqual({ verdict: "done", status: 202 });
});

test("each attempt is signed for its own time", async () => {
  const seen: [unknown, unknown][] = [];
  await attempt(({ headers, body }) => {
    const signed = `${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${body}`;
    const signature = createHmac("sha256", SECRET_KEY).update(signed).digest("base64");
    seen.push([headers["webhook-timestamp"], String(headers["webhook-signature"]).split(" ")[0] === `v1,${signature}`]);
    return { status: 200 };
  });
  expect(seen).toEqual([["1772439367", true]]);
});
