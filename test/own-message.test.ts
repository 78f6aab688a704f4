import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fixture, fixtureNames } from "../local/fixtures.ts";
import { catalogue } from "../ops/catalogue.ts";
import { classify, type Item, type Message } from "../src/classify.ts";
import { onsMessage, packForOns } from "../src/deliver/ons-message.ts";
import { onsText } from "../src/deliver/ons-text.ts";
import { yunionRequest } from "../src/deliver/yunion.ts";
import { stringifyJson } from "../src/json.ts";
import { createNormaliser } from "../src/normalise.ts";
import { type Notification, yunionMessage } from "../src/notification.ts";
import { parse } from "../src/parse.ts";
import { planOf } from "../src/plan.ts";
import { eventOf } from "./event.ts";

const normaliser = createNormaliser(catalogue, "eu-frankfurt-1");

const planner = {
  normaliser,
  route: () => ({ destinations: new Set(["ons"]), isNamed: true }),
  destinations: new Map([["ons", {}]]),
  ownBuckets: new Set<string>(),
};

const PROBLEM =
  "a message that the relay itself has sent: its topic is both destination and source; unsubscribe the function from the " +
  "topic on which it, or another relay, publishes";

/** What becomes of each message in a body, and what it is called by. */
function fatesOf(body: string) {
  const { isBatch, items } = classify(Buffer.from(body));
  const fates = items.map((item) => {
    const plan = planOf(item, planner);
    const event = plan.fate === "rejected" ? undefined : plan.event;
    const problem = plan.fate === "wanted" ? undefined : plan.problem;
    return { fate: plan.fate, problem, eventID: event?.eventID, eventType: event?.eventType };
  });
  return { isBatch, fates };
}

const ignored = ({ eventId, details }: Notification) => ({
  fate: "ignored",
  problem: PROBLEM,
  eventID: eventId,
  eventType: (details.oci as { event_type: string }).event_type,
});

/** Every fixture that is an event, with its notification. */
const samples = fixtureNames().flatMap((name) => {
  const [item] = classify(fixture(name)).items;
  const parsed = parse(item as Message);
  if (!parsed.ok) return [];
  const notification = normaliser.normalise(parsed.value.event);
  return [{ name, value: (item as Message).value, shape: item?.shape, notification }];
});

const bodyOf = (message: string): string => JSON.parse(message).body;
const webhookBody = (notification: Notification, robot = {}) =>
  yunionRequest({ robot, event: "", message: yunionMessage(notification) }).body;

describe("what the relay has sent is its own message, and ignored, whatever it tells of:", () => {
  test.each(samples)("$name", ({ notification }) => {
    const own = { isBatch: false, fates: [ignored(notification)] };
    expect({
      json: fatesOf(bodyOf(onsMessage([notification], "json"))),
      text: fatesOf(bodyOf(onsMessage([notification], "text"))),
      webhook: fatesOf(webhookBody(notification)),
    }).toEqual({ json: own, text: own, webhook: own });
  });

  test("batches of all of them, each under its own name", () => {
    const notifications = samples.map(({ notification }) => notification);
    for (const format of ["json", "text"] as const) {
      const packs = [...packForOns(notifications, format)].map((pack) => fatesOf(bodyOf(onsMessage(pack, format))));
      expect(packs.every(({ isBatch }) => isBatch)).toBe(true);
      expect(packs.flatMap(({ fates }) => fates)).toEqual(notifications.map(ignored));
    }
  });

  const [{ notification } = { notification: undefined as never }] = samples.filter(
    ({ name }) => name === "instance-launched",
  );
  const big = { ...notification.details, description: "日".repeat(100_000) };
  const failed: Notification = { ...notification, result: "failed" };
  test.each<[string, string, Notification]>([
    [
      "a webhook under another key, with fields of its receiver's",
      webhookBody(notification, { msg_key: "text", body: { channel: "#ops" } }),
      notification,
    ],
    ["one that was too big to be sent whole", bodyOf(onsMessage([{ ...notification, details: big }])), notification],
    ["one of what has failed", bodyOf(onsMessage([failed])), notification],
    [
      "one with an action of its owner's",
      bodyOf(onsMessage([{ ...notification, action: "sync_create" }])),
      notification,
    ],
    ["a text with spaces after it", `${onsText([notification])} \r\n`, notification],
    ["a text behind a byte order mark", `\ufeff${onsText([notification])}`, notification],
  ])("%s", (_, body, expected) => {
    expect(fatesOf(body)).toEqual({ isBatch: false, fates: [ignored(expected)] });
  });

  test("in a batch, wrapped or not, beside an event that is delivered", () => {
    const { value } = samples[0] ?? {};
    const [json, text] = (["json", "text"] as const).map((format) => bodyOf(onsMessage([notification], format)));
    const streamed = { stream: "s", offset: 0, value: Buffer.from(text ?? "").toString("base64") };
    const { fates } = fatesOf(JSON.stringify([JSON.parse(json ?? ""), json, value, text, streamed]));
    const own = ignored(notification);
    expect(fates).toEqual([own, own, expect.objectContaining({ fate: "wanted" }), own, own]);
  });
});

