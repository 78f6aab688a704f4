import { describe, expect, test } from "vitest";
import { type SignatureOptions, signatureProblem } from "../../local/emulator/signature.ts";

const WHOLE = "date (request-target) host content-length content-type x-content-sha256";
const WITHOUT_BODY = "date (request-target) host";
const signatureOver = (headers: string) => `Signature version="1",algorithm="rsa-sha256",headers="${headers}"`;

function problemOf(headers: Record<string, string>, options?: SignatureOptions): string | undefined {
  const request = { method: "PUT", path: "/", headers, body: Buffer.from("b") };
  return signatureProblem(request, () => undefined, options);
}

describe("the emulator's verification of a signature", () => {
  test.each([
    ["unsigned", {}, "the Authorization header holds no Signature"],
    [
      "of another algorithm",
      { authorization: 'Signature version="1",algorithm="hmac-sha256"' },
      "the algorithm is not rsa-sha256",
    ],
    [
      "that names two keys, of which one verifies and the other is the caller's",
      { authorization: `${signatureOver(WHOLE)},keyId="a",keyId="b"` },
      "a parameter of the signature is there twice",
    ],
    [
      "that leaves the body out",
      { authorization: signatureOver(WITHOUT_BODY) },
      "not signed: content-length, content-type, x-content-sha256",
    ],
    [
      "of an old date",
      { date: "Sat, 01 Jan 2022 00:00:00 GMT", authorization: signatureOver(WHOLE) },
      "date is more than 5 minutes off",
    ],
    [
      "of another body",
      { date: new Date().toUTCString(), "x-content-sha256": "AAAA", authorization: signatureOver(WHOLE) },
      "x-content-sha256 is not the body's",
    ],
  ])("refuses a request %s", (_, headers, problem) => {
    expect(problemOf(headers)).toBe(problem);
  });

  test.each([
    ["does not ask for the body", WITHOUT_BODY, "the token of the key id is not valid"],
    ["verifies a body that is signed all the same", WHOLE, "x-content-sha256 is not the body's"],
    ["asks for the rest", "date host", "not signed: (request-target)"],
  ])("where the body may stay out, as with PutObject, %s", (_, signed, problem) => {
    const headers = {
      date: new Date().toUTCString(),
      "x-content-sha256": "AAAA",
      authorization: signatureOver(signed),
    };
    expect(problemOf(headers, { mayExcludeBody: true })).toBe(problem);
  });
});
