import { copyFileSync } from "node:fs";
import { Webhook } from "standardwebhooks";
import { afterEach, describe, expect, test } from "vitest";
import { createIssuer } from "../../local/emulator/principal.ts";
import { fixture } from "../../local/fixtures.ts";
import { LOCAL_SECRET_KEY, type Rig, replyOf, startRig } from "../../local/rig.ts";
import { aSecret } from "../leaks/secret.ts";

let rig: Rig;
afterEach(() => rig.close());

async function send(config: Record<string, string>) {
  rig = await startRig({ config });
  return replyOf(await rig.host.invoke(fixture("instance-launched")), rig.logs);
}

function verify(secret: string, change = (body: string) => body) {
  const { headers, body } = rig.sink.received[0] ?? { headers: {}, body: "" };
  return new Webhook(secret).verify(change(body.toString()), headers as Record<string, string>);
}

test("the sink finds X-Auth-Token valid, the topic the OCI signature", async () => {
  expect(await send({})).toMatchObject({ outcome: "delivered" });
  expect(rig.sink.received.map((request) => request.token)).toEqual(["valid"]);
  expect(rig.ons.requests).toEqual([{ status: 202 }]);
});

test("a wrong secret key is refused by the sink, and not tried again", async () => {
  expect(await send({ WEBHOOK_SECRET_KEY: "another-key-of-the-same-length!!", ONS_TOPIC_ID: "" })).toMatchObject({
    outcome: "failed",
    deliveries: [{ destination: "webhook", outcome: "failed", attempts: 1, status: 401 }],
  });
  expect(rig.sink.received.map((request) => request.token)).toEqual(["wrong"]);
});

test("without a secret key nothing is signed, and a sink that wants it refuses", async () => {
  await send({ WEBHOOK_SECRET_KEY: "", ONS_TOPIC_ID: "" });
  const { token, headers } = rig.sink.received[0] ?? {};
  expect(token).toBe("absent");
  expect(Object.keys(headers ?? {}).filter((name) => /^(x-auth-token|webhook-signature)$/.test(name))).toEqual([]);
});

test("a resource principal of somebody else is refused by ONS, after one look for a newer token", async () => {
  const stranger = createIssuer().principal();
  const reply = await send({ ...stranger.variables, WEBHOOK_URL: "" });
  stranger.remove();
  expect(reply).toMatchObject({
    outcome: "failed",
    deliveries: [
      { destination: "ons", attempts: 2, status: 401, problem: expect.stringContaining("401 NotAuthenticated") },
    ],
  });
  expect(rig.ons.requests).toEqual([
    { status: 401, code: "NotAuthenticated" },
    { status: 401, code: "NotAuthenticated" },
  ]);
});

test("a token renewed on disk is taken up as soon as ONS refuses the old one", async () => {
  const stranger = createIssuer().principal();
  const { OCI_RESOURCE_PRINCIPAL_RPST: token = "", OCI_RESOURCE_PRINCIPAL_PRIVATE_PEM: key = "" } = stranger.variables;
  rig = await startRig({ config: { WEBHOOK_URL: "" } });
  const valid = { ...rig.config };
  Object.assign(rig.config, stranger.variables);
  await rig.host.invoke(fixture("instance-launched"));
  copyFileSync(valid.OCI_RESOURCE_PRINCIPAL_RPST ?? "", token);
  copyFileSync(valid.OCI_RESOURCE_PRINCIPAL_PRIVATE_PEM ?? "", key);
  const response = await rig.host.invoke(fixture("instance-launched"));
  stranger.remove();
  expect([response.isCold, replyOf(response, rig.logs)]).toMatchObject([false, { outcome: "delivered" }]);
  expect(rig.ons.requests.map((request) => request.status)).toEqual([401, 401, 401, 202]);
});

test("the Standard Webhooks signature verifies with the published package, by the bytes of the secret key", async () => {
  await send({ ONS_TOPIC_ID: "" });
  const secret = `whsec_${Buffer.from(LOCAL_SECRET_KEY).toString("base64")}`;
  expect(verify(secret)).toMatchObject({ action: "create" });
  expect(() => verify(secret, (body) => body.replace("create", "delete"))).toThrow("No matching signature found");
});

describe("while a signing secret is being replaced", () => {
  const [newer, older, foreign] = ["newer", "older", "foreign"].map(
    (name) => `whsec_${Buffer.from(aSecret(name)).toString("base64")}`,
  ) as [string, string, string];
  const rotating = { ONS_TOPIC_ID: "", WEBHOOK_SIGNING_SECRETS: `${newer} ${older}` };

  /** What the receiver got, with one thing changed. */
  function received(change: { body?: string; headers?: Record<string, string> } = {}) {
    const { headers = {}, body = "" } = rig.sink.received[0] ?? {};
    const whole = { ...(headers as Record<string, string>), ...change.headers };
    return (secret: string) => new Webhook(secret).verify(change.body ?? body.toString(), whole);
  }

  test("what is sent verifies with the new one and the old one, and with no other", async () => {
    await send(rotating);
    expect([newer, older].map(received())).toMatchObject([{ action: "create" }, { action: "create" }]);
    expect(() => received()(foreign)).toThrow("No matching signature found");
  });

  test.each<[string, () => Parameters<typeof received>[0]]>([
    ["a changed byte", () => ({ body: rig.sink.received[0]?.body.toString().replace("web-1", "web-2") ?? "" })],
    ["one more byte", () => ({ body: `${rig.sink.received[0]?.body} ` })],
    ["another id", () => ({ headers: { "webhook-id": "6f1d0c52-8a3e-4a55-9d0b-2b1f6f3c9e02" } })],
    [
      "another timestamp",
      () => ({ headers: { "webhook-timestamp": `${Number(rig.sink.received[0]?.headers["webhook-timestamp"]) - 1}` } }),
    ],
  ])("%s does not verify, with neither of them", async (_, change) => {
    await send(rotating);
    for (const secret of [newer, older]) {
      expect(() => received(change())(secret)).toThrow("No matching signature found");
    }
  });

  test("what was sent ten minutes ago is refused as a replay", async () => {
    await send(rotating);
    const { headers = {}, body = "" } = rig.sink.received[0] ?? {};
    const timestamp = Math.floor(Date.now() / 1000) - 600;
    const webhook = new Webhook(newer);
    const signature = webhook.sign(String(headers["webhook-id"]), new Date(timestamp * 1000), body.toString());
    const old = {
      ...(headers as Record<string, string>),
      "webhook-timestamp": `${timestamp}`,
      "webhook-signature": signature,
    };
    expect(() => webhook.verify(body.toString(), old)).toThrow("Message timestamp too old");
  });
});
