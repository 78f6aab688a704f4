import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { classify, type Item, type Message, type Unreadable } from "../src/classify.ts";
import type { Shape } from "../src/shape.ts";

const event = { eventType: "com.oraclecloud.a.b", eventID: "1", data: {} };
const another = { ...event, eventID: "2" };
const record = { specversion: "1.0", type: "com.oraclecloud.A.B", data: {} };
const alarm = { dedupeKey: "k", alarmMetaData: [] };
const metric = { namespace: "oci_x", datapoints: [] };
const letter = { deadLetter: 1, destination: { name: "webhook" }, event };
const oci = { event_id: "1", event_type: "com.oraclecloud.a.b", event_time: "2026-03-02T08:16:07Z" };
const own = { action: "create", resource_type: "server", result: "succeed", resource_details: { oci } };
/** As much of a text of the relay's own as is looked at. */
const ownText = (...ids: string[]) =>
  [
    "Instance web-1 created",
    ...ids.map((id) => `Event ID:   ${id}\nEvent type: ${oci.event_type}\nEvent time: ${oci.event_time}`),
    "-- sent by oci-event-relay\n",
  ].join("\n\n");
const named = (event_id: string) => message("own message", { resource_details: { oci: { ...oci, event_id } } });

const message = (shape: Shape, value: Record<string, unknown>): Message => ({ shape, value });
const unreadable = (problem: string, received: unknown): Unreadable => ({
  shape: "unreadable",
  problem,
  received: received instanceof Uint8Array ? received : { value: received },
});
const streamed = (value: string | Uint8Array) => ({
  ...{ stream: "s", partition: "0", key: null, offset: 3 },
  value: Buffer.from(value).toString("base64"),
});

const EXPECTED = "expected an OCI Events message, a JSON object, or an array of them";
const ITEM_EXPECTED = "expected an OCI Events message, a JSON object";
const json = (value: unknown) => JSON.stringify(value);

describe("one object is one message, of the shape that it has", () => {
  test.each<[string, Shape, Record<string, unknown>]>([
    ["an Events message", "event", event],
    ["an Events message that has fields of other shapes, too", "event", { ...record, ...alarm, ...metric, ...event }],
    ["an Events message with an array of results", "event", { ...event, results: [{ data: { logContent: record } }] }],
    ["a record of Logging", "log record", record],
    ["a record of the Audit API", "Audit API record", { eventId: "1", eventType: "t", data: {} }],
    ["an alarm", "alarm", alarm],
    ["a metric", "metric", metric],
    ["a dead letter", "dead letter", letter],
    ["a message that the relay itself has sent", "own message", own],
    ["an Events message that has fields of that, too", "event", { ...own, ...event }],
    ["a record of Logging that has", "log record", { ...own, ...record }],
    ["a record of the Audit API that has", "Audit API record", { ...own, eventId: "1", data: {} }],
    ["an alarm that has", "alarm", { ...own, ...alarm }],
    ["a metric that has", "metric", { ...own, ...metric }],
    ["a dead letter that has", "dead letter", { ...own, ...letter }],
    ["an Events message without an eventID that has", "event", { ...own, eventType: event.eventType, data: {} }],
    ["a record of a later version of CloudEvents", "event", { ...record, specversion: "2.0" }],
    ["an object that looks like a Streaming message, but came alone", "event", streamed("x")],
    ["an object that is nothing of this", "event", { name: "cat" }],
    ["an empty object", "event", {}],
  ])("%s", (_, shape, value) => {
    const text = json(value);
    expect(classify(Buffer.from(text))).toEqual({ isBatch: false, items: [{ shape, value, text }] });
  });

  test("its text is what came, byte order mark and all", () => {
    const text = `\ufeff ${json(event)}\n`;
    expect(classify(Buffer.from(text))).toEqual({ isBatch: false, items: [{ shape: "event", value: event, text }] });
  });
});

