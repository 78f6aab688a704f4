import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createRedactor, excerptOf, partsOf, textsIn } from "../../src/deliver/excerpt.ts";

const MAX_CHARS = 1024;

describe("excerptOf", () => {
  test.each<[string, string, string[], string]>([
    ["a body without any of them, as it is", '{"error":"busy"}', ["s3cret"], '{"error":"busy"}'],
    ["a body where there are no secrets", "busy", [], "busy"],
    [
      "a secret, wherever it stands",
      `s3cret, ${"s3cret".repeat(4)}`,
      ["s3cret"],
      `[redacted], ${"[redacted]".repeat(4)}`,
    ],
    ["a secret as JSON writes it", String.raw`{"got":"a\"b\\c\nd"}`, ['a"b\\c\nd'], '{"got":"[redacted]"}'],
    [
      "a secret as a URL writes it",
      "no such path: /?key=p%C3%A4ss%26w%C3%B6rd%2F%2B",
      ["päss&wörd/+"],
      "no such path: /?key=[redacted]",
    ],
    [
      "a secret that is part of a longer one, the longer one whole",
      "POST https://cmdb.example.com/hook/T0ken-text-0123 refused; T0ken-text-0123",
      ["T0ken-text-0123", "https://cmdb.example.com/hook/T0ken-text-0123"],
      "POST [redacted] refused; [redacted]",
    ],
    ["a secret of four characters", "key k3yX", ["k3yX"], "key [redacted]"],
    ["what is too short to be a secret, as it is", "a key: k3y", ["k3y", ""], "a key: k3y"],
    ["a secret with signs that a pattern would take for its own", "a$&.*(b", ["$&.*("], "a[redacted]b"],
    ["a secret that is no well-formed text", "a\ud800bcd%EF%BF%BDbcd", ["\ud800bcd"], "a[redacted][redacted]"],
  ])("gives %s", (_, body, secrets, excerpt) => {
    expect(excerptOf(body, createRedactor(secrets))).toBe(excerpt);
  });

  test("ends after 1024 characters, and shows no beginning of a secret that stands there", () => {
    expect(excerptOf("x".repeat(2_000), createRedactor([]))).toBe("x".repeat(MAX_CHARS));
    expect(excerptOf(`${"x".repeat(MAX_CHARS - 3)}s3cret`, createRedactor(["s3cret"]))).toBe(
      `${"x".repeat(MAX_CHARS - 3)}[re`,
    );
  });

  test("is well-formed, also where it ends in the middle of a pair", () => {
    expect(excerptOf(`${"x".repeat(MAX_CHARS - 1)}😀`, createRedactor([]))).toBe(`${"x".repeat(MAX_CHARS - 1)}\ufffd`);
  });

  test("holds no secret in any spelling, whatever stands around it, and never more than 1024 characters", () => {
    // Capitals and signs: of the mark itself, [redacted], no secret is part.
    const secret = fc.string({ unit: fc.constantFrom(...'ABC09/+=&?%"\\\n é日😀'), minLength: 4, maxLength: 12 });
    const spelt = (text: string, spelling: string) =>
      spelling === "JSON" ? JSON.stringify(text).slice(1, -1) : spelling === "URL" ? encodeURIComponent(text) : text;
    const part = fc.oneof(
      fc.record({ text: secret, spelling: fc.constantFrom("plain", "JSON", "URL") }),
      fc.string({ maxLength: 300 }).map((text) => ({ text, spelling: "other" })),
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
        const secrets = parts.filter(({ spelling }) => spelling !== "other").map(({ text }) => text);
        const body = parts.map(({ text, spelling }) => spelt(text, spelling)).join(" ");
        const excerpt = excerptOf(body, createRedactor(secrets));
        expect(excerpt.length).toBeLessThanOrEqual(MAX_CHARS);
        expect(excerpt.isWellFormed()).toBe(true);
        const spellings = secrets.flatMap((text) => ["plain", "JSON", "URL"].map((spelling) => spelt(text, spelling)));
        expect(spellings.filter((text) => excerpt.includes(text))).toEqual([]);
      }),
    );
  });
});

test.each([
  ["Bearer tok-4711-abcdef", "invalid token tok-4711-abcdef"],
  ["Basic cmVsYXk6aHVudGVyMjI=", "no user relay, password hunter22"],
  ["Basic cmVsYXk6aHVudGVyMjI=", "bad login cmVsYXk6aHVudGVyMjI="],
  ["session=9f8e7d6c5b4a; Path=/", "cookie 9f8e7d6c5b4a has ended"],
  ['k&y<with>"signs"', "no such key: k&amp;y&lt;with&gt;&quot;signs&quot;"],
])("of a header %j the part that an answer quotes alone is gone, too", (header, body) => {
  const secrets = partsOf(header);
  const excerpt = excerptOf(body, createRedactor(secrets));
  expect(excerpt).toContain("[redacted]");
  expect(secrets.filter((secret) => secret.length >= 6 && excerpt.includes(secret))).toEqual([]);
});

test("a secret of this very request is gone, however short its spelling list", () => {
  expect(excerptOf("sig AbC+/= refused", createRedactor([]), ["AbC+/=", ""])).toBe("sig [redacted] refused");
});

test("textsIn finds every text and number, at any depth", () => {
  expect(textsIn(["a", { b: "c", d: [5, { e: "f" }] }, null, undefined, true, "", 1.5])).toEqual([
    ...["a", "c", "5", "f", "", "1.5"],
  ]);
});
