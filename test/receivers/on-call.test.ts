import { afterEach, describe, expect, test } from "vitest";
import { fixture } from "../../local/fixtures.ts";
import { LOCAL_BUCKET } from "../../local/rig.ts";
import { endOf, expectProblem, type Lab, startLab } from "./lab.ts";
import { receiverPage } from "./page.ts";

const page = receiverPage("on-call");
const relay = page.take("ts");
const settings = page.takeSettings();
const sample = page.take("json");
page.end();

let lab: Lab;
afterEach(() => lab?.rig.close());

async function start(): Promise<void> {
  lab = await startLab({ relay, settings, places: ({ sink }) => ({ "https://events.pagerduty.com": sink.url }) });
  lab.rig.sink.answer = () => ({ status: 202, body: '{"status":"success"}' });
}

const received = () => lab.rig.sink.received.map(({ path, body }) => [path, JSON.parse(body.toString())]);

/** What the sample is of another event: what is not told is the sample's. */
const like = ({ payload, ...others }: Record<string, unknown>) => {
  const firing = JSON.parse(sample);
  const routing_key = lab.secrets.amaaaaaaroutingkey;
  return { ...firing, routing_key, ...others, payload: { ...firing.payload, ...(payload as object) } };
};

describe("the service", () => {
  test("gets the page's sample of an alarm that fires, with the key that is in the vault", async () => {
    await start();
    expect(await lab.invokeSame("alarm-firing")).toMatchObject({ outcome: "delivered" });
    expect(received()).toEqual([["/v2/enqueue", like({})]]);
  });

  test("is told under the same key when the alarm is over", async () => {
    await start();
    const ok = fixture("alarm-firing").toString().replaceAll("OK_TO_FIRING", "FIRING_TO_OK");
    await lab.rig.host.invoke(ok.replaceAll('"FIRING"', '"OK"'));
    expect(received()).toEqual([
      [
        "/v2/enqueue",
        like({
          event_action: "resolve",
          payload: {
            summary: "Alarm db-prod CPU is high is ok again",
            class: "com.oraclecloud.monitoring.alarm.firing_to_ok",
          },
        }),
      ],
    ]);
  });

  test.each<[string, string, Record<string, unknown>]>([
    [
      "that an instance has failed",
      "instance-failed",
      {
        summary: "Instance batch-7 failed in prod",
        source: "batch-7",
        timestamp: "2026-03-06T02:11:09Z",
        class: "com.oraclecloud.computeapi.instancefailed",
      },
    ],
    [
      "that an instance was terminated",
      "instance-terminated",
      {
        summary: "Instance web-1 terminated in prod",
        source: "web-1",
        timestamp: "2026-03-05T23:59:59Z",
        class: "com.oraclecloud.computeapi.terminateinstance.end",
      },
    ],
  ])("is told %s", async (_, name, payload) => {
    await start();
    expect(await lab.invoke(name)).toMatchObject({ outcome: "delivered" });
    const { resourceId: id } = JSON.parse(fixture(name).toString()).data;
    const href = `https://cloud.oracle.com/compute/instances/${id}?region=us-ashburn-1`;
    // Of what is no longer there the console has no page.
    const links = name === "instance-terminated" ? [] : [{ href, text: "Oracle Cloud console" }];
    const instance = { severity: "error", component: "server", group: "prod" };
    expect(received()).toEqual([["/v2/enqueue", like({ dedup_key: id, links, payload: { ...instance, ...payload } })]]);
  });

  test.each(["instance-launched", "user-created", "metric-posted"])("is not told of %s", async (name) => {
    await start();
    expect(await lab.invokeSame(name)).toMatchObject({ outcome: "ignored" });
    expect(received()).toEqual([]);
  });

  test("is told no severity that it does not know", async () => {
    await start();
    await lab.rig.host.invoke(fixture("alarm-firing").toString().replaceAll("CRITICAL", "DIRE"));
    expect(received().map(([, { payload }]) => payload.severity)).toEqual(["error"]);
  });
});

describe("a refusal reads as the page has it:", () => {
  test.each([...page.table("answer")])("%s", async (answer, [says]) => {
    await start();
    lab.rig.sink.answer = ({ body }) => ({
      status: Number(answer),
      headers: answer === "429" ? { "Retry-After": "60" } : {},
      body,
    });
    expectProblem(await lab.invoke("instance-failed"), { says, suffix: endOf(answer) });
    const letters = [...lab.rig.storage.objects(LOCAL_BUCKET).values()].map(({ body }) => body.toString());
    expect(letters.map((text) => text.includes('\\"routing_key\\":\\"[redacted]\\"'))).toEqual([true]);
  });
});
