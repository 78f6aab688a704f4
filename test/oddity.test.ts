import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { oddity } from "../src/oddity.ts";

const told = (text: string) => oddity(text, JSON.parse(text.replace(/^\ufeff/, "")));

describe("what is odd about an input", () => {
  test.each<[string, string, string | undefined]>([
    ["nothing, ordinarily", '{"eventType":"t","data":{"a":1},"extensions":{}}', undefined],
    [
      "keys of the envelope that it holds more than once, in their order",
      '{"data":{},"eventID":"1","eventType":"t","eventID":"2","data":{}}',
      "eventID, data: stands more than once, the last one counts",
    ],
    [
      "not what stands in the payload",
      '{"data":{"data":{"data":1},"source":[{"source":1}]},"source":"data"}',
      undefined,
    ],
    ["not what is a text", String.raw`{"source":"\"source\":","a":"source","b":["source","source"]}`, undefined],
    ["not another key that ends alike", String.raw`{"data":1,"\"data":2,"metadata":3,"data\\":4}`, undefined],
    [
      "white space before the colon all the same",
      '{"data" : 1, "data"\n:2}',
      "data: stands more than once, the last one counts",
    ],
    ["a lone surrogate", String.raw`{"a":{"b":["\ud83d"]}}`, "the text holds a lone surrogate, sent on as U+FFFD"],
    ["a lone surrogate in a key", String.raw`{"a":{"\uDE80":1}}`, "the text holds a lone surrogate, sent on as U+FFFD"],
    ["no pair of them, and no other escape", String.raw`{"a":"\ud83d\ude80","b":"\u00e9","c":"\\ud83d"}`, undefined],
    [
      "more than one thing",
      '\ufeff{"data":{"additionalDetails":[]}}',
      "the body begins with a byte order mark, ignored; data.additionalDetails: is no object, and left out",
    ],
  ])("is %s", (_, text, odd) => {
    expect(told(text)).toBe(odd);
  });

  test("is any key of the envelope that is written twice, and no other, whatever stands beside it", () => {
    const key = fc.constantFrom("eventType", "eventID", "source", "data", "extensions", "a", '"data', "__proto__");
    const value = fc.oneof(
      fc.constantFrom(
        "1",
        '{"data":{"data":1}}',
        '["eventID",{"source":"source"}]',
        '"eventType"',
        String.raw`"\"source\":"`,
      ),
      fc.json(),
    );
    const colon = fc.constantFrom(":", " :", "\n : ");
    fc.assert(
      fc.property(fc.array(fc.tuple(key, colon, value), { maxLength: 9 }), (members) => {
        const text = `{${members.map(([key, colon, value]) => JSON.stringify(key) + colon + value).join(",")}}`;
        const keys = members.map(([key]) => key);
        const envelope = ["eventType", "eventID", "eventTime", "source", "cloudEventsVersion", "data", "extensions"];
        const repeated = envelope.filter((key) => keys.filter((each) => each === key).length > 1);
        const odd =
          repeated.length > 0 ? `${repeated.join(", ")}: stands more than once, the last one counts` : undefined;
        // Nothing is odd about the value: only the text counts here.
        expect(oddity(text, {})).toBe(odd);
      }),
      { numRuns: 1000 },
    );
  });
});
