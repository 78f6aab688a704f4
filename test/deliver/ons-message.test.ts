import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { catalogue } from "../../ops/catalogue.ts";
import { onsMessage, packForOns } from "../../src/deliver/ons-message.ts";
import { createNormaliser } from "../../src/normalise.ts";
import { type Details, type Notification, yunionMessage } from "../../src/notification.ts";
import { wireJson } from "../../src/wire-json.ts";
import { eventOf } from "../event.ts";

/** Of 64 KB that ONS takes, 2 are left for the headers. */
const MAX_BYTES = 62 * 1024;

const { normalise } = createNormaliser(catalogue, "eu-frankfurt-1");

const details: Details = {
  id: "ocid1.instance.oc1.iad.example",
  external_id: "ocid1.instance.oc1.iad.example",
  name: "web-1",
  status: "running",
  provider: "OracleCloud",
  brand: "OracleCloud",
  region_ext_id: "us-ashburn-1",
  region_external_id: "OracleCloud/us-ashburn-1",
  instance_type: "VM.Standard.E4.Flex",
  metadata: { "ext:env": "prod" },
  oci: {
    event_id: "6f1d0c52-8a3e-4a55-9d0b-2b1f6f3c9e01",
    event_type: "com.oraclecloud.computeapi.launchinstance.end",
    event_time: "2026-03-02T08:16:07Z",
    compartment_id: "ocid1.compartment.oc1..example",
    compartment_name: "prod",
    additional_details: { shape: "VM.Standard.E4.Flex" },
  },
};

function notificationOf(change: Details = {}, oci: Details = {}): Notification {
  return {
    ...{ family: "instance", resourceType: "server", action: "create", result: "succeed" },
    title: "Instance web-1 created in prod",
    eventId: "6f1d0c52-8a3e-4a55-9d0b-2b1f6f3c9e01",
    details: { ...details, ...change, oci: { ...(details.oci as Details), ...oci } },
  };
}

/** What a subscriber reads: the title, and the JSON that is the body. */
function read(message: string) {
  const { title, body, ...rest } = JSON.parse(message) as { title: string; body: string };
  expect(rest).toEqual({});
  return { title, body: JSON.parse(body) };
}

const sentAs = (notification: Notification): unknown => JSON.parse(wireJson(yunionMessage(notification)));
const bytesOf = (message: string) => Buffer.byteLength(message);

describe("the message of one notification", () => {
  test("is its title and, as a text, its JSON, byte for byte as a webhook has it", () => {
    const notification = notificationOf();
    expect(onsMessage([notification])).toBe(
      JSON.stringify({ body: wireJson(yunionMessage(notification)), title: "Instance web-1 created in prod" }),
    );
  });

  test("of nothing is a bug", () => {
    expect(() => onsMessage([])).toThrow("there is nothing to publish");
  });

  test("may be as big as the limit, and not a byte bigger", () => {
    const filled = (count: number) =>
      onsMessage([notificationOf({}, { additional_details: { x: "x".repeat(count) } })]);
    const room = MAX_BYTES - bytesOf(filled(0));
    expect(bytesOf(filled(room))).toBe(MAX_BYTES);
    expect(read(filled(room)).body.resource_details.oci).not.toHaveProperty("left_out");
    expect(read(filled(room + 1)).body.resource_details.oci).toMatchObject({ left_out: ["oci.additional_details"] });
  });
});

