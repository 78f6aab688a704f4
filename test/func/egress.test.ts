import { afterEach, describe, expect, test } from "vitest";
import { fixture } from "../../local/fixtures.ts";
import { LOCAL_BUCKET, type Rig, replyOf, startRig } from "../../local/rig.ts";
import type { EventReply } from "../../src/outcome.ts";
import { startTlsReceiver, type TlsReceiver } from "../auth/tls-receiver.ts";
import { dnsAnswers } from "../dns/answers.ts";
import { CA_FILE } from "../faults/tls.ts";
import { freshEvent } from "../fresh-event.ts";

const HOST = "hooks.example.com";

let rig: Rig;
let receiver: TlsReceiver;
afterEach(async () => {
  await rig?.close();
  await receiver?.close();
});

/** A receiver on 127.0.0.1 behind a name whose addresses are these. */
async function start(answers: string[][], config: Record<string, string> = {}): Promise<void> {
  receiver = await startTlsReceiver({ certificate: "oic", clientAuth: "none" });
  rig = await startRig({
    timeoutMs: 10_000,
    config: {
      ONS_TOPIC_ID: "",
      WEBHOOK_URL: `https://${HOST}:${receiver.port}/hook`,
      DEAD_LETTER_BUCKET: LOCAL_BUCKET,
      NODE_EXTRA_CA_CERTS: CA_FILE,
      ...dnsAnswers({ [HOST]: answers }),
      ...config,
    },
  });
}

async function invoke(): Promise<EventReply> {
  const response = await rig.host.invoke(freshEvent(fixture("instance-launched")));
  return replyOf(response, rig.logs) as EventReply;
}

const refused = (problem: RegExp) => ({
  outcome: "dead-lettered",
  deliveries: [{ attempts: 1, problem: expect.stringMatching(problem) }],
});

test.each([
  ["loopback", "127.0.0.1", "loopback"],
  ["loopback in IPv6", "::1", "loopback"],
  ["loopback, mapped into IPv6", "::ffff:127.0.0.1", "loopback"],
  ["a private network", "10.1.2.3", "private"],
  ["a private network in IPv6", "fd12::1", "unique local"],
])("a name that leads to %s is not connected, and the problem says what to do", async (_, address, use) => {
  await start([[address]]);
  expect(await invoke()).toMatchObject(
    refused(
      new RegExp(
        `^no answer from the receiver \\(EGRESS_REFUSED\\): ${HOST} resolves to the ${use} address .*; allow ${HOST}, `,
      ),
    ),
  );
  expect([receiver.requests, receiver.refused]).toEqual([[], []]);
});

describe("a name that leads to loopback is connected where EGRESS_ALLOW names", () => {
  test.each([
    ["the host", HOST],
    ["the address", "127.0.0.1"],
    ["the network", "127.0.0.0/8"],
  ])("%s", async (_, allow) => {
    await start([["127.0.0.1"]], { EGRESS_ALLOW: allow });
    expect(await invoke()).toMatchObject({ outcome: "delivered" });
  });
});

test("a name that first leads where it may and then elsewhere is judged at each connection", async () => {
  await start([["127.0.0.1"], ["127.0.0.2"]], { EGRESS_ALLOW: "127.0.0.1" });
  expect(await invoke()).toMatchObject({ outcome: "delivered" });
  expect(await invoke()).toMatchObject(refused(/resolves to the loopback address 127\.0\.0\.2/));
  expect(receiver.requests.length).toBe(1);
});

test("of several addresses of a name only those are connected that may be", async () => {
  await start([["10.1.2.3", "127.0.0.1"]], { EGRESS_ALLOW: "127.0.0.1" });
  expect(await invoke()).toMatchObject({ outcome: "delivered" });
});

test.each([
  ["169.254.169.254"],
  ["::ffff:169.254.169.254"],
  ["64:ff9b::a9fe:a9fe"],
  ["fd00:c1::a9fe:a9fe"],
])("a name that leads to the metadata address %s is never connected, whatever is allowed", async (address) => {
  await start([[address]], { EGRESS_ALLOW: `${HOST}, 0.0.0.0/0, ::/0` });
  expect(await invoke()).toMatchObject(refused(/resolves to a metadata address, which is never a receiver/));
});

test("a token URL obeys the same rule", async () => {
  const auth = { type: "oauth2", tokenUrl: `https://${HOST}/token`, clientId: "relay", clientSecret: "x" };
  await start([["127.0.0.1"]], { WEBHOOK_URL: "https://127.0.0.1:1/hook", WEBHOOK_AUTH: JSON.stringify(auth) });
  expect(await invoke()).toMatchObject(
    refused(
      new RegExp(
        `^no answer from the token URL \\(EGRESS_REFUSED\\): ${HOST} resolves to the loopback address 127\\.0\\.0\\.1`,
      ),
    ),
  );
});

test("a token URL that is a private address does not start", async () => {
  const auth = { type: "oauth2", tokenUrl: "https://192.168.1.9/token", clientId: "relay", clientSecret: "x" };
  await start([["127.0.0.1"]], { WEBHOOK_AUTH: JSON.stringify(auth) });
  await rig.host.invoke(fixture("instance-launched"));
  expect(JSON.parse(rig.logs[0] ?? "").problems).toEqual([
    "WEBHOOK_AUTH.tokenUrl: is the private address 192.168.1.9; allow 192.168.1.9 or its network (EGRESS_ALLOW, egressAllow in code) if it is meant",
  ]);
});
