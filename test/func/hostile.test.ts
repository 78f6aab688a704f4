import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { fixture, fixtureNames } from "../../local/fixtures.ts";
import { type Rig, replyOf, startRig } from "../../local/rig.ts";
import type { EventReply, Reply } from "../../src/outcome.ts";

let rig: Rig;
let pid: number | undefined;
beforeAll(async () => {
  // Only the webhook: ONS takes 60 messages a minute of at most 64 KB.
  rig = await startRig({ config: { ONS_TOPIC_ID: "" } });
  await rig.host.invoke(fixture("instance-launched"));
  pid = rig.host.pid();
});
afterAll(() => rig.close());

const launched = fixture("instance-launched").toString();
const LAUNCHED_ID: string = JSON.parse(launched).eventID;

/** What becomes of the input, each time under an eventID of its own: a container delivers an event once. */
async function replyTo(body: Uint8Array | string): Promise<Reply> {
  const fresh = typeof body === "string" ? body.replaceAll(LAUNCHED_ID, randomUUID()) : body;
  const reply = replyOf(await rig.host.invoke(fresh), rig.logs);
  if (!("outcome" in reply)) throw new Error(`no reply: ${reply.message}`);
  return reply;
}

function changed(change: (event: Record<string, unknown>) => void): string {
  const event = JSON.parse(launched);
  change(event);
  return JSON.stringify(event);
}

describe("input that is no event is rejected, and the problem names what is wrong", () => {
  const notEvents: [string, Uint8Array | string, RegExp][] = [
    ["nothing at all", "", /the body is empty/],
    ["bytes that are not UTF-8", Buffer.from([0x7b, 0xff, 0xfe, 0x7d]), /not UTF-8/],
    ["UTF-16", Buffer.from(launched, "utf16le"), /not JSON/],
    ["text", "hello", /not JSON/],
    ["text that holds a password", '{"password":hunter2,"x":1}', /^the body is not JSON: expected/],
    [
      "an eventType without a letter",
      changed((e) => {
        e.eventType = "com.oraclecloud.-.-";
      }),
      /eventType: expected com\.oraclecloud/,
    ],
    ["JSON cut short", launched.slice(0, 200), /not JSON/],
    ["null", "null", /the body is null/],
    ["a number", "42", /the body is the number 42/],
    ["a string, which is not shown", '"com.oraclecloud.x.y"', /^the body is a string of 19 characters: expected/],
    ["an empty object", "{}", /eventType: .*; eventID: .*; eventTime: .*; source: .*; cloudEventsVersion: .*; data: /],
    ["200,000 nested arrays", "[".repeat(200_000) + "]".repeat(200_000), /nested more than 100 levels/],
    [
      "an event that nests 200,000 levels",
      changed((e) => {
        e.x = "@";
      }).replace('"@"', "[".repeat(200_000) + "]".repeat(200_000)),
      /nested more than 100 levels/,
    ],
    ["6 MB of spaces", " ".repeat(6_000_000), /not JSON/],
    ["6 MB of a string", `"${"x".repeat(6_000_000)}"`, /^the body is a string of 6000000 characters: expected/],
    [
      "__proto__ as everything",
      '{"__proto__":{"eventType":"com.oraclecloud.a.b","eventID":"1","data":{}}}',
      /eventType: .* got nothing/,
    ],
    [
      "__proto__ as eventType",
      changed((e) => {
        e.eventType = "__proto__";
      }),
      /eventType: .* got "__proto__"/,
    ],
    [
      "constructor as eventType",
      changed((e) => {
        e.eventType = "constructor";
      }),
      /eventType: .* got "constructor"/,
    ],
    [
      "a malformed eventType",
      changed((e) => {
        e.eventType = "com.oraclecloud.";
      }),
      /eventType: expected com\.oraclecloud/,
    ],
    [
      "a number as eventID",
      changed((e) => {
        e.eventID = 5;
      }),
      /eventID: expected a non-empty string, got the number 5/,
    ],
    [
      "an empty eventID",
      changed((e) => {
        e.eventID = "";
      }),
      /eventID: expected a non-empty string, got ""/,
    ],
    [
      "an array as data",
      changed((e) => {
        e.data = [];
      }),
      /data: expected an object, got an empty array/,
    ],
  ];
  test.each(notEvents)("%s", async (_, body, problem) => {
    expect(await replyTo(body)).toMatchObject({ outcome: "rejected", problem: expect.stringMatching(problem) });
  });
});

