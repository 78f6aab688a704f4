import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Marker, markerText, parseMarker } from "../../src/store/marker.ts";

const untilMs = Date.parse("2026-03-02T08:16:39.000Z");
const places = (...all: number[]) => new Set(all);

describe("a marker", () => {
  test.each<[string, Marker, string]>([
    [
      "of a claim that has delivered nothing yet",
      { owner: "2f0c", untilMs, delivered: new Map() },
      '{"owner":"2f0c","until":"2026-03-02T08:16:39.000Z","delivered":{}}',
    ],
    [
      "of a single event that is done",
      { owner: null, untilMs, delivered: new Map([["webhook webhook https://cmdb.example.com", places(0)]]) },
      '{"owner":null,"until":"2026-03-02T08:16:39.000Z","delivered":{"webhook webhook https://cmdb.example.com":"0"}}',
    ],
    [
      "of a batch, its places as ranges",
      {
        ...{ owner: null, untilMs },
        delivered: new Map([
          ["a", places(0, 1, 2, 41, 43, 44)],
          ["b", places(7, 5, 6, 2)],
          ["c", places()],
        ]),
      },
      '{"owner":null,"until":"2026-03-02T08:16:39.000Z","delivered":{"a":"0-2,41,43-44","b":"2,5-7","c":""}}',
    ],
  ])("%s", (_, marker, text) => {
    expect(markerText(marker)).toBe(text);
    expect(parseMarker(text)).toEqual(marker);
  });

  test("reads back as what was written, whatever was delivered to whom", () => {
    const range = fc.tuple(fc.nat(5_000), fc.nat(300));
    const anyPlaces = fc
      .array(range, { maxLength: 6 })
      .map((ranges) => new Set(ranges.flatMap(([from, count]) => Array.from({ length: count }, (_, n) => from + n))));
    const marker = fc.record({
      owner: fc.option(fc.string({ unit: "binary" })),
      untilMs: fc.integer({ min: -8_640_000_000_000_000, max: 8_640_000_000_000_000 }),
      delivered: fc.array(fc.tuple(fc.string({ unit: "binary" }), anyPlaces), { maxLength: 4 }).map((e) => new Map(e)),
    });
    fc.assert(
      fc.property(marker, (written) => {
        expect(parseMarker(markerText(written))).toEqual(written);
      }),
    );
  });

  test("of a batch of 100,000 messages that all arrived is a few bytes", () => {
    const all = new Set(Array.from({ length: 100_000 }, (_, place) => place));
    const text = markerText({ owner: null, untilMs, delivered: new Map([["webhook", all]]) });
    expect(text).toContain('"webhook":"0-99999"');
    expect(parseMarker(text)?.delivered.get("webhook")?.size).toBe(100_000);
  });
});

describe("what is no marker", () => {
  test.each([
    "",
    "hello",
    "null",
    "[]",
    "{}",
    '{"owner":5,"until":"2026-03-02T08:16:39Z","delivered":{}}',
    '{"until":"2026-03-02T08:16:39Z","delivered":{}}',
    '{"owner":"a","until":"soon","delivered":{}}',
    '{"owner":"a","delivered":{}}',
    '{"owner":"a","until":"2026-03-02T08:16:39Z","delivered":[]}',
    '{"owner":"a","until":"2026-03-02T08:16:39Z"}',
  ])("%s is read as none", (text) => {
    expect(parseMarker(text)).toBeUndefined();
  });

  test.each<[string, string, number[]]>([
    ["are left out where they are none", "0,x,2-,-3,1.5,4", [0, 4]],
    ["run forwards", "5-3", []],
    [
      "end where no batch can reach, so that nobody's typing fills the memory",
      "2999998-99999999999",
      [2999998, 2999999, 3000000],
    ],
    ["begin where no batch can reach: none", "99999999999", []],
  ])("places %s", (_, ranges, expected) => {
    const text = JSON.stringify({ owner: null, until: "2026-03-02T08:16:39Z", delivered: { a: ranges } });
    expect(parseMarker(text)).toEqual({ owner: null, untilMs, delivered: new Map([["a", new Set(expected)]]) });
  });
});
