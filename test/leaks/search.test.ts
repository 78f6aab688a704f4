import { expect, test } from "vitest";
import { leaksInText } from "./search.ts";
import { aSecret } from "./secret.ts";

const secret = aSecret("key");

test.each<[string, (text: string) => string]>([
  ["plain", (text) => text],
  ["in JSON", (text) => JSON.stringify({ token: text })],
  ["in a URL", (text) => `https://hooks.example.com/${encodeURIComponent(text)}`],
  ["in base64", (text) => Buffer.from(text).toString("base64")],
  ["in base64 behind one character", (text) => Buffer.from(`a${text}`).toString("base64")],
  ["in base64 behind two", (text) => Buffer.from(`ab${text}`).toString("base64")],
  ["as Basic credentials", (text) => `Basic ${Buffer.from(`relay:${text}`).toString("base64")}`],
  ["in base64url", (text) => Buffer.from(text).toString("base64url")],
  ["in hex", (text) => Buffer.from(text).toString("hex")],
])("a secret of a test is found: %s", (_, spell) => {
  expect(leaksInText(Buffer.from(`before ${spell(secret)} after`)).length).toBeGreaterThan(0);
});

test.each([
  "-----BEGIN RSA PRIVATE KEY-----",
  "ST$eyJhbGciOiJSUzI1NiIsImtpZCI6ImxvY2FsIn0.e30.x",
  'Signature version="1",keyId="a"',
])("what is secret by its form is found (%#)", (text) => {
  expect(leaksInText(Buffer.from(text)).length).toBe(1);
});

test("an innocent text is not", () => {
  const text =
    '{"level":50,"problem":"answered 401: the receiver does not accept our credentials","destination":"webhook"}';
  expect(leaksInText(Buffer.from(text))).toEqual([]);
});
