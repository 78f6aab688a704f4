import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseJson, stringifyJson } from "../src/json.ts";
import { wireJson } from "../src/wire-json.ts";

describe("parseJson", () => {
  test.each([
    ["9007199254740991", 9007199254740991],
    ["9007199254740993", 9007199254740993n],
    ["-9223372036854775808", -(2 ** 63)],
    ["-9223372036854775807", -9223372036854775807n],
    ["-9223372036854775809", -(2 ** 63)],
    ["-9223372036854777777", -Number("9223372036854777777")],
    ["9223372036854775808", 2 ** 63],
    ["1234567890123456.5", 1234567890123456.5],
    ["12345678901234567e0", Number("12345678901234567")],
    ['"12345678901234567"', "12345678901234567"],
    ['["\\"12345678901234567", 12345678901234567, "int64:1"]', ['"12345678901234567', 12345678901234567n, "int64:1"]],
    ['{"a\\\\":12345678901234567}', { "a\\": 12345678901234567n }],
  ])("reads %s without losing a digit", (text, value) => {
    expect(parseJson(text)).toEqual({ ok: true, value });
  });

  test("agrees with JSON.parse on every JSON, but for digits", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify(value, null, 1);
        const parsed = parseJson(text);
        expect(parsed.ok && rounded(parsed.value)).toEqual(JSON.parse(text));
      }),
    );
  });

  test.each([
    ["nothing", "", "not JSON (it is cut short)"],
    ["a text that is cut short", '{"password":"hunter2', "not JSON"],
    ["a text with a slip in it", '{"password":hunter2}', "not JSON"],
    ["200,000 nested arrays", "[".repeat(200_000) + "]".repeat(200_000), "JSON nested more than 100 levels deep"],
    [
      "them with a big integer inside",
      `${"[".repeat(200_000)}12345678901234567${"]".repeat(200_000)}`,
      "JSON nested more than 100 levels deep",
    ],
  ])("tells of %s what is wrong, and shows nothing of it", (_, text, problem) => {
    const parsed = parseJson(text);
    expect(parsed).toEqual({ ok: false, problem: expect.stringContaining(problem) });
    expect(JSON.stringify(parsed)).not.toContain("hunter2");
  });

  test("reads 100 levels, and not one more", () => {
    const nested = (levels: number) => `${'[{"a":'.repeat(levels / 2)}${"[".repeat(levels % 2)}`;
    const closed = (levels: number) => `${"]".repeat(levels % 2)}${"}]".repeat(levels / 2)}`;
    const read = (levels: number) => parseJson(`${nested(levels)}${levels % 2 === 0 ? 1 : ""}${closed(levels)}`).ok;
    expect([read(99), read(100), read(101), read(102)]).toEqual([true, true, false, false]);
  });

  test("is not fooled by a string that looks like its own mark once it is read", () => {
    expect(parseJson(String.raw`["\u0069nt64:5","\u0069nt64:abc",12345678901234567]`)).toEqual({
      ok: true,
      value: ["int64:5", "int64:abc", 12345678901234567n],
    });
  });

  function rounded(value: unknown): unknown {
    return JSON.parse(JSON.stringify(value, (_key, item: unknown) => (typeof item === "bigint" ? Number(item) : item)));
  }
});

describe("stringifyJson", () => {
  test.each<[string, unknown, string]>([
    ["a big integer as its digits", 12345678901234567n, "12345678901234567"],
    [
      "the smallest and the biggest",
      [-9223372036854775807n, 9223372036854775807n],
      "[-9223372036854775807,9223372036854775807]",
    ],
    ["an integer that a double holds, with all of its digits", 60141145194693448, "60141145194693448"],
    [
      "them beside the same digits as a text, which stay a text",
      { a: "12345678901234567", b: 12345678901234567n, 'c"': ["-1", 1] },
      String.raw`{"a":"12345678901234567","b":12345678901234567,"c\"":["-1",1]}`,
    ],
    ["what has none as JSON.stringify does", { a: [1, null, "x"], b: undefined }, '{"a":[1,null,"x"]}'],
    [
      "a text that looks like a mark of its own as the text",
      ["int64:5", 'int64:"', 12345678901234567n],
      String.raw`["int64:5","int64:\"",12345678901234567]`,
    ],
    ["what is no JSON as nothing", undefined, "undefined"],
  ])("writes %s", (_, value, text) => {
    expect(String(stringifyJson(value))).toBe(text);
  });

  test("indents as it is told", () => {
    expect(stringifyJson({ a: [12345678901234567n] }, 2)).toBe('{\n  "a": [\n    12345678901234567\n  ]\n}');
  });

  test("writes what parseJson reads back as it was, for every JSON and every integer of 64 bits", () => {
    // Zero is zero: JSON has no other. Integers past 2^53 are drawn below.
    const number = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => (value === 0 ? 0 : value));
    const bigInteger = fc
      .bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
      .filter((value) => BigInt(Number(value)) !== value);
    const text = fc.oneof(fc.string({ unit: "binary" }), bigInteger.map(String), fc.constantFrom("int64:1", '"', "\\"));
    const { value: any } = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 5 },
        fc.oneof(text, bigInteger, number, fc.boolean(), fc.constant(null)),
        fc.array(tie("value"), { maxLength: 5 }),
        fc.dictionary(text, tie("value"), { maxKeys: 5 }),
      ),
    }));
    fc.assert(
      fc.property(any, fc.constantFrom(0, 2), (value, indent) => {
        expect(parseJson(stringifyJson(value, indent))).toEqual({ ok: true, value });
      }),
      { numRuns: 500 },
    );
  });
});

describe("wireJson", () => {
  test("reads back as what was written, for every JSON", () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
        const plain: unknown = JSON.parse(JSON.stringify(value).toWellFormed());
        expect(JSON.parse(wireJson(plain))).toEqual(JSON.parse(JSON.stringify(plain).replace(/-0(?![.\d])/g, "0")));
      }),
    );
  });

  test("sorts keys by their UTF-8 bytes, not by UTF-16", () => {
    expect(wireJson({ "\u{1f680}": 1, "\uff5e": 2, a: 3 })).toBe('{"a":3,"\uff5e":2,"\u{1f680}":1}');
  });

  test("leaves undefined members out and keeps a member named __proto__", () => {
    const value = { b: undefined, ...(JSON.parse('{"__proto__":{"x":1}}') as object) };
    expect(wireJson(value)).toBe('{"__proto__":{"x":1}}');
  });
});