describe("what does not fit is left out in this order, and the message says so", () => {
  const big = "日".repeat(100_000);
  const { oci, metadata, ...rest } = details as Details & { oci: Details };
  const { additional_details: _, ...facts } = oci;
  const identity = Object.fromEntries(
    ["id", "external_id", "name", "status", "provider", "region_ext_id"].map((key) => [key, details[key]]),
  );
  const cut = `${"日".repeat(500)}…`;
  const FIRST = ["oci.additional_details"];
  const SECOND = [...FIRST, "metadata"];
  const THIRD = [...SECOND, "all but the resource's identity"];
  const FOURTH = [...THIRD, "the ends of long texts"];

  test.each<[string, Notification, Details]>([
    [
      "first the additional details",
      notificationOf({}, { additional_details: { note: big } }),
      { ...rest, metadata, oci: { ...facts, left_out: FIRST } },
    ],
    [
      "then the tags",
      notificationOf({ metadata: { "ext:note": big } }),
      { ...rest, oci: { ...facts, left_out: SECOND } },
    ],
    [
      "then the tags, however many they are",
      notificationOf({ metadata: Object.fromEntries(Array.from({ length: 5_000 }, (_, n) => [`ext:tag${n}`, "x"])) }),
      { ...rest, oci: { ...facts, left_out: SECOND } },
    ],
    [
      "then all but what identifies the resource",
      notificationOf({ description: big }),
      { ...identity, oci: { ...facts, left_out: THIRD } },
    ],
    [
      "at last the end of a name of 100,000 characters",
      notificationOf({ name: big }),
      { ...identity, name: cut, oci: { ...facts, left_out: FOURTH } },
    ],
    [
      "and of an eventID of 100,000 characters",
      notificationOf({}, { event_id: big }),
      { ...identity, oci: { ...facts, event_id: cut, left_out: FOURTH } },
    ],
    [
      "and of everything else that identifies it",
      notificationOf({ ...identity, id: big, external_id: big, status: big }, { compartment_name: big }),
      {
        ...{ ...identity, id: cut, external_id: cut, status: cut },
        oci: { ...facts, compartment_name: cut, left_out: FOURTH },
      },
    ],
  ])("%s", (_, notification, expected) => {
    const message = onsMessage([notification]);
    expect(bytesOf(message)).toBeLessThanOrEqual(MAX_BYTES);
    expect(read(message)).toEqual({
      title: notification.title,
      body: { action: "create", resource_type: "server", result: "succeed", resource_details: expected },
    });
  });

  test("a text of 500 characters stays whole, and a pair of surrogates is not sent by halves", () => {
    const name = `${"x".repeat(499)}😀`;
    const shed = read(onsMessage([notificationOf({ name, status: big, id: "x".repeat(500) })])).body.resource_details;
    expect({ id: shed.id, name: shed.name }).toEqual({ id: "x".repeat(500), name: `${"x".repeat(499)}\ufffd…` });
  });
});

/** Texts of every size, small ones oftener, whose characters cost one byte or many, escaped twice over. */
const anyText = fc
  .tuple(
    fc.constantFrom("a", '"', "\\", "\n", "\u0001", "é", "日", "😀", "\ud800", "\u2028", "</script>"),
    fc.oneof(
      { weight: 9, arbitrary: fc.constantFrom(0, 1, 36) },
      { weight: 2, arbitrary: fc.constantFrom(499, 600, 3_000, 10_000, 31_000) },
      { weight: 1, arbitrary: fc.constant(100_000) },
    ),
  )
  .map(([char, count]) => char.repeat(count));

const tags = fc
  .tuple(
    fc.constantFrom(0, 3, 64, 3_000),
    anyText.filter((text) => text.length < 1_000),
  )
  .map(([count, value]) => Object.fromEntries(Array.from({ length: count }, (_, n) => [`key-${n}`, value])));

const anyNotification = fc
  .record({
    eventType: fc.constantFrom(
      "com.oraclecloud.computeapi.launchinstance.end",
      "com.oraclecloud.monitoring.alarm.ok_to_firing",
      `com.oraclecloud.${"service".repeat(10)}.${"create-thing".repeat(12)}.end`,
    ),
    eventID: anyText.filter((text) => text !== ""),
    eventTime: anyText.filter((text) => text !== ""),
    resourceName: anyText,
    resourceId: fc.oneof(anyText, fc.constant(`ocid1.instance.oc1.${"a".repeat(70_000)}-north-1.x`)),
    compartmentId: anyText,
    compartmentName: anyText,
    availabilityDomain: anyText,
    freeformTags: tags,
    definedTags: fc.record({ "Oracle-Tags": tags, Operations: tags }),
    additionalDetails: fc.record({ shape: anyText, status: anyText, severity: anyText, body: anyText, more: tags }),
  })
  .map(({ eventType, eventID, eventTime, ...data }) => normalise(eventOf({ eventType, eventID, eventTime }, data)));

