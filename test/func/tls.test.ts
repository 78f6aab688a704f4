import { afterEach, describe, expect, test } from "vitest";
import { fixture } from "../../local/fixtures.ts";
import { LOCAL_BUCKET, type Rig, replyOf, startRig } from "../../local/rig.ts";
import type { EventReply } from "../../src/outcome.ts";
import { startTlsReceiver, type TlsReceiver } from "../auth/tls-receiver.ts";
import { type Certificate, KEY_PASSPHRASE, pemOf } from "../faults/tls.ts";
import { freshEvent } from "../fresh-event.ts";

const KEY_ID = "ocid1.vaultsecret.oc1.phx.aaaaaaaaprivatekey";

let rig: Rig;
let receiver: TlsReceiver;
afterEach(async () => {
  await rig?.close();
  await receiver?.close();
});

interface Setting {
  certificate?: Certificate;
  clientAuth?: "required" | "none";
  version?: "TLSv1.2" | "TLSv1.3";
}

/** A receiver behind TLS and the function that is to reach it; no authority of the tests is trusted but by WEBHOOK_TLS. */
async function start(tls: Record<string, string>, setting: Setting = {}): Promise<void> {
  const { certificate = "trusted", clientAuth = "required", version } = setting;
  receiver = await startTlsReceiver({ certificate, clientAuth, ...(version && { version }) });
  rig = await startRig({
    timeoutMs: 10_000,
    config: {
      ONS_TOPIC_ID: "",
      WEBHOOK_URL: `${receiver.url}/hook`,
      WEBHOOK_TLS: JSON.stringify(tls),
      DEAD_LETTER_BUCKET: LOCAL_BUCKET,
    },
  });
}

async function invoke(): Promise<EventReply> {
  const response = await rig.host.invoke(freshEvent(fixture("instance-launched")));
  return replyOf(response, rig.logs) as EventReply;
}

const own = { ca: pemOf("ca"), cert: pemOf("client"), key: pemOf("key") };

describe.each([
  "TLSv1.2",
  "TLSv1.3",
] as const)("a receiver with a private authority that wants a certificate, %s,", (version) => {
  test("is delivered to, by the name in the certificate", async () => {
    await start(own, { version });
    expect(await invoke()).toMatchObject({ outcome: "delivered", deliveries: [{ attempts: 1, status: 200 }] });
    expect(receiver.requests.map(({ subject, version: spoken }) => [subject?.CN, spoken])).toEqual([
      ["relay", version],
    ]);
  });

  test.each<[string, Record<string, string>, RegExp]>([
    [
      "gets none",
      { ca: own.ca },
      /^no answer from the receiver \((EPROTO|ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED)\)/,
    ],
    [
      "gets one that has ended",
      { ...own, cert: pemOf("client-expired") },
      /; the relay's certificate ended on Jan {2}2 23:59:59 2020 GMT; /,
    ],
    [
      "gets one of an authority that it does not know",
      { ...own, cert: pemOf("client-stranger") },
      /; if it is so each time, see that the receiver trusts who signed the relay's certificate; /,
    ],
  ])("%s: nothing is delivered, and the problem says what to look at", async (_, tls, problem) => {
    await start(tls, { version });
    expect(await invoke()).toMatchObject({
      outcome: "dead-lettered",
      deliveries: [{ problem: expect.stringMatching(problem) }],
    });
    expect(receiver.requests).toEqual([]);
    expect(receiver.refused.length).toBeGreaterThan(0);
  });
});

test("the key may be in the vault, and encrypted", async () => {
  await start({ ...own, key: `vault:${KEY_ID}`, passphrase: KEY_PASSPHRASE });
  rig.secrets.put(KEY_ID, pemOf("key-encrypted"));
  expect(await invoke()).toMatchObject({ outcome: "delivered" });
});

describe("the certificate of a receiver is checked:", () => {
  test.each<[string, Record<string, string>, Certificate, string]>([
    ["no authority is named and it is private", {}, "trusted", "SELF_SIGNED_CERT_IN_CHAIN"],
    ["another authority is named", { ca: pemOf("client-stranger") }, "trusted", "SELF_SIGNED_CERT_IN_CHAIN"],
    ["it has ended", { ca: own.ca }, "expired", "CERT_HAS_EXPIRED"],
    ["it is for another name", { ca: own.ca }, "wrong-name", "ERR_TLS_CERT_ALTNAME_INVALID"],
    ["it is self-signed", { ca: own.ca }, "self-signed", "DEPTH_ZERO_SELF_SIGNED_CERT"],
  ])("%s", async (_, tls, certificate, code) => {
    await start(tls, { certificate, clientAuth: "none" });
    expect(await invoke()).toMatchObject({
      outcome: "dead-lettered",
      deliveries: [
        {
          attempts: 1,
          problem: `no answer from the receiver (${code}): the certificate is not one to trust; not worth another try`,
        },
      ],
    });
    expect(receiver.requests).toEqual([]);
  });
});

describe("wrong settings do not start:", () => {
  test.each<[string, Record<string, string>, string]>([
    [
      "a certificate without a key",
      { cert: own.cert },
      "WEBHOOK_TLS: cert and key belong together: a certificate of the relay's own, and the key to it",
    ],
    [
      "the key of another certificate",
      { ...own, key: pemOf("other-key") },
      "WEBHOOK_TLS.key: is not the key to cert; expected the private key that the certificate was made for",
    ],
    ["no key at all", { ...own, key: "abc" }, "WEBHOOK_TLS.key: cannot be read; expected a private key in PEM"],
    [
      "an encrypted key without its passphrase",
      { ...own, key: pemOf("key-encrypted") },
      "WEBHOOK_TLS.key: is encrypted; set passphrase beside it",
    ],
    [
      "a wrong passphrase",
      { ...own, key: pemOf("key-encrypted"), passphrase: "wrong" },
      "WEBHOOK_TLS.key: cannot be read with this passphrase; expected a private key in PEM",
    ],
    [
      "an authority that is no PEM",
      { ca: "abc" },
      "WEBHOOK_TLS.ca: holds no certificate; expected PEM, -----BEGIN CERTIFICATE-----",
    ],
    [
      "a certificate that is damaged",
      { ca: own.ca.replace(/[A-Za-z0-9]{20}/, "AAAAAAAAAAAAAAAAAAAA") },
      "WEBHOOK_TLS.ca: certificate 1 of 1 cannot be read; expected PEM, whole and unchanged",
    ],
    [
      "a misspelt setting",
      { ...own, certificate: "x" },
      "WEBHOOK_TLS.certificate: is not known; known are ca, cert, key, passphrase",
    ],
  ])("%s", async (_, tls, problem) => {
    await start(tls, { clientAuth: "none" });
    const { body } = await rig.host.invoke(fixture("instance-launched"));
    expect(body).toContain("Container failed to initialize");
    expect(JSON.parse(rig.logs[0] ?? "").problems).toEqual([problem]);
  });

  test("certificates on a URL of plain http", async () => {
    rig = await startRig({ config: { WEBHOOK_TLS: JSON.stringify({ ca: own.ca }) } });
    await rig.host.invoke(fixture("instance-launched"));
    expect(JSON.parse(rig.logs[0] ?? "").problems).toEqual([
      "WEBHOOK_TLS: has no effect on a URL of plain http; use https",
    ]);
  });
});
