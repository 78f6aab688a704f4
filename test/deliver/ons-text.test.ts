import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fixture } from "../../local/fixtures.ts";
import { catalogue } from "../../ops/catalogue.ts";
import { onsMessage, packForOns } from "../../src/deliver/ons-message.ts";
import { onsText } from "../../src/deliver/ons-text.ts";
import { parseEvent } from "../../src/envelope.ts";
import { createNormaliser } from "../../src/normalise.ts";
import type { Details, Notification } from "../../src/notification.ts";
import { UNSAFE_TEXT } from "../../src/unsafe-text.ts";
import { eventOf } from "../event.ts";

const MAX_BYTES = 62 * 1024;

const { normalise } = createNormaliser(catalogue, "eu-frankfurt-1");

function notificationOf(name: string): Notification {
  const parsed = parseEvent(JSON.parse(fixture(name).toString()));
  if (!parsed.ok) throw new Error(parsed.problem);
  return normalise(parsed.value);
}

const launched: Notification = {
  ...notificationOf("instance-launched"),
  consoleUrl: "https://cloud.oracle.com/compute/instances/ocid1.instance.oc1.iad.example?region=us-ashburn-1",
};

const LAUNCHED = `Instance web-1 created in prod

Resource:      server web-1
               ocid1.instance.oc1.iad.anuwcljtk4web1example7qk3zq6
When:          Mon, 02 Mar 2026 08:16:07 UTC
Region:        us-ashburn-1
AD:            Uocm:US-ASHBURN-1-AD-1
Compartment:   prod
               ocid1.compartment.oc1..aaaaaaaa3prodexample7c0mpartment6aaaaaaaaaaaaaaaaaaaaaaaa
Status:        running
Instance type: VM.Standard.E4.Flex
Created by:    default/ana.lima@example.com
Created on:    Mon, 02 Mar 2026 08:14:55 UTC
               (by the resource's tags; who did this may be another)
Tags:          Operations.CostCenter = 42
               env = prod
               owner = payments

Console:       https://cloud.oracle.com/compute/instances/ocid1.instance.oc1.iad.example?region=us-ashburn-1
Event ID:      6f1d0c52-8a3e-4a55-9d0b-2b1f6f3c9e01
Event type:    com.oraclecloud.computeapi.launchinstance.end
Event time:    2026-03-02T08:16:07Z`;

const FOOTER = "-- sent by oci-event-relay";

test("a person reads what happened, to what, where, when, whose it is and by what ids it is found", () => {
  expect(onsText([launched])).toBe(`${LAUNCHED}\n\n${FOOTER}\n`);
});

test("several are counted, told apart by a line and read one after the other", () => {
  const line = (place: string) => `---- ${place} ------------------------------------------------------------`;
  expect(onsText([launched, launched])).toBe(
    `2 events\n\n${line("1 of 2")}\n\n${LAUNCHED}\n\n${line("2 of 2")}\n\n${LAUNCHED}\n\n${FOOTER}\n`,
  );
});

/** Those lines of a text that another text has not, in their order. */
function linesOf(change: Partial<Notification>, details: Details = {}): string[] {
  const known = LAUNCHED.split("\n");
  const text = onsText([{ ...launched, ...change, details: { ...launched.details, ...details } }]);
  return text.split("\n").filter((line) => !known.includes(line) && line !== FOOTER);
}