test("whatever is big in an event, its message is JSON within the limit, and says what was left out in the one order", () => {
  const ORDER = ["oci.additional_details", "metadata", "all but the resource's identity", "the ends of long texts"];
  fc.assert(
    fc.property(anyNotification, (notification) => {
      const message = onsMessage([notification]);
      const { title, body } = read(message);
      expect(bytesOf(message)).toBeLessThanOrEqual(MAX_BYTES);
      expect([title, body.action, body.resource_type, body.result]).toEqual([
        ...[notification.title, notification.action, notification.resourceType, notification.result],
      ]);
      const { left_out: leftOut } = body.resource_details.oci;
      const whole = JSON.stringify({ body: wireJson(yunionMessage(notification)), title: notification.title });
      // What fits is not touched; what does not is told.
      if (bytesOf(whole) <= MAX_BYTES) expect(message).toBe(whole);
      else expect(leftOut).toEqual(ORDER.slice(0, leftOut.length));
      expect(leftOut).not.toEqual([]);
    }),
    { numRuns: 60 },
  );
});

describe("packing", () => {
  const sized = (name: string) => notificationOf({ name });
  const packsOf = (notifications: Iterable<Notification>) => [...packForOns(notifications)];

  test("of nothing gives nothing", () => {
    expect(packsOf([])).toEqual([]);
  });

  test("of one gives it alone, as the message of one", () => {
    const one = notificationOf();
    expect(packsOf([one])).toEqual([[one]]);
  });

  test("of some puts them in one message: an array, under a title that counts them and names the first", () => {
    const three = ["a", "b", "c"].map(sized);
    expect(packsOf(three)).toEqual([three]);
    expect(read(onsMessage(three))).toEqual({
      title: "3 events, the first: Instance web-1 created in prod",
      body: three.map(sentAs),
    });
  });

  test("has a title of at most 100 characters, well-formed", () => {
    const long = { ...notificationOf(), title: "😀".repeat(50) };
    const { title } = read(onsMessage([long, long]));
    expect([title.length, title.isWellFormed()]).toEqual([100, true]);
  });

  test("begins another message where the next one would not fit any more, and takes no more than it needs", () => {
    let taken = 0;
    function* endless() {
      for (;;) yield sized(`${taken++}`.padStart(20_000));
    }
    const lengths: number[] = [];
    for (const pack of packForOns(endless())) {
      lengths.push(pack.length);
      if (lengths.length === 2) break;
    }
    expect([lengths, taken]).toEqual([[3, 3], 7]);
  });

  test("keeps within the limit however near to it two come, also under the longest of titles", () => {
    const title = "日".repeat(100);
    const over: number[] = [];
    const lengths = new Set<number>();
    for (let count = 60_500; count < 62_500; count += 7) {
      for (const pack of packForOns([sized(""), sized("x".repeat(count))].map((each) => ({ ...each, title })))) {
        lengths.add(pack.length);
        if (bytesOf(onsMessage(pack)) > MAX_BYTES) over.push(count);
      }
    }
    expect([over, lengths]).toEqual([[], new Set([2, 1])]);
  });

  test("sends one that is too big alone, with what fits of it, and the others beside it whole", () => {
    const [before, huge, after] = [sized("before"), sized("x".repeat(100_000)), sized("after")];
    const packs = packsOf([before, before, huge, after, after]);
    expect(packs).toEqual([[before, before], [huge], [after, after]]);
    expect(packs.map((pack) => bytesOf(onsMessage(pack)) <= MAX_BYTES)).toEqual([true, true, true]);
  });

  test("of any notifications: each message within the limit, in their order, none lost, and none that had room for the next", () => {
    const anyPacked = anyText.map((text) => ({ ...sized(text), title: text.slice(0, 100).toWellFormed() }));
    fc.assert(
      fc.property(fc.array(fc.tuple(anyPacked, fc.constantFrom(1, 1, 1, 40)), { maxLength: 12 }), (drawn) => {
        const notifications = drawn.flatMap(([notification, count]) => Array<Notification>(count).fill(notification));
        const packs = packsOf(notifications);
        expect(packs.flat().every((each, at) => each === notifications[at])).toBe(true);
        expect(packs.flat().length).toBe(notifications.length);
        packs.forEach((pack, at) => {
          const message = onsMessage(pack);
          expect(bytesOf(message)).toBeLessThanOrEqual(MAX_BYTES);
          const { body } = read(message);
          if (pack.length > 1) expect(body).toEqual(pack.map(sentAs));
          const next = packs[at + 1]?.[0];
          // Nearly: the packer counts with a title that costs as much as a title can, and two bytes too many for each.
          if (next !== undefined) {
            expect(bytesOf(onsMessage([...pack, next]))).toBeGreaterThan(MAX_BYTES - 700 - 3 * (pack.length + 1));
          }
        });
      }),
      { numRuns: 30 },
    );
  });
});
