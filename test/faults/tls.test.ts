import { execFile } from "node:child_process";
import { createPrivateKey, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { rootCertificates } from "node:tls";
import { promisify } from "node:util";
import { afterEach, expect, test } from "vitest";
import { seenOfPost } from "./client.ts";
import { type Receiver, type ReceiverOptions, startReceiver } from "./receiver.ts";
import { CA_FILE, KEY_PASSPHRASE, pemOf } from "./tls.ts";

let receiver: Receiver;
afterEach(() => receiver?.close());

test.each<[Required<ReceiverOptions>["tls"], string]>([
  ["trusted", "200 done"],
  ["expired", "CERT_HAS_EXPIRED"],
  ["self-signed", "DEPTH_ZERO_SELF_SIGNED_CERT"],
  ["wrong-name", "ERR_TLS_CERT_ALTNAME_INVALID"],
  ["not-tls", "EPROTO"],
])("a client that trusts the CA sees of a receiver that is %s: %s", async (tls, seen) => {
  receiver = await startReceiver({ tls });
  expect(await seenOfPost(receiver.url)).toBe(seen);
  expect(receiver.url).toMatch(/^https:\/\/localhost:\d+\/hook$/);
  expect(receiver.arrivals.length).toBe(tls === "trusted" ? 1 : 0);
  expect(receiver.malformed).toEqual(tls === "not-tls" ? ["a request that begins with byte 0x16"] : []);
});

test("a client that does not know the CA refuses its certificate", async () => {
  receiver = await startReceiver({ tls: "trusted" });
  expect(await seenOfPost(receiver.url, { ca: rootCertificates[0] ?? "" })).toBe("UNABLE_TO_VERIFY_LEAF_SIGNATURE");
});

test.each([
  "localhost",
  "127.0.0.1",
])("a process that has CA_FILE in NODE_EXTRA_CA_CERTS trusts the receiver at %s", async (host) => {
  receiver = await startReceiver({ tls: "trusted" });
  const url = receiver.url.replace("localhost", host);
  const program = `require("node:https").get("${url}", (response) => console.log(response.resume().statusCode))`;
  const env = { ...process.env, NODE_EXTRA_CA_CERTS: CA_FILE };
  const { stdout } = await promisify(execFile)(process.execPath, ["-e", program], { env });
  expect(stdout).toBe("200\n");
});

test.each([
  ["ca", 2199],
  ["trusted", 2199],
  ["wrong-name", 2199],
  ["self-signed", 2199],
  ["oic", 2199],
  ["client", 2199],
  ["client-stranger", 2199],
  ["expired", 2020],
  ["client-expired", 2020],
])("the certificate %s lasts to %i", (name, year) => {
  const { validTo } = new X509Certificate(readFileSync(CA_FILE.replace(/ca\.pem$/, `${name}.pem`)));
  expect(new Date(validTo).getUTCFullYear()).toBe(year);
});

test("the keys go with the certificates, but for the one that is not to", () => {
  const keys = [
    createPrivateKey(pemOf("key")),
    createPrivateKey({ key: pemOf("key-encrypted"), passphrase: KEY_PASSPHRASE }),
    createPrivateKey(pemOf("other-key")),
  ];
  const certificates = ["trusted", "expired", "self-signed", "wrong-name", "oic"] as const;
  const clients = ["client", "client-expired", "client-stranger"] as const;
  for (const name of [...certificates, ...clients]) {
    const certificate = new X509Certificate(pemOf(name));
    expect(keys.map((key) => certificate.checkPrivateKey(key))).toEqual([true, true, false]);
  }
  expect(() => createPrivateKey(pemOf("key-encrypted"))).toThrow();
});

test.each([
  "0123.integration.us-ashburn-1.ocp.oraclecloud.com",
  "idcs-0123.identity.oraclecloud.com",
  "hooks.example.com",
  "localhost",
])("the certificate oic is good for %s", (host) => {
  expect(new X509Certificate(pemOf("oic")).checkHost(host, { subject: "never" })).not.toBeUndefined();
});
