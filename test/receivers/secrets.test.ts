import { createHmac } from "node:crypto";
import { Webhook } from "standardwebhooks";
import { afterEach, describe, expect, test } from "vitest";
import { fixture } from "../../local/fixtures.ts";
import { LOCAL_BUCKET } from "../../local/rig.ts";
import { defineRelay, loadRelay } from "../../src/config.ts";
import { freshEvent } from "../fresh-event.ts";
import { aSecret } from "../leaks/secret.ts";
import { endOf, expectProblem, type Lab, type LabOptions, startLab, startProblems } from "./lab.ts";
import { receiverPage } from "./page.ts";

const page = receiverPage("secrets");
const settings = page.takeSettings();
const relay = page.take("ts");
const policy = page.take("text");
page.end();

const KEY_ID = (settings.WEBHOOK_SECRET_KEY ?? "").slice("vault:".length);
const SIGNING_ID = (settings.WEBHOOK_SIGNING_SECRETS ?? "").slice("vault:".length);
const newSigning = () => `whsec_${Buffer.from(aSecret("sign").slice(0, 60)).toString("base64")}`;

let lab: Lab;
let signing: string;
afterEach(() => lab?.rig.close());

async function start(options: LabOptions = { settings }): Promise<void> {
  signing = newSigning();
  lab = await startLab({
    ...options,
    places: ({ sink }) => ({ "https://hooks.example.com": sink.url }),
    secrets: () => ({ amaaaaaasigningsecrets: signing }),
  });
  lab.rig.config.HOOKS_URL = `${lab.rig.sink.url}/oci`;
}

/** Ten minutes, for a container: a new one has read nothing yet. */
const tenMinutes = () => lab.rig.host.stop();
const isVerified = (secret: string) => {
  const { headers, body } = lab.rig.sink.received.at(-1) ?? {};
  try {
    return Boolean(new Webhook(secret).verify(body?.toString() ?? "", headers as Record<string, string>));
  } catch {
    return false;
  }
};
/** A receiver that accepts these keys from now on. */
const accept = (...keys: (string | undefined)[]) => {
  lab.rig.sink.answer = ({ headers, body }) => {
    const tokens = keys.map((key) =>
      createHmac("sha256", key ?? "")
        .update(body)
        .digest("hex"),
    );
    return { status: tokens.includes(String(headers["x-auth-token"])) ? 200 : 401 };
  };
};
const delivered = (attempts: number) => ({ outcome: "delivered", deliveries: [{ attempts }] });