describe("input that is an event all the same is delivered, and the problem names what is odd", () => {
  const oddEvents: [string, Uint8Array | string, RegExp | undefined][] = [
    [
      "duplicate keys",
      launched.replace("{", '{"eventType":"com.oraclecloud.a.b",'),
      /eventType: stands more than once/,
    ],
    ["a lone surrogate", launched.replace("web-1", "web-\\ud800"), /lone surrogate/],
    ["a pair of surrogates, escaped", launched.replace("web-1", "web-\\ud83d\\ude80"), undefined],
    ["a backslash before what looks like a surrogate", launched.replace("web-1", "web-\\\\ud800"), undefined],
    [
      "a field of another shape of input",
      changed((e) => {
        e.results = [];
        e.alarmMetaData = [];
        e.specversion = "1.0";
        e.type = "t";
      }),
      undefined,
    ],
    ["a byte order mark", `\ufeff${launched}`, /byte order mark/],
    [
      "CR and LF in eventID",
      changed((e) => {
        e.eventID = "a\r\nX-Injected: b";
      }),
      /eventID: holds control characters/,
    ],
    [
      "a type nobody knows",
      changed((e) => {
        e.eventType = "com.oraclecloud.constructor.prototype";
      }),
      undefined,
    ],
    [
      "an eventType in mixed case",
      changed((e) => {
        e.eventType = "com.oraclecloud.ComputeApi.LaunchInstance.End";
      }),
      undefined,
    ],
    [
      "data that is empty",
      changed((e) => {
        e.data = {};
      }),
      undefined,
    ],
    ["__proto__ among the details", launched.replace('"shape"', '"__proto__":{"a":1},"shape"'), undefined],
    [
      "null everywhere it may stand",
      changed((e) => {
        e.data = {
          resourceName: null,
          resourceId: null,
          freeformTags: null,
          definedTags: { a: null },
          additionalDetails: null,
        };
      }),
      undefined,
    ],
    [
      "6 MB of details",
      changed((e) => {
        (e.data as Record<string, unknown>).additionalDetails = { x: "y".repeat(3_000_000), z: "w".repeat(2_900_000) };
      }),
      undefined,
    ],
  ];
  test.each(oddEvents)("%s", async (_, body, problem) => {
    const before = rig.sink.received.length;
    const reply = await replyTo(body);
    expect(rig.sink.received.slice(before).map((request) => request.answered)).toEqual([200]);
    expect(reply.problem).toEqual(problem === undefined ? undefined : expect.stringMatching(problem));
  });

  test("an eventID of any length stands in reply and log as its beginning", async () => {
    const response = await rig.host.invoke(
      changed((e) => {
        e.eventID = "x".repeat(100_000);
      }),
    );
    expect(JSON.parse(response.body).eventID).toBe(`${"x".repeat(200)}…`);
    expect(Math.max(...rig.logs.map((line) => line.length))).toBeLessThan(3_000);
  });

  test("an eventID that HTTP has no room for becomes a webhook-id that is safe", async () => {
    await replyTo(
      changed((e) => {
        e.eventID = "c\r\nX-Injected: d";
      }),
    );
    const { headers } = rig.sink.received.at(-1) ?? {};
    expect(headers).toMatchObject({ "webhook-id": expect.stringMatching(/^evt_[0-9a-f]{64}$/) });
    expect(headers).not.toHaveProperty("x-injected");
  });
});

