import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Plugin } from "esbuild";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { bundleRelay } from "../../bundle.mjs";
import { fixture } from "../../local/fixtures.ts";
import { LOCAL_BUCKET, type Rig, replyOf, startRig } from "../../local/rig.ts";
import type { BatchReply, EventReply } from "../../src/outcome.ts";

let rig: Rig;
afterEach(() => rig.close());

const BUCKETS = { DEAD_LETTER_BUCKET: LOCAL_BUCKET, DEDUPE_BUCKET: LOCAL_BUCKET };

async function send(body: string): Promise<EventReply & BatchReply> {
  return replyOf(await rig.host.invoke(body), rig.logs) as EventReply & BatchReply;
}

/** What there is to see outside of the relay: how much it has sent, and what the bucket holds. */
const traces = () => ({
  published: rig.ons.requests.length,
  posted: rig.sink.received.length,
  kept: [...rig.storage.objects(LOCAL_BUCKET).keys()].sort(),
});

const launched = fixture("instance-launched").toString();
const created = fixture("bucket-created").toString();
const both = `[${launched},${created}]`;

const PROBLEM =
  "a message that the relay itself has sent: its topic is both destination and source; unsubscribe the function from the " +
  "topic on which it, or another relay, publishes";
const ignoredAs = (event: string) => {
  const { eventID, eventType } = JSON.parse(event);
  return { outcome: "ignored", eventID, eventType, deliveries: [], problem: PROBLEM };
};
const ONE = ignoredAs(launched);
const TWO = {
  outcome: "ignored",
  counts: { ignored: 2 },
  items: [launched, created].map((event, index) => ({ index, ...ignoredAs(event) })),
};

describe("a function that is subscribed to the topic on which it publishes ignores what comes back, and leaves no trace of it:", () => {
  test.each<[string, string, string, object]>([
    ["the JSON of one event", "json", launched, ONE],
    ["the JSON of two", "json", both, TWO],
    ["the text of one event", "text", launched, ONE],
    ["the text of two", "text", both, TWO],
  ])("%s", async (_, format, body, expected) => {
    rig = await startRig({ config: { ONS_FORMAT: format, ...BUCKETS } });
    expect((await send(body)).outcome).toBe("delivered");
    expect(rig.ons.published.length).toBe(1);
    const before = traces();
    expect(await send(rig.ons.published[0]?.body ?? "")).toEqual(expected);
    expect(traces()).toEqual(before);
    // One line, and no alarm: whoever looks for the reason finds it.
    await vi.waitFor(
      () => {
        const lines = rig.logs.map((line) => JSON.parse(line));
        expect(lines.filter(({ msg, level }) => msg === "outcome" || level >= 50)).toMatchObject([
          { level: 30, outcome: "delivered", msg: "outcome" },
          { level: 30, outcome: "ignored", msg: "outcome" },
        ]);
      },
      // The lines come through a pipe of their own, after the reply or before.
      { timeout: 5_000 },
    );
  });

  test("in a container that has sent nothing itself, and a webhook's body, too", async () => {
    rig = await startRig();
    await send(launched);
    await rig.host.stop();
    const [published, posted] = [rig.ons.published[0]?.body ?? "", rig.sink.received[0]?.body.toString() ?? ""];
    expect(JSON.parse(posted)).toMatchObject({ Msg: published });
    expect([await send(published), await send(posted)]).toEqual([ONE, ONE]);
    expect(traces()).toEqual({ published: 1, posted: 1, kept: [] });
  });

  test("but not an event that quotes one", async () => {
    rig = await startRig();
    await send(launched);
    const event = JSON.parse(created);
    const own = JSON.parse(rig.ons.published[0]?.body ?? "");
    const quoting = {
      ...event,
      ...own,
      data: { ...event.data, additionalDetails: { ...own, text: rig.ons.published[0]?.body } },
    };
    expect((await send(JSON.stringify(quoting))).outcome).toBe("delivered");
    expect(traces()).toEqual({ published: 2, posted: 2, kept: [] });
  });
});

/** The relay as it comes, but what it publishes is an event like those that it gets. */
const CONFIGURATION = `
  import { relayFromVariables } from "./src/config.ts";

  export default (sources) => {
    const definition = relayFromVariables(sources);
    if (definition !== undefined) definition.config.destinations.ons.render = eventOf;
    return definition;
  };

  function eventOf({ details: { oci, name, id } }) {
    return {
      eventType: oci.event_type, eventID: oci.event_id, eventTime: oci.event_time,
      source: "relay", cloudEventsVersion: "0.1", data: { resourceName: name, resourceId: id },
    };
  }`;

describe("what a render has made of it and is an event all the same is a duplicate when it comes back:", () => {
  let directory: string;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), "relay-loop-"));
    const setup: Plugin["setup"] = ({ onLoad }) =>
      onLoad({ filter: /[\\/]relay\.config\.ts$/ }, () => ({ contents: CONFIGURATION, loader: "ts" }));
    await bundleRelay(directory, { plugins: [{ name: "configuration", setup }] });
  }, 60_000);
  afterAll(() => rm(directory, { recursive: true, force: true }));

  const start = (config: Record<string, string>) =>
    startRig({ entry: `${directory}/func.cjs`, config: { WEBHOOK_URL: "", WEBHOOK_SECRET_KEY: "", ...config } });

  test.each<[string, Record<string, string>, boolean]>([
    ["in the same container", {}, false],
    ["in another one, by the bucket that they share", { DEDUPE_BUCKET: LOCAL_BUCKET }, true],
  ])("%s", async (_, config, isOther) => {
    rig = await start(config);
    expect((await send(launched)).outcome).toBe("delivered");
    if (isOther) await rig.host.stop();
    const { eventID, eventType } = JSON.parse(launched);
    const deliveries = [{ destination: "ons", outcome: "duplicate", attempts: 0 }];
    expect(await send(rig.ons.published[0]?.body ?? "")).toEqual({
      outcome: "duplicate",
      eventID,
      eventType,
      deliveries,
    });
    expect(rig.ons.requests.length).toBe(1);
  });

  test("and goes around once for each container, where they share none", async () => {
    rig = await start({});
    const other = rig.anotherHost();
    const outcomes: string[] = [];
    let body = launched;
    for (const host of [rig.host, other, rig.host, other]) {
      const reply = replyOf(await host.invoke(body), rig.logs) as EventReply;
      outcomes.push(reply.outcome);
      body = rig.ons.published.at(-1)?.body ?? "";
    }
    expect([outcomes, rig.ons.requests.length]).toEqual([["delivered", "delivered", "duplicate", "duplicate"], 2]);
  });
});