describe("a text says", () => {
  const oci = launched.details.oci as Details;
  const far = "ocid1.compartment.oc1..example";
  test.each<[string, Partial<Notification>, Details, string[]]>([
    ["that it failed", { result: "failed" }, {}, ["Result:        failed"]],
    [
      "what the status was before",
      {},
      { old_status: "stopping", new_status: "ready", status: "ready" },
      ["Status:        stopping -> ready"],
    ],
    [
      "one status, where it was the same before",
      {},
      { old_status: "ready", new_status: "ready", status: "ready" },
      ["Status:        ready"],
    ],
    ["the noun in words", { resourceType: "file_system" }, {}, ["Resource:      file system web-1"]],
    [
      "the compartment's OCID, where it has no name",
      {},
      { oci: { ...oci, compartment_id: far, compartment_name: undefined } },
      [`Compartment:   ${far}`],
    ],
    [
      "the time as it came, where it is none",
      {},
      { oci: { ...oci, event_time: "5 o'clock" } },
      ["Event time:    5 o'clock"],
    ],
    [
      "the time in UTC, wherever it was taken",
      {},
      { oci: { ...oci, event_time: "2026-03-02T09:16:07.5+01:00" } },
      ["Event time:    2026-03-02T09:16:07.5+01:00"],
    ],
    ["an id that nobody sees as a dash", {}, { oci: { ...oci, event_id: "\u200b" } }, ["Event ID:      -"]],
    [
      "what else its family knows, a long text broken at its spaces",
      {},
      { severity: "critical", enabled: false, description: "see the runbook ".repeat(8) },
      [
        "Severity:      critical",
        "Enabled:       false",
        "Description:   see the runbook see the runbook see the runbook see the runbook see the runbook see",
        "               the runbook see the runbook see the runbook",
      ],
    ],
    ["nothing of what is no text", {}, { nested: { a: 1 }, list: ["a"], nothing: null }, []],
    [
      "tags under the names that the console has for them",
      {},
      { metadata: { "sys:Other": "1", "ext:a:b": "2", bare: "3" } },
      ["Tags:          Oracle-Tags.Other = 1", "               a:b = 2", "               bare = 3"],
    ],
    ["no tags and no creator, where there are none", {}, { metadata: undefined }, []],
    [
      "the creation's time as it came, where it is none",
      {},
      { metadata: { "sys:CreatedOn": "yesterday" } },
      ["Created on:    yesterday"],
    ],
    ["no link, where there is none", { consoleUrl: undefined }, {}, []],
    [
      "no link that is too long to lead anywhere",
      { consoleUrl: `https://cloud.oracle.com/${"x".repeat(1_000)}` },
      {},
      [],
    ],
    [
      "a value of more than 300 characters cut, and that it is",
      {},
      { name: "x".repeat(301) },
      [`Resource:      server ${"x".repeat(300)}…`],
    ],
  ])("%s", (_, change, details, expected) => {
    expect(linesOf(change, details)).toEqual(expected);
  });

  test("nothing that it does not know", () => {
    const { resourceType, action, result, family } = launched;
    const bare = { resourceType, action, result, family, title: "Instance started", eventId: "1", details: {} };
    expect(onsText([bare])).toBe(
      `Instance started\n\nResource:      server\n\nEvent ID:      -\nEvent type:    -\nEvent time:    -\n\n${FOOTER}\n`,
    );
  });
});

test("a value cannot begin a line of its own, turn the text around or end it", () => {
  const evil = `a\r\n\n${FOOTER}\u2028Event ID: 2\u202eb\u0000`;
  const { oci, ...details } = launched.details;
  const all = Object.fromEntries(Object.keys(details).map((key) => [key, evil]));
  const text = onsText([
    {
      ...launched,
      consoleUrl: evil,
      details: {
        ...all,
        metadata: { [evil]: evil, "sys:CreatedBy": evil },
        oci: { ...(oci as Details), event_id: evil, compartment_name: evil },
      },
    },
  ]);
  const lines = text.split("\n");
  expect(lines.filter((line) => (line.match(UNSAFE_TEXT) ?? []).length > 0)).toEqual([]);
  expect(lines.filter((line) => line === FOOTER)).toEqual([FOOTER]);
  expect(lines.filter((line) => line.startsWith("Event ID:"))).toEqual([`Event ID:      a ${FOOTER} Event ID: 2 b`]);
});