describe("a secret of the vault", () => {
  test.each<[string, LabOptions]>([
    ["by the function's configuration", { settings }],
    ["by code", { relay }],
  ])("signs, %s, is read once, and nothing is to be warned of", async (_, options) => {
    await start(options);
    accept(lab.secrets.amaaaaaasecretkey);
    expect(await lab.invoke()).toMatchObject(delivered(1));
    expect(await lab.invoke()).toMatchObject(delivered(1));
    expect([isVerified(signing), lab.rig.secrets.requests.length, startProblems(lab.rig)]).toEqual([true, 2, []]);
  });

  test("in plain draws a warning, and in the code is refused", async () => {
    await start({ settings });
    Object.assign(lab.rig.config, { WEBHOOK_SECRET_KEY: aSecret("plain") });
    await lab.invoke();
    expect(startProblems(lab.rig)).toEqual([expect.stringMatching(/^WEBHOOK_SECRET_KEY: in plain in the function's/)]);
    // As no editor would let it pass.
    const config: unknown = { destinations: { hooks: { type: "webhook", url: "https://hooks.example.com" } } };
    expect(
      loadRelay(
        defineRelay(() => config as never),
        undefined,
      ),
    ).toMatchObject({
      problems: [expect.stringMatching(/^destinations\.hooks\.url: is written out in relay\.config\.ts/)],
    });
  });

  test("needs the policy of the page", async () => {
    await start();
    const [says = ""] = page.table("if").get("the policy or the secret is missing") ?? [];
    expect(says.replace("<name>", "relay")).toContain(policy.trimEnd());
  });
});

describe("without downtime", () => {
  test("the signing secrets are changed in the page's steps", async () => {
    await start();
    const [old, latest] = [signing, newSigning()];
    const seen: [string, boolean, boolean][] = [];
    const step = async (name: string) => {
      await tenMinutes();
      expect(await lab.invoke()).toMatchObject(delivered(1));
      seen.push([name, isVerified(old), isVerified(latest)]);
    };
    await step("before");
    lab.rig.secrets.put(SIGNING_ID, `${latest} ${old}`);
    await step("2");
    lab.rig.secrets.put(SIGNING_ID, latest);
    await step("4");
    // The receiver changes its key in between: at step 3 either will do.
    expect(seen).toEqual([
      ["before", true, false],
      ["2", true, true],
      ["4", false, true],
    ]);
  });

  test("the secret key is changed in the page's steps", async () => {
    await start();
    const [old, latest] = [lab.secrets.amaaaaaasecretkey, aSecret("latest")];
    accept(old, latest);
    expect(await lab.invoke()).toMatchObject(delivered(1));
    lab.rig.secrets.put(KEY_ID, latest);
    expect(await lab.invoke()).toMatchObject(delivered(1));
    await tenMinutes();
    accept(latest);
    expect(await lab.invoke()).toMatchObject(delivered(1));
  });

  test("but for a receiver that knows one key: who has the old one reads anew, who has the new one too early keeps the event", async () => {
    await start();
    const [old, latest] = [lab.secrets.amaaaaaasecretkey, aSecret("latest")];
    accept(old);
    await lab.invoke();
    lab.rig.secrets.put(KEY_ID, latest);
    const early = await lab.rig.anotherHost().invoke(freshEvent(fixture("instance-launched")));
    expect(JSON.parse(early.body)).toMatchObject({ outcome: "dead-lettered", deliveries: [{ status: 401 }] });
    accept(latest);
    expect(await lab.invoke()).toMatchObject(delivered(2));
  });
});

test("what a receiver quotes of a request is kept without its secrets, and no log has them", async () => {
  await start();
  lab.rig.sink.answer = ({ headers }) => ({
    status: 400,
    body: `${JSON.stringify(headers)} ${lab.secrets.amaaaaaasecretkey} ${Buffer.from(lab.secrets.amaaaaaasecretkey ?? "").toString("base64")}`,
  });
  expect(await lab.invoke()).toMatchObject({ outcome: "dead-lettered" });
  const letters = [...lab.rig.storage.objects(LOCAL_BUCKET).values()].map(({ body }) => body.toString());
  const { headers = {} } = lab.rig.sink.received[0] ?? {};
  const secret = [lab.secrets.amaaaaaasecretkey, headers["x-auth-token"], headers["webhook-signature"]].map(String);
  expect([...letters, ...lab.rig.logs].filter((text) => secret.some((each) => text.includes(each)))).toEqual([]);
  expect(letters.map((text) => text.split("[redacted]").length > 4)).toEqual([true]);
});

describe("what goes wrong reads as the page has it:", () => {
  const CAUSES: Readonly<Record<string, () => void>> = {
    "the policy or the secret is missing": () => lab.rig.secrets.secrets.delete(KEY_ID),
    "the vault is down": () => {
      const fault = { status: 503, body: '{"code":"ServiceUnavailable","message":"x"}' };
      lab.rig.secrets.fault = ({ id }) => (id === KEY_ID ? fault : undefined);
    },
    "the secret is no text": () => lab.rig.secrets.put(KEY_ID, Buffer.from([0xff, 0xfe])),
    "the signing secrets are none": () => lab.rig.secrets.put(SIGNING_ID, "abc"),
    "the receiver has another key": () => accept("another"),
  };

  test.each([...page.table("if")])("%s", async (row, [says]) => {
    await start();
    CAUSES[row]?.();
    const reply = await lab.invoke();
    expect(reply.outcome).toBe("dead-lettered");
    expectProblem(reply, { says, suffix: endOf(row === "the vault is down" ? "503" : "404") });
  });

  test("and every row of it has a cause here", () => {
    expect([...page.table("if").keys()]).toEqual(Object.keys(CAUSES));
  });
});
