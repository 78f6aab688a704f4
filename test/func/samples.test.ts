import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Rig, replyOf, startRig } from "../../local/rig.ts";
import { catalogueEntries } from "../../ops/catalogue.ts";
import type { EventReply, Reply } from "../../src/outcome.ts";

/** Bodies captured from OCI. They are not ours to publish, so most machines do not have them. */
const SAMPLES = process.env.OCI_SAMPLES ?? fileURLToPath(new URL("../../../shared/facts/samples/", import.meta.url));

if (process.env.OCI_SAMPLES && !existsSync(SAMPLES)) throw new Error(`OCI_SAMPLES: there is no folder ${SAMPLES}`);

const files = existsSync(SAMPLES) ? readdirSync(SAMPLES).filter((file) => file !== "README.md") : [];

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => rig.close());

// biome-ignore lint/suspicious/noExplicitAny: bodies of many shapes, looked into by the kinds below
type Body = any;

interface Kind {
  name: string;
  /** The value is undefined where the body is no JSON. */
  is: (value: Body) => boolean;
  reply: (value: Body) => Reply;
}

const DELIVERIES: EventReply["deliveries"] = [
  { destination: "webhook", outcome: "delivered", attempts: 1, status: 200 },
  { destination: "ons", outcome: "delivered", attempts: 1, status: 202 },
];

const delivered = (eventID: string, eventType: string): EventReply => ({
  outcome: "delivered",
  eventID,
  eventType,
  deliveries: DELIVERIES,
});

const rejected = (problem: RegExp): EventReply => ({
  ...{ outcome: "rejected", eventID: null, eventType: null, deliveries: [] },
  problem: expect.stringMatching(problem),
});

/** All items of a batch alike in their outcome. */
function batch(items: EventReply[]): Reply {
  const [{ outcome } = { outcome: "ignored" as const }] = items;
  return { outcome, counts: { [outcome]: items.length }, items: items.map((item, index) => ({ index, ...item })) };
}

const NOTHING_OF_AN_EVENT =
  /^not an OCI Events message: eventType: .*, got nothing; eventID: .*; eventTime: .*; source: .*; cloudEventsVersion: .*; data: expected an object, got nothing$/;

const isEach = (is: (item: Body) => boolean) => (value: Body) => Array.isArray(value) && value.every(is);
const isStreamed = (item: Body) => item?.stream !== undefined;
const isLogRecord = (value: Body) => value?.specversion === "1.0";
const isMetric = (value: Body) => value?.datapoints !== undefined;
const logRecord = ({ id, type }: Body) => delivered(id, type.toLowerCase());

const AWAITING = new Set(catalogueEntries().flatMap(({ eventType, awaitsEnd }) => (awaitsEnd ? [eventType] : [])));

const KINDS: readonly Kind[] = [
  { name: "no JSON, an e-mail", is: (value) => value === undefined, reply: () => rejected(/^the body is not JSON/) },
  {
    name: "an Events message whose .end will come",
    is: (value) => AWAITING.has(value?.eventType) && value.eventID !== undefined,
    reply: ({ eventID, eventType }) => ({
      ...{ outcome: "ignored", eventID, eventType, deliveries: [] },
      problem: "a .begin whose .end will come; a route that names the type gets it",
    }),
  },
  {
    name: "an Events message",
    is: (value) => value?.eventID !== undefined,
    reply: ({ eventID, eventType }) => delivered(eventID, eventType),
  },
  {
    name: "a record of the Audit API",
    is: (value) => value?.eventId !== undefined,
    reply: ({ eventId, eventType }) => delivered(eventId, eventType.toLowerCase()),
  },
  { name: "a log record", is: isLogRecord, reply: logRecord },
  {
    name: "an alarm",
    is: (value) => value?.alarmMetaData !== undefined,
    reply: ({ dedupeKey, timestampEpochMillis, type }) =>
      delivered(
        expect.stringMatching(new RegExp(`^${dedupeKey.replaceAll(".", "\\.")}-${timestampEpochMillis}-[0-9a-f]{8}$`)),
        `com.oraclecloud.monitoring.alarm.${type.toLowerCase()}`,
      ),
  },
  {
    name: "the result of a Logging search",
    is: (value) => Array.isArray(value?.results),
    reply: ({ results }) => batch(results.map((result: Body) => logRecord(result.data.logContent))),
  },
  {
    name: "a batch of log records",
    is: isEach(isLogRecord),
    reply: (records) => batch(records.map(logRecord)),
  },
  {
    name: "a batch of metrics",
    is: isEach(isMetric),
    reply: (metrics) =>
      batch(
        metrics.map(() =>
          delivered(expect.stringMatching(/^metric-[0-9a-f]{32}$/), "com.oraclecloud.monitoring.metric.update"),
        ),
      ),
  },
  {
    name: "a batch of Queue messages that are text",
    is: isEach((item) => typeof item === "string"),
    reply: (texts) => batch(texts.map(() => rejected(/^a Queue message is not JSON$/))),
  },
  {
    name: "a batch of Streaming messages that are text or other JSON",
    is: isEach(isStreamed),
    reply: (messages) =>
      batch(
        messages.map(({ value }: Body) =>
          rejected(value.startsWith("eyJ") ? NOTHING_OF_AN_EVENT : /^a Streaming message is not JSON$/),
        ),
      ),
  },
  {
    name: "a batch of Queue messages that are other JSON",
    is: isEach((item) => typeof item === "object"),
    reply: (objects) => batch(objects.map(() => rejected(NOTHING_OF_AN_EVENT))),
  },
];

describe("captured bodies", () => {
  if (files.length === 0) {
    test("are absent here (0 of 0 captured bodies checked; OCI_SAMPLES may name a folder of them)", () => {
      expect(files).toEqual([]);
    });
  }

  test.for(
    files.map((file) => [file, kindOf(file)?.name ?? "of no kind that the test knows"] as const),
  )("%s: %s", async ([file]) => {
    const bytes = readFileSync(`${SAMPLES}/${file}`);
    const kind = kindOf(file);
    const before = { sink: rig.sink.received.length, ons: rig.ons.requests.length };
    const reply = replyOf(await rig.host.invoke(bytes), rig.logs);
    // Several of them tell of the same event: each to a container of its own.
    await rig.host.stop();
    expect(reply).toEqual(kind?.reply(jsonOf(bytes)));

    const deliveries = ("counts" in reply ? reply.items : [reply as EventReply]).flatMap((each) => each.deliveries);
    const toWebhook = deliveries.filter(({ destination }) => destination === "webhook");
    const seen = rig.sink.received.slice(before.sink).map(({ token, answered }) => [token, answered]);
    expect(seen).toEqual(toWebhook.map(() => ["valid", 200]));
    // A batch is packed into one message.
    expect(rig.ons.requests.slice(before.ons)).toEqual(deliveries.length === 0 ? [] : [{ status: 202 }]);
  });
});

function kindOf(file: string): Kind | undefined {
  const value = jsonOf(readFileSync(`${SAMPLES}/${file}`));
  return KINDS.find((kind) => kind.is(value));
}

function jsonOf(bytes: Buffer): Body {
  try {
    return JSON.parse(bytes.toString());
  } catch {
    return undefined;
  }
}
