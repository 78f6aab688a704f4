import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { stringifyJson } from "../src/json.ts";
import { parse } from "../src/parse.ts";
import { isAboutCredential, keepable, namesSecret, redact, withoutCredentials } from "../src/redact.ts";

const SECRET = "[redacted]";

describe("keepable", () => {
  test.each<[string, unknown, unknown]>([
    ["what holds no secret, as it is", { a: [1, "b", null, true, { c: 5n }] }, { a: [1, "b", null, true, { c: 5n }] }],
    ["a text, as it is", 'password: "x"', 'password: "x"'],
    [
      "a text that is JSON without what the object would be kept without",
      JSON.stringify({ token: "t", data: { identity: { credentials: "c", a: 1 } }, n: [1] }),
      '{"token":"[redacted]","data":{"identity":{"a":1}},"n":[1]}',
    ],
    ["a text that is JSON, its big integers whole", '{"n":12345678901234567}', '{"n":12345678901234567}'],
    [
      "JSON in a text in JSON, too",
      { message: JSON.stringify([JSON.stringify({ api_key: "k", b: 1 })]) },
      { message: JSON.stringify([JSON.stringify({ api_key: SECRET, b: 1 })]) },
    ],
    [
      "a text that is broken JSON without the values of keys that name secrets",
      '{"a":1,"adminPassword":"s3\\"cret","list":{"private-key" : ["x","y"],"tokens":5,"b":"kept","secret":"cut sh',
      '{"a":1,"adminPassword":"[redacted]","list":{"private-key" : "[redacted]","tokens":"[redacted]","b":"kept","secret":"[redacted]"',
    ],
    ["null, as it is", null, null],
    [
      "secrets by the names of their keys, in any case and at any depth, without their values",
      { AdminPassword: "x", list: [{ "private-key": { pem: "y" } }], Authorization: ["b"], eTag: "z" },
      { AdminPassword: SECRET, list: [{ "private-key": SECRET }], Authorization: SECRET, eTag: "z" },
    ],
    ["a secret that is null, as it is", { token: null }, { token: null }],
    [
      "an audit record without the caller's credentials and all headers",
      {
        type: "com.oraclecloud.objectstorage.createbucket",
        data: {
          identity: { principalName: "ana", credentials: "c" },
          request: { action: "POST", headers: { authorization: ["Signature s"], accept: ["*/*"] } },
          response: { status: "200", headers: { location: ["x"] } },
        },
      },
      {
        type: "com.oraclecloud.objectstorage.createbucket",
        data: { identity: { principalName: "ana" }, request: { action: "POST" }, response: { status: "200" } },
      },
    ],
    [
      "an Events message about a credential without its payload",
      {
        eventType: "com.oraclecloud.identitycontrolplane.createauthtoken",
        eventID: "1",
        data: { resourceName: "r", resourceId: "ocid1.x", additionalDetails: { value: "s3cret" } },
      },
      {
        eventType: "com.oraclecloud.identitycontrolplane.createauthtoken",
        eventID: "1",
        data: { resourceName: "r", resourceId: "ocid1.x" },
      },
    ],
    [
      "an audit record about a credential, its type in mixed case, with no more of request, response and change of state than the status",
      {
        type: "com.oraclecloud.identityControlPlane.CreateCustomerSecretKey",
        data: {
          eventName: "CreateCustomerSecretKey",
          identity: { principalName: "ana", credentials: "c" },
          request: { parameters: { value: "s3cret" } },
          response: { status: "200", payload: { key: "s3cret" } },
          stateChange: { current: { key: "s3cret" } },
        },
      },
      {
        type: "com.oraclecloud.identityControlPlane.CreateCustomerSecretKey",
        data: {
          eventName: "CreateCustomerSecretKey",
          identity: { principalName: "ana" },
          response: { status: "200" },
        },
      },
    ],
    [
      "a batch of them, each",
      [{ eventType: "com.oraclecloud.a.createpassword", data: { additionalDetails: { v: 1 }, a: 2 } }, { secret: 1 }],
      [{ eventType: "com.oraclecloud.a.createpassword", data: { a: 2 } }, { secret: SECRET }],
    ],
    [
      "one that stands inside of something else",
      { results: [{ data: { logContent: { type: "com.oraclecloud.a.updateapikey", data: { request: 1, b: 2 } } } }] },
      { results: [{ data: { logContent: { type: "com.oraclecloud.a.updateapikey", data: { b: 2 } } } }] },
    ],
    [
      "identity, request and response that are texts not at all, and other values as they are",
      { data: { identity: null, request: '{"headers":{}}', response: [1] } },
      { data: { identity: null, request: SECRET, response: [1] } },
    ],
  ])("gives %s", (_, value, kept) => {
    expect(keepable(value)).toEqual(kept);
  });

  test("leaves the value itself as it was", () => {
    const value = { data: { identity: { credentials: "c" }, token: "t" } };
    keepable(value);
    expect(value).toEqual({ data: { identity: { credentials: "c" }, token: "t" } });
  });

  test("keeps a member named __proto__, and makes nothing of it", () => {
    const value: unknown = JSON.parse('{"__proto__":{"token":"t","a":1}}');
    expect(JSON.stringify(keepable(value))).toBe('{"__proto__":{"token":"[redacted]","a":1}}');
  });
});

