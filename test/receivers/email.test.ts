import { afterEach, describe, expect, test } from "vitest";
import { fixture } from "../../local/fixtures.ts";
import { LOCAL_TOPIC_ID, type Rig, replyOf } from "../../local/rig.ts";
import { freshEvent } from "../fresh-event.ts";
import { aSecret } from "../leaks/secret.ts";
import { endOf, expectProblem, type Lab, type LabOptions, startLab } from "./lab.ts";
import { receiverPage } from "./page.ts";

const page = receiverPage("email");
const settings = page.takeSettings();
const relay = page.take("ts");
const sample = page.take("text");
page.end();

const TITLE = "Instance web-1 created in prod";

let lab: Lab;
afterEach(() => lab?.rig.close());

/** The topic of this machine in the place of the page's. */
async function start(options: LabOptions = {}): Promise<void> {
  lab = await startLab({ settings, places: () => ({ [settings.ONS_TOPIC_ID ?? ""]: LOCAL_TOPIC_ID }), ...options });
}

const published = () => lab.rig.ons.published.map(({ topicId, title, body }) => ({ topicId, title, body }));
const theSample = { topicId: LOCAL_TOPIC_ID, title: TITLE, body: sample };

describe("the topic", () => {
  test("gets the title and the text of the page", async () => {
    await start();
    expect(await lab.invokeSame("instance-launched")).toMatchObject({ outcome: "delivered" });
    expect(published()).toEqual([theSample]);
    expect(page.text).toContain(`is \`${TITLE}\``);
  });

  test("gets it as one of several destinations, too", async () => {
    await start({
      relay,
      settings: {},
      places: undefined,
      config: { OPERATORS_TOPIC_ID: LOCAL_TOPIC_ID, CMDB_KEY: aSecret("cmdb"), CMDB_URL: "http://127.0.0.1:1" },
    });
    lab.rig.config.CMDB_URL = lab.rig.sink.url;
    await lab.invokeSame("instance-launched");
    await lab.invokeSame("bucket-created");
    expect(published()).toEqual([theSample]);
    expect(lab.rig.sink.received.map(({ event }) => event)).toEqual(["SERVER/CREATE", "BUCKET/CREATE"]);
  });

  test("gets alarms, and nothing that no route wants", async () => {
    await start();
    await lab.invokeSame("alarm-firing");
    expect(await lab.invoke("bucket-created")).toMatchObject({ outcome: "ignored" });
    expect(published().map(({ title }) => title)).toEqual(["Alarm db-prod CPU is high is firing"]);
  });

  test("gets a batch as few messages, whose title says how many events are in it", async () => {
    await start();
    const events = Array.from({ length: 50 }, () => freshEvent(fixture("instance-launched")).toString());
    await lab.rig.host.invoke(`[${events.join(",")}]`);
    expect(published().map(({ title }) => title)).toEqual([`50 events, the first: ${TITLE}`]);
  });

  test("gets a text of the tags that have room, which says how many were left out", async () => {
    await start();
    const event = JSON.parse(fixture("instance-launched").toString());
    const tags = Array.from({ length: 900 }, (_, n) => [`tag-${n}`, "x".repeat(250)]);
    event.data.freeformTags = Object.fromEntries(tags);
    await lab.rig.host.invoke(JSON.stringify(event));
    const [{ body } = { body: "" }] = published();
    expect(Buffer.byteLength(body)).toBeLessThan(62 * 1024);
    expect(body).toMatch(/^ +\(\d+ more left out: too long for a message\)$/m);
  });

  test("does not lead back here: what comes back is ignored, and the reply says what the page says", async () => {
    await start();
    await lab.invokeSame("instance-launched");
    const reply = replyOf(await lab.rig.host.invoke(lab.rig.ons.published[0]?.body ?? ""), lab.rig.logs);
    expect(reply).toMatchObject({ outcome: "ignored" });
    expect(published().length).toBe(1);
    expect(page.text.replaceAll("\n", " ")).toContain(`\`${"problem" in reply ? reply.problem : ""}\``);
  });
});

describe("a refusal of ONS reads as the page has it:", () => {
  test.each([...page.table("ONS answers")])("%s", async (answer, [says]) => {
    await start();
    const [status = "", code] = answer.split(" ");
    lab.rig.ons.fault = faultOf(status, code);
    const reply = await lab.invoke();
    expect(reply).toMatchObject({
      outcome: "dead-lettered",
      deliveries: [{ status: Number(status), attempts: { 401: 2, 409: 5, 429: 1, 500: 5 }[status] ?? 1 }],
    });
    expectProblem(reply, { says, suffix: endOf(status) });
  });
});

function faultOf(status: string, code: string | undefined): NonNullable<Rig["ons"]["fault"]> {
  return {
    status: Number(status),
    headers: status === "429" ? { "Retry-After": "60" } : {},
    body: JSON.stringify({ code, message: "…" }),
  };
}