describe("an array is a batch, and every item of it has its own outcome", () => {
  const NOT_ONE = "expected an OCI Events message, a JSON object";
  const rejected = (problem: string): EventReply => ({
    ...{ outcome: "rejected", eventID: null, eventType: null, deliveries: [] },
    problem,
  });
  const delivered: EventReply = {
    outcome: "delivered",
    eventID: expect.stringMatching(/^[0-9a-f-]{36}$/),
    eventType: "com.oraclecloud.computeapi.launchinstance.end",
    deliveries: [{ destination: "webhook", outcome: "delivered", attempts: 1, status: 200 }],
  };
  const duplicate: EventReply = {
    ...delivered,
    outcome: "duplicate",
    deliveries: [{ destination: "webhook", outcome: "duplicate", attempts: 0 }],
  };
  const nothing = "eventType: expected com.oraclecloud.<service>.<operation>[.<phase>], got nothing";

  const batches: [string, string, string, Record<string, number>, EventReply[]][] = [
    ["nothing at all", "[]", "ignored", {}, []],
    ["one event", `[${launched}]`, "delivered", { delivered: 1 }, [delivered]],
    [
      "the same event three times",
      `[${launched},${launched},${launched}]`,
      "delivered",
      { delivered: 1, duplicate: 2 },
      [delivered, duplicate, duplicate],
    ],
    [
      "an event among what are none",
      `[null, 5, "hello", ${launched}, [${launched}], {}, ""]`,
      "rejected",
      { rejected: 6, delivered: 1 },
      [
        rejected(`an item of the batch is null: ${NOT_ONE}`),
        rejected(`an item of the batch is the number 5: ${NOT_ONE}`),
        rejected("a Queue message is not JSON"),
        delivered,
        rejected(`an item of the batch is an array of 1: ${NOT_ONE}`),
        rejected(expect.stringContaining(nothing)),
        rejected("a Queue message is empty"),
      ],
    ],
    [
      "an event as a text, and one in base64",
      JSON.stringify([launched, { stream: "s", offset: 0, value: fixture("bucket-created").toString("base64") }]),
      "delivered",
      { delivered: 2 },
      [delivered, { ...delivered, eventType: "com.oraclecloud.objectstorage.createbucket" }],
    ],
  ];
  test.each(batches)("%s", async (_, body, outcome, counts, items) => {
    expect(await replyTo(body)).toEqual({
      outcome,
      counts,
      items: items.map((item, index) => ({ index, ...item })),
    });
  });

  test("values that cannot be read as a text, wherever a text is looked for, cost the other items nothing", async () => {
    const odd = { toString: 1 };
    const record = { specversion: "1.0", type: "com.oraclecloud.a.b", id: "odd-1", time: "t", source: "s" };
    const reply = await replyTo(
      JSON.stringify([
        JSON.parse(launched),
        { ...record, data: { eventName: "x", response: { status: odd }, additionalDetails: { bucketName: odd } } },
        { alarmMetaData: [], dedupeKey: "d", timestamp: odd, version: odd, type: odd },
        { namespace: "x", name: "n", datapoints: [{ timestamp: [odd] }] },
        { namespace: odd, name: odd, datapoints: [{ timestamp: odd }], specversion: odd, type: odd },
      ]),
    );
    expect(reply).toMatchObject({
      counts: { delivered: 2, rejected: 3 },
      items: [delivered, { outcome: "delivered" }, {}, {}, {}],
    });
  });

  test("of 20,000 items that are none the first hundred are told, and all are counted", async () => {
    expect(await replyTo(JSON.stringify(Array(20_000).fill(7)))).toEqual({
      outcome: "rejected",
      counts: { rejected: 20_000 },
      items: Array.from({ length: 100 }, (_, index) => ({
        index,
        ...rejected(`an item of the batch is the number 7: ${NOT_ONE}`),
      })),
    });
  });

  test("what nests too deep is rejected whole", async () => {
    const deep = `[${"[".repeat(100)}${"]".repeat(100)},${launched}]`;
    expect(await replyTo(deep)).toMatchObject({ outcome: "rejected", problem: expect.stringMatching(/nested more/) });
  });
});