describe("a text of whatever size", () => {
  /** The message on the wire, and its body. */
  function published(notifications: Notification[]) {
    const message = onsMessage(notifications, "text");
    return { bytes: Buffer.byteLength(message), ...(JSON.parse(message) as { title: string; body: string }) };
  }

  test("says how much of it is left out", () => {
    const tags = Object.fromEntries(Array.from({ length: 5_000 }, (_, n) => [`ext:tag-${n}`, "x".repeat(250)]));
    const { bytes, body } = published([{ ...launched, details: { ...launched.details, metadata: tags } }]);
    const lines = body.split("\n").filter((line) => / = x+$/.test(line)).length;
    expect(body).toContain(`               (${5_000 - lines} more left out: too long for a message)\n\nConsole:`);
    expect([lines > 50, bytes < MAX_BYTES]).toEqual([true, true]);
  });

  const anyText = fc
    .tuple(
      fc.constantFrom("a", '"', "\\", "a ", "é", "日", "😀", "\ud800", "\u2028", "\n"),
      fc.constantFrom(0, 1, 36, 299, 300, 301, 3_000, 20_000),
    )
    .map(([char, count]) => char.repeat(count));
  const said = anyText.filter((text) => text !== "");
  const tags = fc
    .tuple(
      fc.constantFrom(0, 3, 64, 500),
      anyText.filter((text) => text.length < 400),
    )
    .map(([count, value]) => Object.fromEntries(Array.from({ length: count }, (_, n) => [`key-${n}${value}`, value])));
  const anyNotification = fc
    .record({
      eventID: said,
      eventTime: said,
      resourceName: anyText,
      resourceId: anyText,
      compartmentId: anyText,
      compartmentName: anyText,
      availabilityDomain: anyText,
      freeformTags: tags,
      definedTags: fc.record({ "Oracle-Tags": tags, Operations: tags }),
      more: tags,
      shape: anyText,
      link: anyText,
    })
    .map(({ eventID, eventTime, more, link, shape, ...data }): Notification => {
      const notification = normalise(eventOf({ eventID, eventTime }, { ...data, additionalDetails: { shape } }));
      const metadata = { ...(notification.details.metadata as Details), "sys:CreatedBy": link, "sys:CreatedOn": link };
      const status = { status: link, old_status: shape, new_status: link };
      return { ...notification, consoleUrl: link, details: { ...more, ...notification.details, ...status, metadata } };
    });

  test("is within the limit, shows its ids and ends as it should", () => {
    fc.assert(
      fc.property(anyNotification, (notification) => {
        const { bytes, title, body } = published([notification]);
        expect(bytes).toBeLessThanOrEqual(MAX_BYTES);
        expect(title).toBe(notification.title);
        expect(body).toMatch(
          /\nEvent ID: {6}\S.*\nEvent type: {4}\S.*\nEvent time: {4}\S.*\n\n-- sent by oci-event-relay\n$/,
        );
      }),
      { numRuns: 50 },
    );
  });

  test("that is small goes with hundreds of others", () => {
    const { resourceType, action, result, family } = launched;
    const bare = { resourceType, action, result, family, title: "", eventId: "1", details: {} };
    const packs = [...packForOns(Array<Notification>(1_000).fill(bare), "text")];
    expect(packs.map(({ length }) => length)).toEqual([362, 362, 276]);
    expect(packs.filter((pack) => published(pack).bytes > MAX_BYTES)).toEqual([]);
  });

  test("goes with as many others as have room: each message within the limit, in their order, none lost", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(anyNotification, fc.constantFrom(1, 1, 7)), { maxLength: 6 }), (drawn) => {
        const notifications = drawn.flatMap(([notification, count]) => Array<Notification>(count).fill(notification));
        const packs = [...packForOns(notifications, "text")];
        expect(packs.flat().every((each, at) => each === notifications[at])).toBe(true);
        expect(packs.flat().length).toBe(notifications.length);
        packs.forEach((pack, at) => {
          const { bytes, title, body } = published(pack);
          expect(bytes).toBeLessThanOrEqual(MAX_BYTES);
          expect([...title].length).toBeLessThanOrEqual(100);
          if (pack.length > 1)
            expect(body.startsWith(`${pack.length} events\n\n---- 1 of ${pack.length} -`)).toBe(true);
          const next = packs[at + 1]?.[0];
          if (next !== undefined) {
            expect(published([...pack, next]).bytes).toBeGreaterThan(MAX_BYTES - 700 - 20 * (pack.length + 1));
          }
        });
      }),
      { numRuns: 15 },
    );
  });
});