describe("what can be no message is told, with what came", () => {
  test.each<[string, string | readonly number[], string]>([
    ["nothing", "", "the body is empty"],
    ["bytes that are not UTF-8", [0x7b, 0xff], "the body is not UTF-8"],
    ["a text", "hello", "the body is not JSON"],
    ["JSON cut short", '{"a":', "the body is not JSON (it is cut short)"],
    [
      "JSON that nests too deep",
      "[".repeat(101) + "]".repeat(101),
      "the body is JSON nested more than 100 levels deep",
    ],
  ])("%s, as its bytes", (_, body, problem) => {
    const received = Buffer.from(body as string);
    expect(classify(received)).toEqual({
      isBatch: false,
      items: [unreadable(`${problem}: ${EXPECTED}`, received)],
    });
  });

  test.each<[string, unknown, string]>([
    ["null", null, "the body is null"],
    ["a number", 42, "the body is the number 42"],
    [
      "a text in JSON, which only a batch may hold, and which is not shown",
      "hello",
      "the body is a string of 5 characters",
    ],
  ])("%s, as its value", (_, value, problem) => {
    expect(classify(Buffer.from(json(value)))).toEqual({
      isBatch: false,
      items: [unreadable(`${problem}: ${EXPECTED}`, value)],
    });
  });
});

describe("a text that the relay itself has published is one message for each event that it tells of", () => {
  test.each<[string, string, boolean, Item[]]>([
    ["one", ownText("1"), false, [named("1")]],
    ["two", ownText("1", "2 and more"), true, [named("1"), named("2 and more")]],
    ["one, in a Queue message", json([ownText("1"), event]), true, [named("1"), message("event", event)]],
    ["two, in a Streaming message", json([streamed(ownText("1", "2"))]), true, [named("1"), named("2")]],
  ])("%s", (_, text, isBatch, items) => {
    expect(classify(Buffer.from(text))).toEqual({ isBatch, items });
  });

  test("but a text in JSON, which only a batch may hold, is none", () => {
    const text = ownText("1");
    expect(classify(Buffer.from(json(text))).items).toEqual([
      unreadable(`the body is a string of ${text.length} characters: ${EXPECTED}`, text),
    ]);
  });
});

describe("an array is a batch of messages", () => {
  const batches: [string, unknown[], Item[]][] = [
    ["none", [], []],
    ["of Events messages, in their order", [event, another], [message("event", event), message("event", another)]],
    [
      "of all shapes mixed",
      [record, alarm, metric, letter, own, event],
      [
        message("log record", record),
        message("alarm", alarm),
        message("metric", metric),
        message("dead letter", letter),
        message("own message", own),
        message("event", event),
      ],
    ],
    ["of Queue messages that are objects", [{ name: "cat" }], [message("event", { name: "cat" })]],
    [
      "of Queue messages that are JSON in a text",
      [json(event), ` ${json(record)}\n`],
      [message("event", event), message("log record", record)],
    ],
    [
      "of Queue messages that hold arrays",
      [json([event, record]), json(another)],
      [message("event", event), message("log record", record), message("event", another)],
    ],
    [
      "of Streaming messages, in base64",
      [streamed(json(event)), streamed(`\ufeff${json(alarm)}`)],
      [message("event", event), message("alarm", alarm)],
    ],
    [
      "of Streaming messages that hold arrays",
      [streamed(json([event, another]))],
      [message("event", event), message("event", another)],
    ],
    [
      "one item of which is bad, beside good ones",
      [event, null, another],
      [
        message("event", event),
        unreadable(`an item of the batch is null: ${ITEM_EXPECTED}`, null),
        message("event", another),
      ],
    ],
    [
      "of arrays, which only a wrapped message may hold",
      [[event], []],
      [
        unreadable(`an item of the batch is an array of 1: ${ITEM_EXPECTED}`, [event]),
        unreadable(`an item of the batch is an empty array: ${ITEM_EXPECTED}`, []),
      ],
    ],
    [
      "of Queue messages that are no JSON",
      ["a plain , comma string", ""],
      [unreadable("a Queue message is not JSON", "a plain , comma string"), unreadable("a Queue message is empty", "")],
    ],
    [
      "of Streaming messages that are no JSON, not UTF-8 or empty",
      [streamed("Sent a plain message"), streamed(Buffer.from([0xff])), streamed("")],
      [
        unreadable("a Streaming message is not JSON", streamed("Sent a plain message")),
        unreadable("a Streaming message is not UTF-8", streamed(Buffer.from([0xff]))),
        unreadable("a Streaming message is empty", streamed("")),
      ],
    ],
    [
      "of wrapped messages that hold an array of none",
      [json([]), streamed("[]"), event],
      [
        unreadable("a Queue message holds an empty array", json([])),
        unreadable("a Streaming message holds an empty array", streamed("[]")),
        message("event", event),
      ],
    ],
    [
      "of wrapped messages some of which hold what is none",
      [json([event, 5, null]), streamed(json(7))],
      [
        message("event", event),
        unreadable(`an item in a Queue message is the number 5: ${ITEM_EXPECTED}`, 5),
        unreadable(`an item in a Queue message is null: ${ITEM_EXPECTED}`, null),
        unreadable(`an item in a Streaming message is the number 7: ${ITEM_EXPECTED}`, 7),
      ],
    ],
    [
      "of messages that are wrapped twice, which nobody sends",
      [json(json(event)), json([streamed(json(event))]), streamed(json(json(event)))],
      [
        unreadable("a Queue message in a Queue message is wrapped once more", json(event)),
        unreadable("a Streaming message in a Queue message is wrapped once more", streamed(json(event))),
        unreadable("a Queue message in a Streaming message is wrapped once more", json(event)),
      ],
    ],
    [
      "of objects that have some of a Streaming message's fields",
      [
        { ...event, value: "x" },
        { value: "eyJ9", offset: 0 },
        { value: "eyJ9", stream: "s" },
        { value: 5, stream: "s", offset: 0 },
      ],
      [
        message("event", { ...event, value: "x" }),
        message("event", { value: "eyJ9", offset: 0 }),
        message("event", { value: "eyJ9", stream: "s" }),
        message("event", { value: 5, stream: "s", offset: 0 }),
      ],
    ],
  ];
  test.each(batches)("%s", (_, values, items) => {
    expect(classify(Buffer.from(json(values)))).toEqual({ isBatch: true, items });
  });
});

