import { afterEach, describe, expect, test } from "vitest";
import { fixture } from "../../local/fixtures.ts";
import { replyOf } from "../../local/rig.ts";
import { freshEvent } from "../fresh-event.ts";
import { aSecret } from "../leaks/secret.ts";
import { endOf, expectProblem, type Lab, startLab, startProblems } from "./lab.ts";
import { receiverPage } from "./page.ts";

const page = receiverPage("chat");
const relay = page.take("ts");
const sample = page.take("json");
const settings = page.takeSettings();
page.end();

const path = `/services/${aSecret("channel")}`;

let lab: Lab;
afterEach(() => lab?.rig.close());

async function start(options: { relay: string } | { settings: Record<string, string> }): Promise<void> {
  lab = await startLab({ ...options, secrets: ({ sink }) => ({ amaaaaaachaturl: `${sink.url}${path}` }) });
}

/** Every request: where it went, and its body. */
const received = () => lab.rig.sink.received.map((request) => [request.path, JSON.parse(request.body.toString())]);

/** An instance that somebody has given this name. */
const named = (name: string) =>
  freshEvent(fixture("instance-launched").toString().replaceAll('"web-1"', JSON.stringify(name)));

describe("the channel", () => {
  test("gets the text of the page, at the URL that the vault holds", async () => {
    await start({ relay });
    expect(await lab.invokeSame("instance-launched")).toMatchObject({ outcome: "delivered" });
    expect(received()).toEqual([[path, JSON.parse(sample)]]);
    expect(lab.rig.logs[0]).toContain('"webhook a URL in the vault"');
  });

  test("is not rung, nor led anywhere, by a name or a tag", async () => {
    await start({ relay });
    const event = named("<!channel> & <https://evil.example|web-1>").toString().replace('"payments"', '"<!here>"');
    await lab.rig.host.invoke(event);
    expect(received().map(([, { text }]) => text.split("\n").slice(0, 2))).toEqual([
      ["*Instance &lt;!channel&gt; &amp; &lt;https://evil.example|web-1&gt; created in prod*", "owner: &lt;!here&gt;"],
    ]);
  });

  test.each<[string, string, string]>([
    [
      "a failure, marked as one",
      "instance-failed",
      ":red_circle: *Instance batch-7 failed in prod*\nowner: nobody\n" +
        "<https://cloud.oracle.com/compute/instances/ocid1.instance.oc1.iad.anuwcljtk4batchexample7qk3zq6?region=us-ashburn-1|console>",
    ],
    ["what has no page in the console", "group-deleted", "*Group Contractors deleted in acme*\nowner: nobody"],
  ])("gets %s", async (_, name, text) => {
    await start({ relay });
    expect(await lab.invoke(name)).toMatchObject({ outcome: "delivered" });
    expect(received()).toEqual([[path, { text }]]);
  });

  test("is spared what no route wants", async () => {
    await start({ relay });
    expect(await lab.invoke("bucket-created")).toMatchObject({ outcome: "ignored", problem: "no route matches" });
    expect(received()).toEqual([]);
  });

  test("gets one line without any code, in which nothing is escaped; the start warns of no signature", async () => {
    await start({ settings });
    await lab.rig.host.invoke(named("<!channel>"));
    expect(received()).toEqual([[path, { text: "Instance <!channel> created in prod" }]]);
    expect(page.text).toContain('`{"text":"Instance web-1 created in prod"}`');
    expect(startProblems(lab.rig)).toEqual([
      "destination webhook: not signed, so its receiver cannot tell who sends; give it a secret key",
    ]);
  });
});

describe("a refusal reads as the page has it:", () => {
  const table = page.table("answer");

  test.each([...table])("%s", async (answer, [says]) => {
    await start({ relay });
    const headers = answer === "429" ? { "Retry-After": "60" } : {};
    lab.rig.sink.answer = () => ({ status: Number(answer), headers });
    const reply = await lab.invoke();
    expect(reply).toMatchObject({ outcome: "dead-lettered", deliveries: [{ status: Number(answer) }] });
    expectProblem(reply, { says, suffix: endOf(answer) });
  });

  test("and a render that throws does not say what it has seen", async () => {
    await start({ relay: relay.replace("escaped(title)", "escaped(JSON.parse(title))") });
    const reply = replyOf(await lab.rig.host.invoke(named("web-9")), lab.rig.logs);
    expect(reply).toMatchObject({
      deliveries: [{ outcome: "dead-lettered", problem: "render: threw SyntaxError; not worth another try" }],
    });
    expect(page.text).toContain("`render: threw TypeError`");
  });
});
