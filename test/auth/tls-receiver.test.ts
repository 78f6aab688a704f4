import { request } from "node:https";
import { afterEach, describe, expect, test } from "vitest";
import { KEY_PASSPHRASE, pemOf } from "../faults/tls.ts";
import { startAuthorizationServer } from "./authorization-server.ts";
import { startTlsReceiver, type TlsReceiver } from "./tls-receiver.ts";

let receiver: TlsReceiver;
afterEach(() => receiver.close());

interface Identity {
  cert?: string;
  key?: string;
  passphrase?: string;
}

/** What node:https sees of one POST: the status, or the code of its error. */
function seenOf(
  identity: Identity,
  { hostname = "localhost", path = "/hook", body = "{}", headers = {} } = {},
): Promise<number | string> {
  return new Promise((resolve) => {
    const outgoing = request({
      ...identity,
      method: "POST",
      path,
      headers,
      hostname,
      port: receiver.port,
      ca: pemOf("ca"),
      agent: false,
      // As a resolver would: the names of the certificate are not of this machine.
      lookup: (_, { all }, found) => (all ? found(null, [LOOPBACK]) : found(null, LOOPBACK.address, LOOPBACK.family)),
    });
    outgoing.on("response", (response) => response.resume().on("end", () => resolve(response.statusCode ?? 0)));
    outgoing.on("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    outgoing.end(body);
  });
}

const LOOPBACK = { address: "127.0.0.1", family: 4 };
const key = pemOf("key");
const encrypted = { key: pemOf("key-encrypted"), passphrase: KEY_PASSPHRASE };
// Node's own server ends the connection without a word when it does not like a certificate; others send an alert.
const ENDED = { "TLSv1.2": "ECONNRESET", "TLSv1.3": "ECONNRESET" };
const SUBJECT = { O: "oci-event-relay tests", CN: "relay" };

describe.each(["TLSv1.2", "TLSv1.3"] as const)("over %s a receiver that requires a client certificate", (version) => {
  test.each<[string, Identity]>([
    ["its key", { key }],
    ["its encrypted key and the passphrase", encrypted],
  ])("takes a request with the right one and %s, and knows whose it is", async (_, withKey) => {
    receiver = await startTlsReceiver({ certificate: "oic", clientAuth: "required", version });
    expect(await seenOf({ cert: pemOf("client"), ...withKey })).toBe(200);
    const seen = receiver.requests.map(({ method, path, body, ...rest }) => [
      `${method} ${path} ${body}`,
      rest.subject,
      rest.version,
      rest.answered,
    ]);
    expect(seen).toEqual([["POST /hook {}", SUBJECT, version, 200]]);
    expect(receiver.refused).toEqual([]);
  });

  test.each<[string, Identity, typeof ENDED, string]>([
    [
      "none",
      {},
      { "TLSv1.2": "EPROTO", "TLSv1.3": "ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED" },
      "ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE",
    ],
    ["one that has expired", { cert: pemOf("client-expired"), key }, ENDED, "CERT_HAS_EXPIRED"],
    ["one of another CA", { cert: pemOf("client-stranger"), key }, ENDED, "UNABLE_TO_VERIFY_LEAF_SIGNATURE"],
    ["one of a server", { cert: pemOf("trusted"), key }, ENDED, "INVALID_PURPOSE"],
  ])("refuses %s", async (_, identity, seen, reason) => {
    receiver = await startTlsReceiver({ certificate: "oic", clientAuth: "required", version });
    expect(await seenOf(identity)).toBe(seen[version]);
    await expect.poll(() => receiver.refused).toEqual([reason]);
    expect(receiver.requests).toEqual([]);
  });
});

test.each([
  "0123.integration.us-ashburn-1.ocp.oraclecloud.com",
  "idcs-0123.identity.oraclecloud.com",
  "hooks.example.com",
  "localhost",
  "127.0.0.1",
])("a receiver with the certificate oic and no wish for the client's is %s", async (hostname) => {
  receiver = await startTlsReceiver({ certificate: "oic", clientAuth: "none" });
  expect(await seenOf({ cert: pemOf("client-stranger"), key }, { hostname })).toBe(200);
  expect(receiver.requests.map(({ subject }) => subject)).toEqual([undefined]);
});

test.each<[string, Identity, string]>([
  [
    "a key that is not its certificate's",
    { cert: pemOf("client"), key: pemOf("other-key") },
    "ERR_OSSL_X509_KEY_VALUES_MISMATCH",
  ],
  ["a wrong passphrase", { cert: pemOf("client"), ...encrypted, passphrase: "wrong" }, "ERR_OSSL_BAD_DECRYPT"],
  ["a certificate that is none", { cert: "PEM", key }, "ERR_OSSL_PEM_NO_START_LINE"],
])("a client with %s fails before it connects", async (_, identity, code) => {
  receiver = await startTlsReceiver({ certificate: "oic", clientAuth: "required" });
  await expect(seenOf(identity)).rejects.toMatchObject({ code });
  expect([receiver.requests, receiver.refused]).toEqual([[], []]);
});

test("a receiver answers what it is told, by any name, and breaks off", async () => {
  receiver = await startTlsReceiver({ certificate: "oic", clientAuth: "none" });
  receiver.answer = ({ headers }) => (headers.host?.startsWith("hooks.example.com") ? { status: 503 } : "reset");
  expect([await seenOf({}, { hostname: "hooks.example.com" }), await seenOf({})]).toEqual([503, "ECONNRESET"]);
  expect(receiver.requests.map(({ answered }) => answered)).toEqual([503, "reset"]);
});

test("an authorization server can stand behind it, under a name of Oracle's", async () => {
  const authorization = await startAuthorizationServer({ clients: [{ id: "relay", secret: "s", scopes: ["hooks"] }] });
  receiver = await startTlsReceiver({ certificate: "oic", clientAuth: "none" });
  receiver.answer = authorization.answer;
  const seen = await seenOf(
    {},
    {
      hostname: "idcs-0123.identity.oraclecloud.com",
      path: "/token",
      headers: { authorization: `Basic ${btoa("relay:s")}`, "content-type": "application/x-www-form-urlencoded" },
      body: "grant_type=client_credentials&scope=hooks",
    },
  );
  await authorization.close();
  expect([seen, authorization.requests.map(({ form }) => form.scope)]).toEqual([200, ["hooks"]]);
});
