import { describe, expect, test } from "vitest";
import { jsonProblem } from "../src/json-value.ts";

function nested(levels: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < levels; level++) value = level % 2 === 0 ? [value] : { a: value };
  return value;
}

const loop: Record<string, unknown> = { list: [] };
(loop.list as unknown[]).push({ back: loop });
const shared = { a: 1 };

class Price {
  amount = 1;
}
const nameless = new (class {})();

describe("a value that JSON can say has no problem:", () => {
  test.each<[string, unknown]>([
    ["a text", "a"],
    ["a text with half a character", "\ud800"],
    ["a number", -0.5],
    ["an integer of 64 bits", 2n ** 63n - 1n],
    ["the least of them", -(2n ** 63n)],
    ["null", null],
    ["nothing in it", { a: [], b: {} }],
    ["an object without a prototype", Object.assign(Object.create(null), { a: 1 })],
    ["the same object twice", [shared, { again: shared }]],
    ["a hundred levels", nested(100)],
    ["keys that are names of Object.prototype", JSON.parse('{ "__proto__": 1, "constructor": 2, "toString": 3 }')],
  ])("%s", (_, value) => {
    expect(jsonProblem(value)).toBe(undefined);
  });
});

describe("what JSON cannot say is told with where it stands:", () => {
  test.each<[string, unknown]>([
    ["it is undefined", undefined],
    ["it is a function", () => 1],
    [".blocks[0].text is a function", { blocks: [{ text: () => "x" }] }],
    [".text is undefined", { text: undefined }],
    ["[1] is undefined", Object.assign(["a hole follows"], { length: 2 })],
    ['["a b"]["1"] is a symbol', { "a b": { "1": Symbol("s") } }],
    [".ratio is NaN", { ratio: 0 / 0 }],
    [".ratio is -Infinity", { ratio: -1 / 0 }],
    [".n is an integer of more than 64 bits", { n: 2n ** 63n }],
    [".n is an integer of more than 64 bits", { n: -(2n ** 63n) - 1n }],
    [".at is an instance of Date", { at: new Date(0) }],
    [".tags is an instance of Map", { tags: new Map() }],
    [".error is an instance of Error", { error: new Error("x") }],
    [".price is an instance of Price", { price: new Price() }],
    [".nameless is an instance of a class", { nameless }],
    [".bytes is an instance of Uint8Array", { bytes: new Uint8Array(1) }],
    [".promise is an instance of Promise", { promise: Promise.resolve() }],
    [".list[0].back holds itself", loop],
    [`${"[0].a".repeat(50)} is nested more than 100 levels deep`, { problem: nested(101) }.problem],
  ])("%s", (problem, value) => {
    expect(jsonProblem(value)).toBe(problem);
  });

  test("the first of several", () => {
    expect(jsonProblem({ a: 1, b: undefined, c: Number.NaN })).toBe(".b is undefined");
  });
});