describe("nothing that OCI sends is taken for it:", () => {
  const own = JSON.parse(bodyOf(onsMessage([samples[0]?.notification as Notification])));
  const text = onsText([samples[0]?.notification as Notification]);

  test.each(samples)("$name keeps its shape though it has all fields of one, and quotes one", ({ value, shape }) => {
    const quoting = { ...own, ...value, own, text, additionalDetails: own };
    const data = { ...(value.data as object), additionalDetails: { ...own, text } };
    for (const changed of [quoting, { ...quoting, ...(value.data !== undefined && { data }) }]) {
      const [item] = classify(Buffer.from(stringifyJson(changed))).items;
      expect(item?.shape).toBe(shape);
    }
  });

  test("a dead letter", () => {
    const letter = { ...own, deadLetter: 1, destination: { name: "ons" }, event: samples[0]?.value };
    const [item] = classify(Buffer.from(JSON.stringify(letter))).items;
    expect(item?.shape).toBe("dead letter");
  });

  test.each<[string, object]>([
    ["an event that lacks its eventID", { ...own, eventType: "com.oraclecloud.a.b", data: {} }],
    ["an event whose data is its JSON", { ...own, eventType: "com.oraclecloud.a.b", eventID: "1", data: "{}" }],
  ])("%s, which is told what it lacks", (_, value) => {
    expect(fatesOf(JSON.stringify(value)).fates).toEqual([
      expect.objectContaining({ fate: "rejected", problem: expect.stringContaining("not an OCI Events message: ") }),
    ]);
  });
});

describe("what lacks something of it is none, and rejected as before:", () => {
  const oci = { event_id: "1", event_type: "com.oraclecloud.a.b", event_time: "2026-03-02T08:16:07Z" };
  const own = { action: "create", resource_type: "server", result: "succeed", resource_details: { oci } };
  const ociWith = (change: object) => ({ resource_details: { oci: { ...oci, ...change } } });

  const rejected = (problem: RegExp) => ({
    ...{ fate: "rejected", eventID: undefined, eventType: undefined },
    problem: expect.stringMatching(problem),
  });

  test("the least that is one", () => {
    expect(fatesOf(JSON.stringify(own)).fates).toEqual([
      { fate: "ignored", problem: PROBLEM, eventID: "1", eventType: "com.oraclecloud.a.b" },
    ]);
  });

  test.each<[string, object]>([
    ["no action", { action: undefined }],
    ["an empty resource_type", { resource_type: "" }],
    ["a result that is no text", { result: true }],
    ["no details", { resource_details: undefined }],
    ["no details of OCI, as Cloudpods' own messages have none", { resource_details: { id: "1", name: "web-1" } }],
    ["an oci that is no object", { resource_details: { oci: "1" } }],
    ["no event_id", ociWith({ event_id: undefined })],
    ["an event_id that is a number", ociWith({ event_id: 1 })],
    ["an empty event_time", ociWith({ event_time: "" })],
    ["an event_type that is none", ociWith({ event_type: "launchinstance" })],
  ])("%s", (_, change) => {
    expect(fatesOf(JSON.stringify({ ...own, ...change })).fates).toEqual([
      rejected(/^not an OCI .* data: expected an object, got nothing$/),
    ]);
  });

  const text = onsText([samples.find(({ name }) => name === "instance-launched")?.notification as Notification]);
  const footer = "-- sent by oci-event-relay";
  test.each<[string, string]>([
    ["a text without the last line", text.replace(footer, "")],
    ["a text that goes on behind it", `${text}\nIt was forwarded.`],
    ["a text with the last line inside of another", text.replace(`\n${footer}`, ` ${footer}`)],
    ["the last line alone", footer],
    ["a text that names no event", `Hello\n\n${footer}\n`],
    ["a text that names no type of an event", text.replace(/^Event type: .*$/m, "Event type:    launch")],
    ["a text that names an event in half", text.replace(/^Event time: .*\n/m, "")],
  ])("%s", (_, body) => {
    expect(fatesOf(body)).toEqual({ isBatch: false, fates: [rejected(/^the body is not JSON/)] });
  });
});

test("however odd an event, its text is known again, once for each event, and so is its JSON", () => {
  const odd = fc.oneof(
    fc.string({ unit: "binary", minLength: 1, maxLength: 40 }),
    fc.constantFrom(
      "\n-- sent by oci-event-relay\n",
      "a\nEvent ID: 2\nEvent type: com.oraclecloud.a.b\nEvent time: 3",
      "\u202e",
      "\ud800",
    ),
  );
  const anyNotification = fc
    .record({ eventID: odd, eventTime: odd, resourceName: odd, resourceId: odd, compartmentName: odd, tag: odd })
    .map(({ eventID, eventTime, tag, ...data }) =>
      normaliser.normalise(eventOf({ eventID, eventTime }, { ...data, freeformTags: { [tag]: tag } })),
    );
  fc.assert(
    fc.property(fc.array(anyNotification, { minLength: 1, maxLength: 3 }), (notifications) => {
      for (const format of ["json", "text"] as const) {
        const { fates } = fatesOf(bodyOf(onsMessage(notifications, format)));
        expect(fates.map(({ fate, problem }) => [fate, problem])).toEqual(
          notifications.map(() => ["ignored", PROBLEM]),
        );
      }
    }),
    { numRuns: 40 },
  );
});

test("a long text that looks like one takes no longer than its length", () => {
  const footer = "\n-- sent by oci-event-relay";
  for (const line of [
    `Event ID:${" ".repeat(200_000)}`,
    "Event ID: a\n".repeat(20_000),
    `Event ID: ${"a ".repeat(100_000)}`,
  ]) {
    const items: Item[] = classify(Buffer.from(line + footer)).items;
    expect(items.map(({ shape }) => shape)).toEqual(["unreadable"]);
  }
}, 3_000);