describe("the result of a Logging search is a batch of its records", () => {
  const found = (...results: unknown[]) => ({ results, summary: { resultCount: results.length } });
  test.each<[string, unknown, Item[]]>([
    [
      "as logContent",
      found({ data: { logContent: record, id: "x" } }, { data: { logContent: event } }),
      [message("log record", record), message("event", event)],
    ],
    [
      "one of which is no record",
      found({ data: { logContent: 5 } }, { data: { logContent: null } }, { data: { logContent: record } }),
      [
        unreadable(`an item of the result is the number 5: ${ITEM_EXPECTED}`, 5),
        unreadable(`an item of the result is null: ${ITEM_EXPECTED}`, null),
        message("log record", record),
      ],
    ],
  ])("%s", (_, result, items) => {
    expect(classify(Buffer.from(json(result)))).toEqual({ isBatch: true, items });
  });

  test.each<[string, Record<string, unknown>]>([
    ["finds nothing", found()],
    ["has a result without logContent", found({ data: {} }, { data: { logContent: record } })],
    ["has a result that is none", found(5, { data: { logContent: record } })],
    ["has no array of results", { results: { data: { logContent: record } } }],
  ])("what %s is taken for one message that is no event", (_, value) => {
    const text = json(value);
    expect(classify(Buffer.from(text))).toEqual({ isBatch: false, items: [{ shape: "event", value, text }] });
  });
});

test("an array of more than 100,000 items is no batch that anybody sends: it is told whole", () => {
  const of = (count: number) => classify(Buffer.from(`[${"0,".repeat(count - 1)}0]`));
  expect([of(100_000).isBatch, of(100_000).items.length]).toEqual([true, 100_000]);
  expect(of(100_001)).toEqual({
    isBatch: false,
    items: [
      unreadable(
        "the body is an array of 100001 items: more than 100000 are no batch that OCI sends",
        Buffer.from(`[${"0,".repeat(100_000)}0]`),
      ),
    ],
  });
});

test("64-bit integers come through wrapping without losing a digit", () => {
  const text = '{"eventType":"com.oraclecloud.a.b","eventID":"1","data":{"n":12345678901234567}}';
  const value = { ...event, data: { n: 12345678901234567n } };
  expect(classify(Buffer.from(json([text, streamed(`[${text}]`)])))).toEqual({
    isBatch: true,
    items: [message("event", value), message("event", value)],
  });
});

test("any array at all keeps what is no message in its place, and never throws", () => {
  fc.assert(
    fc.property(fc.array(fc.jsonValue({ noUnicodeString: false }), { maxLength: 10 }), (values) => {
      // A text may hold several messages; anything else is one item.
      const each = values.map((value) =>
        typeof value === "string" ? classify(Buffer.from(json([value]))).items : [0],
      );
      const { isBatch, items } = classify(Buffer.from(json(values)));
      expect([isBatch, items.length]).toEqual([true, each.flat().length]);
    }),
  );
});