test("redact takes the value of every key that names a secret, and nothing else", () => {
  const value = { a: { passphrase: "p", headers: { x: 1 } }, cookies: [1], identity: { credentials: "c" }, n: null };
  expect(redact([value, "token"])).toEqual([
    {
      a: { passphrase: SECRET, headers: { x: 1 } },
      cookies: SECRET,
      identity: { credentials: SECRET },
      n: null,
    },
    "token",
  ]);
});

describe("redact", () => {
  const key = fc.oneof(
    fc.constantFrom("password", "X-Api-Key", "clientSecret", "__proto__", "constructor", "a", "0"),
    fc.string(),
  );
  const { value: json } = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.oneof(fc.string(), fc.constantFrom(null, 1, true, 5n, SECRET)),
      fc.array(tie("value"), { maxLength: 4 }),
      fc.array(fc.tuple(key, tie("value")), { maxLength: 4 }).map((members) => Object.fromEntries(members)),
    ),
  }));

  test("gives of any JSON the very same, in the same order, but for what keys that name secrets hold", () => {
    const obvious = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(obvious);
      if (typeof value !== "object" || value === null) return value;
      return Object.fromEntries(
        Object.entries(value).map(([key, item]) => [key, namesSecret(key) && item !== null ? SECRET : obvious(item)]),
      );
    };
    fc.assert(
      fc.property(json, (value) => {
        const before = stringifyJson(value);
        expect(stringifyJson(redact(value))).toBe(stringifyJson(obvious(value)));
        expect(stringifyJson(value)).toBe(before);
      }),
      { numRuns: 500 },
    );
  });

  test("gives what holds no secret itself, and shares it in the copy of what does", () => {
    const plain = { a: [{ b: 1 }, null], token: null };
    expect(redact(plain)).toBe(plain);
    const copy = redact([plain, { token: "t" }]) as unknown[];
    expect(copy).toEqual([plain, { token: SECRET }]);
    expect(copy[0]).toBe(plain);
  });

  test("keeps a member named __proto__, and makes nothing of it", () => {
    const value: unknown = JSON.parse('{"a":1,"__proto__":{"token":"t","b":1}}');
    expect(JSON.stringify(redact(value))).toBe('{"a":1,"__proto__":{"token":"[redacted]","b":1}}');
  });
});

test("a key names a secret or none, however many others were asked for before", () => {
  const asked = () => ["Api_Key", "name", `${"x".repeat(60)}token`].map(namesSecret);
  expect(asked()).toEqual([true, false, true]);
  for (let n = 0; n < 2500; n++) expect(namesSecret(`${n}_${n % 2 ? "token" : "name"}`)).toBe(n % 2 === 1);
  expect(asked()).toEqual([true, false, true]);
});

test("withoutCredentials leaves out what an audit record says of its caller's credentials, and nothing else", () => {
  const data = {
    identity: { principalName: "ana", credentials: "c" },
    request: { path: "/", headers: {} },
    response: { status: "200", headers: {} },
    additionalDetails: { headers: 1, credentials: 2 },
  };
  expect(withoutCredentials(data)).toEqual({
    identity: { principalName: "ana" },
    request: { path: "/" },
    response: { status: "200" },
    additionalDetails: { headers: 1, credentials: 2 },
  });
  expect(withoutCredentials({ a: 1 })).toEqual({ a: 1 });
});

test.each([
  ["identitycontrolplane.createauthtoken", true],
  ["identitycontrolplane.createorresetuipassword", true],
  ["identitycontrolplane.uploadapikey", true],
  ["vault.createsecret", true],
  ["databaseservice.autonomous.database.wallet.update", true],
  ["computeapi.launchinstance.end", false],
  ["objectstorage.createbucket", false],
  ["identitycontrolplane.createuser", false],
])("an event of type %s is about a credential: %s", (type, is) => {
  expect(isAboutCredential(`com.oraclecloud.${type}`)).toBe(is);
});

test("of a refused operation on a credential the letter still tells that it was refused", () => {
  const record = {
    ...{ specversion: "1.0", type: "com.oraclecloud.identityControlPlane.CreateAuthToken", id: "1", source: "jane" },
    ...{ time: "2026-03-02T08:16:07Z", oracle: { loggroupid: "_Audit" } },
    data: { eventName: "CreateAuthToken", response: { status: "403", payload: { token: "T0ken-text" } } },
  };
  const kept = keepable(record) as Record<string, unknown>;
  expect(JSON.stringify(kept)).not.toContain("T0ken-text");
  expect(parse({ shape: "log record", value: kept })).toMatchObject({ value: { event: { hasFailed: true } } });
});
