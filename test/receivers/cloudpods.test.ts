import { afterEach, describe, expect, test } from "vitest";
import { startSink } from "../../local/sink.ts";
import { stringifyJson } from "../../src/json.ts";
import { endOf, expectProblem, type Lab, startLab } from "./lab.ts";
import { receiverPage } from "./page.ts";

const page = receiverPage("cloudpods");
const settings = page.takeSettings();
const relay = page.take("ts");
const request = page.take("http");
const sample = JSON.parse(page.take("json"));
const verifier = page.take("js");
page.end();

let lab: Lab;
afterEach(() => lab?.rig.close());

async function start(changed: Record<string, string> = {}): Promise<void> {
  lab = await startLab({
    settings: { ...settings, ...changed },
    places: ({ sink }) => ({ "https://cmdb.example.com": sink.url }),
  });
}

/** The fields of the message; what is left of the sample is what the robot's options have added. */
const { source_cloud, text: _, ...fields } = sample;
const textOf = (value: object) => stringifyJson(value);
const received = () => {
  const { method = "", path = "", headers = {}, body = Buffer.of() } = lab.rig.sink.received[0] ?? {};
  return { method, path, headers, body };
};

describe("the consumer gets what the page shows,", () => {
  async function expectAsShown(): Promise<void> {
    expect(await lab.invokeSame("instance-launched")).toMatchObject({ outcome: "delivered" });
    const { method, path, headers, body } = received();
    // The keys of the sample are in the order of the wire, at every depth.
    expect(body.toString()).toBe(textOf({ ...sample, text: textOf(fields) }));
    const [first, ...lines] = request.trimEnd().split("\n");
    expect(`${method} ${path}`).toBe(first);
    const shown = lines.map((line) => {
      const [, name = "", value = ""] = /^(.*?): (.*)$/.exec(line) ?? [];
      return [name.toLowerCase(), expectedOf(value)];
    });
    const { host, connection, "content-length": length, ...told } = headers;
    expect(told).toEqual(Object.fromEntries(shown));
  }

  /** `<…>` stands for what differs each time. */
  function expectedOf(shown: string): unknown {
    if (shown === "<64 hex digits>") return expect.stringMatching(/^[0-9a-f]{64}$/);
    if (shown.startsWith("<seconds")) return expect.stringMatching(/^\d{10}$/);
    return shown === "v1,<base64>" ? expect.stringMatching(/^v1,[A-Za-z0-9+/]{43}=$/) : shown;
  }

  test("by the function's configuration", async () => {
    await start();
    await expectAsShown();
  });

  test("and by code", async () => {
    lab = await startLab({ relay });
    lab.rig.config.CMDB_URL = `${lab.rig.sink.url}/oci`;
    await expectAsShown();
  });

  test("which the page's function verifies, and nothing else", async () => {
    await start();
    await lab.invoke();
    const { body, headers } = received();
    // A module that imports nothing but Node's own may come as its text.
    const module = await import(`data:text/javascript,${encodeURIComponent(verifier)}`);
    const token = String(headers["x-auth-token"]);
    const isFromRelay = (key: string | undefined, raw: Buffer, given?: string) => module.isFromRelay(key, raw, given);
    expect([
      isFromRelay(lab.secrets.amaaaaaasecretkey, body, token),
      isFromRelay(lab.secrets.amaaaaaasecretkey, Buffer.concat([body, Buffer.from(" ")]), token),
      isFromRelay("another key", body, token),
      isFromRelay(lab.secrets.amaaaaaasecretkey, body),
      // As long in characters, but not in bytes.
      isFromRelay(lab.secrets.amaaaaaasecretkey, body, "é".repeat(token.length)),
    ]).toEqual([true, false, false, false, false]);
  });
});

describe("the robot's options have the precedence of the page:", () => {
  const rest = { resource_details: fields.resource_details, resource_type: "server", result: "succeed" };
  const created = { ...fields, action: "create" };

  test.each<[string, Record<string, string>, object]>([
    [
      "none of them but the URL",
      { WEBHOOK_BODY: "", WEBHOOK_MSG_KEY: "", WEBHOOK_SYNC_ACTIONS: "" },
      { Msg: textOf(created), ...created },
    ],
    [
      "a body over the fields",
      { WEBHOOK_BODY: '{"action":"told"}' },
      { action: "told", ...rest, text: textOf(fields) },
    ],
    ["a body over the msg_key", { WEBHOOK_BODY: '{"text":"mine"}' }, { action: fields.action, ...rest, text: "mine" }],
    ["the msg_key over a field", { WEBHOOK_BODY: "", WEBHOOK_MSG_KEY: "action" }, { action: textOf(fields), ...rest }],
    ["use_template", { WEBHOOK_USE_TEMPLATE: "true" }, { source_cloud, text: "Instance web-1 created in prod" }],
  ])("%s", async (_, changed, body) => {
    await start(changed);
    await lab.invokeSame("instance-launched");
    expect(received().body.toString()).toBe(textOf(body));
    if (changed.WEBHOOK_USE_TEMPLATE) expect(page.text).toContain(`\`${textOf(body)}\``);
  });

  test("a header over X-Yunion-Event", async () => {
    await start({ WEBHOOK_HEADERS: '{"x-yunion-event":"OTHER/EVENT"}' });
    await lab.invoke();
    expect(received().headers["x-yunion-event"]).toBe("OTHER/EVENT");
  });

  test("and their names are the robot's, the function's and the code's", () => {
    const names = [...page.table("option").values()].map(([name, inCode]) => [name, inCode]);
    expect(names).toEqual([
      ["WEBHOOK_HEADERS", "header"],
      ["WEBHOOK_BODY", "body"],
      ["WEBHOOK_MSG_KEY", "msgKey"],
      ["WEBHOOK_SECRET_KEY", "secretKey"],
      ["WEBHOOK_USE_TEMPLATE", "useTemplate"],
      ["WEBHOOK_SYNC_ACTIONS", "syncActions"],
    ]);
    expect(
      names.filter(
        ([name = "", inCode = ""]) =>
          name !== "WEBHOOK_USE_TEMPLATE" && !(name in settings && relay.includes(`${inCode}:`)),
      ),
    ).toEqual([]);
  });
});

describe("a refusal reads as the page has it:", () => {
  test.each([...page.table("answer")])("%s", async (answer, [says]) => {
    await start();
    const headers = answer === "429" ? { "Retry-After": "60" } : { Location: "/oci/" };
    lab.rig.sink.answer = () => ({ status: Number(answer), headers });
    expectProblem(await lab.invoke(), { says, suffix: endOf(answer) });
  });

  test("401 because the keys differ", async () => {
    await start();
    const strict = await startSink({ secretKey: "another-key" });
    lab.rig.config.WEBHOOK_URL = strict.url;
    const reply = await lab.invoke();
    await strict.close();
    expectProblem(reply, { says: page.table("answer").get("401")?.[0], suffix: endOf("401") });
  });
});
