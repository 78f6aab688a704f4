import { afterEach, describe, expect, test } from "vitest";
import { fixture } from "../../local/fixtures.ts";
import { type Rig, replyOf, startRig } from "../../local/rig.ts";
import type { EventReply } from "../../src/outcome.ts";
import { freshEvent } from "../fresh-event.ts";
import { aSecret } from "../leaks/secret.ts";

const PASSWORD_ID = "ocid1.vaultsecret.oc1.phx.aaaaaaaapassword";

let rig: Rig;
afterEach(() => rig?.close());

/** The function in front of a receiver that wants this header and answers 401 without it. */
async function start(auth: Record<string, unknown>, header: { name: string; value: () => string }): Promise<void> {
  rig = await startRig({
    timeoutMs: 10_000,
    config: { ONS_TOPIC_ID: "", WEBHOOK_AUTH: JSON.stringify(auth) },
  });
  rig.sink.answer = ({ headers }) => ({ status: headers[header.name] === header.value() ? 200 : 401 });
}

async function invoke(): Promise<EventReply> {
  const response = await rig.host.invoke(freshEvent(fixture("instance-launched")));
  return replyOf(response, rig.logs) as EventReply;
}

const basic = (user: string, password: string) => `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;

describe("a receiver that wants", () => {
  const secret = aSecret("auth");
  test.each<[string, Record<string, unknown>, { name: string; value: () => string }]>([
    [
      "Basic credentials",
      { type: "basic", user: "relay", password: secret },
      { name: "authorization", value: () => basic("relay", secret) },
    ],
    [
      "Basic credentials with a colon and letters beyond ASCII in the password",
      { type: "basic", user: "リレー", password: `${secret}:ß` },
      { name: "authorization", value: () => basic("リレー", `${secret}:ß`) },
    ],
    ["a bearer token", { type: "bearer", token: secret }, { name: "authorization", value: () => `Bearer ${secret}` }],
    [
      "a key in a header of its own",
      { type: "header", name: "X-Api-Key", value: secret },
      { name: "x-api-key", value: () => secret },
    ],
  ])("%s gets them, beside both signatures", async (_, auth, header) => {
    await start(auth, header);
    expect(await invoke()).toMatchObject({ outcome: "delivered", deliveries: [{ attempts: 1 }] });
    expect(rig.sink.received[0]).toMatchObject({
      token: "valid",
      headers: { "webhook-signature": expect.any(String) },
    });
  });

  test.each([
    ["Basic credentials", { type: "basic", user: "relay", password: aSecret("wrong") }],
    ["a bearer token", { type: "bearer", token: aSecret("wrong") }],
    ["a key in a header", { type: "header", name: "X-Api-Key", value: aSecret("wrong") }],
  ])("%s and gets wrong ones: given up at once, with a problem that says so", async (_, auth) => {
    await start(auth, { name: "authorization", value: () => "never" });
    expect(await invoke()).toMatchObject({
      outcome: "failed",
      deliveries: [{ attempts: 1, status: 401, problem: expect.stringMatching(/does not accept our credentials/) }],
    });
  });

  test("a password that was changed in the vault and at the receiver gets the new one", async () => {
    let password = aSecret("first");
    await start(
      { type: "basic", user: "relay", password: `vault:${PASSWORD_ID}` },
      { name: "authorization", value: () => basic("relay", password) },
    );
    rig.secrets.put(PASSWORD_ID, password);
    await invoke();
    password = aSecret("second");
    rig.secrets.put(PASSWORD_ID, password);
    expect(await invoke()).toMatchObject({ outcome: "delivered", deliveries: [{ attempts: 2 }] });
  });
});

test("two destinations of one relay have credentials each of its own", async () => {
  const { customRelay } = await import("../custom-relay.ts");
  const entry = await customRelay(`{
    destinations: {
      cmdb: { type: "webhook", url: env("CMDB_URL"), auth: { type: "basic", user: "relay", password: env("CMDB_PASSWORD") } },
      chat: { type: "webhook", url: env("CHAT_URL"), auth: { type: "bearer", token: vault("ocid1.vaultsecret.oc1.phx.chat") } },
    },
    ociEndpointUrl: env("OCI_ENDPOINT_URL"),
  }`);
  rig = await startRig({ entry, timeoutMs: 10_000 });
  rig.sink.secretKey = undefined;
  const [password, token] = [aSecret("cmdb"), aSecret("chat")];
  Object.assign(rig.config, {
    CMDB_URL: `${rig.sink.url}/cmdb`,
    CHAT_URL: `${rig.sink.url}/chat`,
    CMDB_PASSWORD: password,
  });
  rig.secrets.put("ocid1.vaultsecret.oc1.phx.chat", token);
  expect(await invoke()).toMatchObject({ outcome: "delivered" });
  const seen = rig.sink.received.map(({ path, headers }) => [path, headers.authorization]);
  expect(seen.sort()).toEqual([
    ["/chat", `Bearer ${token}`],
    ["/cmdb", basic("relay", password)],
  ]);
});
