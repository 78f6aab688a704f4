import { afterEach, expect, test } from "vitest";
import { type LoopbackAnswer, type LoopbackServer, serveLoopback } from "../local/loopback.ts";
import { createConnections } from "../src/http/connections.ts";
import type { OciPrincipal } from "../src/oci.ts";
import { createVault, type Secrets, type Vault } from "../src/vault.ts";

const ID = "ocid1.vaultsecret.oc1.phx.aaaaaaaaclock";
const MINUTE_MS = 60_000;

let server: LoopbackServer;
let requests: string[];
let answer: (nth: number) => LoopbackAnswer | Promise<LoopbackAnswer>;
let nowMs: number;
afterEach(() => server.close());

/** Signatures are another test's: here it is about when the vault is asked. */
const principal: OciPrincipal = {
  sign: async ({ headers }) => headers,
  endpoint: () => new URL("http://127.0.0.1"),
  refresh: async () => undefined,
};

async function start(): Promise<Vault> {
  requests = [];
  nowMs = Date.parse("2026-03-02T08:00:00Z");
  server = await serveLoopback((request) => {
    requests.push(request.path);
    return answer(requests.length);
  });
  const options = { endpointUrl: new URL(server.url), principal: async () => principal };
  return createVault(options, () => nowMs);
}

function bundle(text: string): LoopbackAnswer {
  const content = Buffer.from(text).toString("base64");
  return { status: 200, body: JSON.stringify({ secretBundleContent: { contentType: "BASE64", content } }) };
}

async function read(vault: Vault, sinceMs?: number): Promise<Secrets> {
  const connections = createConnections(4);
  try {
    return await vault.read([ID], { connections, leftMs: () => 5_000 }, sinceMs);
  } finally {
    connections.close();
  }
}

const holds = (text: string): Secrets => ({ ok: true, secrets: new Map([[ID, text]]) });

test("a secret is believed for ten minutes, then read anew", async () => {
  const vault = await start();
  answer = (nth) => bundle(`version ${nth}`);
  expect(await read(vault)).toEqual(holds("version 1"));
  nowMs += 10 * MINUTE_MS - 1;
  expect(await read(vault)).toEqual(holds("version 1"));
  nowMs += 1;
  expect(await read(vault)).toEqual(holds("version 2"));
  expect(requests).toEqual([
    `/20190301/secretbundles/${ID}?stage=CURRENT`,
    `/20190301/secretbundles/${ID}?stage=CURRENT`,
  ]);
});

test("many that ask at the same time share one request", async () => {
  const vault = await start();
  answer = () => bundle("shared");
  expect(await Promise.all(Array.from({ length: 20 }, () => read(vault)))).toEqual(Array(20).fill(holds("shared")));
  expect(requests.length).toBe(1);
});

test("one that a receiver has refused is read anew, unless that was done since", async () => {
  const vault = await start();
  answer = (nth) => bundle(`version ${nth}`);
  await read(vault);
  const refusedMs = nowMs;
  nowMs += 5;
  expect(await read(vault, refusedMs)).toEqual(holds("version 2"));
  expect(await read(vault, refusedMs)).toEqual(holds("version 2"));
  expect(requests.length).toBe(2);
});

test("while the vault cannot be reached the old one serves on, for an hour, and the vault is left alone between", async () => {
  const vault = await start();
  answer = (nth) => (nth === 1 ? bundle("old") : { status: 503 });
  await read(vault);
  nowMs += 11 * MINUTE_MS;
  expect(await read(vault)).toEqual(holds("old"));
  expect(await read(vault)).toEqual(holds("old"));
  expect(requests.length).toBe(2);
  nowMs += MINUTE_MS;
  expect(await read(vault)).toEqual(holds("old"));
  expect(requests.length).toBe(3);
  nowMs += 60 * MINUTE_MS;
  expect(await read(vault)).toEqual({
    ok: false,
    failure: { verdict: "retry", status: 503, problem: "the secret …aclock: OCI Vault answered 503", about: "vault" },
  });
});

test("while the vault hangs the old one serves on before the time is over", async () => {
  const vault = await start();
  answer = (nth) => (nth === 1 ? bundle("old") : "hang");
  await read(vault);
  nowMs += 11 * MINUTE_MS;
  const startedMs = performance.now();
  const connections = createConnections(1);
  expect(await vault.read([ID], { connections, leftMs: () => 400 })).toEqual(holds("old"));
  connections.close();
  expect(performance.now() - startedMs).toBeLessThan(400);
});

test("one that was refused is not served again while the vault cannot be reached", async () => {
  const vault = await start();
  answer = (nth) => (nth === 1 ? bundle("old") : { status: 503 });
  await read(vault);
  expect(await read(vault, nowMs)).toMatchObject({ ok: false, failure: { verdict: "retry", status: 503 } });
});

test("one that the vault no longer gives out does not serve on", async () => {
  const vault = await start();
  answer = (nth) => (nth === 1 ? bundle("old") : { status: 404, body: '{"code":"NotAuthorizedOrNotFound"}' });
  await read(vault);
  nowMs += 11 * MINUTE_MS;
  expect(await read(vault)).toMatchObject({ ok: false, failure: { verdict: "give-up", status: 404 } });
});

test.each([
  ["a line break at its end is none of it", "secret\n", "secret"],
  ["of several only the last one", "secret\r\n\r\n", "secret\r\n"],
  ["spaces are", " secret ", " secret "],
  ["a text beyond ASCII stays as it is", "パスワード", "パスワード"],
])("%s", async (_, stored, expected) => {
  const vault = await start();
  answer = () => bundle(stored);
  expect(await read(vault)).toEqual(holds(expected));
});

test.each([
  ["no JSON", "<html>"],
  ["no bundle", "{}"],
  ["another encoding", '{"secretBundleContent":{"contentType":"PLAIN","content":"a"}}'],
  ["no UTF-8", '{"secretBundleContent":{"contentType":"BASE64","content":"//79"}}'],
])("an answer with %s is no secret", async (_, body) => {
  const vault = await start();
  answer = () => ({ status: 200, body });
  expect(await read(vault)).toEqual({
    ok: false,
    failure: {
      verdict: "give-up",
      problem: "the secret …aclock: Vault's answer holds no text; expected a secret of UTF-8 in base64",
      about: "vault",
    },
  });
});