// Not `failed`: the sink takes everything, so a failure would be ours.
const OUTCOMES = /^(delivered|duplicate|ignored|rejected)$/;

async function holdsFor(body: Uint8Array | string): Promise<void> {
  const reply = await replyTo(body);
  expect(reply.outcome).toMatch(OUTCOMES);
  const items = "counts" in reply ? reply.items : [reply];
  for (const { outcome, problem = "" } of items) {
    expect(outcome).toMatch(OUTCOMES);
    if (outcome === "rejected") expect(problem).toMatch(/\S/);
  }
  if (!("counts" in reply)) return;
  const counted = Object.values(reply.counts).reduce((sum, count) => sum + count, 0);
  expect(Math.min(counted, 100)).toBe(items.length);
}

test("no reply and no log line quotes what was refused", () => {
  expect(rig.logs.filter((line) => line.includes("hunter2"))).toEqual([]);
});

test("any bytes at all get a reply with an outcome", async () => {
  await fc.assert(fc.asyncProperty(fc.uint8Array({ maxLength: 2_000 }), holdsFor), { numRuns: 150 });
});

test("any JSON at all gets a reply with an outcome", async () => {
  await fc.assert(fc.asyncProperty(fc.json({ noUnicodeString: false }), holdsFor), { numRuns: 150 });
});

test("any batch at all of JSON and events gets a reply with an outcome for each item", async () => {
  const item = fc.oneof(
    fc.jsonValue({ noUnicodeString: false }),
    fc.constantFrom(...fixtureNames()).map((name): unknown => JSON.parse(fixture(name).toString())),
    fc.string().map((value) => ({ stream: "s", offset: 0, value })),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.oneof(
          item,
          item.map((each) => JSON.stringify(each)),
        ),
        { maxLength: 20 },
      ),
      (items) => holdsFor(JSON.stringify(items)),
    ),
    { numRuns: 150 },
  );
});

test("a fixture with any of its values replaced gets a reply with an outcome", async () => {
  const names = fixtureNames().filter((name) => name !== "broken");
  const mutation = fc.record({
    name: fc.constantFrom(...names),
    at: fc.nat(),
    value: fc.jsonValue({ noUnicodeString: false }),
  });
  await fc.assert(
    fc.asyncProperty(mutation, ({ name, at, value }) =>
      holdsFor(JSON.stringify(replaced(JSON.parse(fixture(name).toString()), at, value))),
    ),
    { numRuns: 250 },
  );
});

test("a fixture with bytes flipped gets a reply with an outcome", async () => {
  const flips = fc.record({
    name: fc.constantFrom(...fixtureNames()),
    bytes: fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 5 }),
  });
  await fc.assert(
    fc.asyncProperty(flips, ({ name, bytes }) => {
      const body = Buffer.from(fixture(name));
      for (const [at, byte] of bytes) body[at % body.length] = byte;
      return holdsFor(body);
    }),
    { numRuns: 250 },
  );
});

/** The value with its `at`-th member, counted over all levels, replaced. */
function replaced(value: unknown, at: number, by: unknown): unknown {
  const paths: [Record<string, unknown>, string][] = [];
  const walk = (node: unknown): void => {
    if (typeof node !== "object" || node === null) return;
    for (const key of Object.keys(node)) {
      paths.push([node as Record<string, unknown>, key]);
      walk((node as Record<string, unknown>)[key]);
    }
  };
  walk(value);
  const [node, key] = paths[at % paths.length] ?? [];
  if (node !== undefined && key !== undefined) node[key] = by;
  return value;
}

test("nothing of it was an internal error", () => {
  expect(rig.logs.filter((line) => line.includes("internal error"))).toEqual([]);
});

test("the process lived through all of it and answers the next event", async () => {
  expect(await replyTo(launched)).toMatchObject({ outcome: "delivered" });
  expect(rig.host.pid()).toBe(pid);
});
