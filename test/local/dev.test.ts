import {
  appendFileSync,
  cpSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import type { ReadStream } from "node:tty";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { actOnKeys } from "../../local/dev/key-actions.ts";
import { fixture } from "../../local/fixtures.ts";
import { serveLoopback } from "../../local/loopback.ts";
import { startSink } from "../../local/sink.ts";
import { endCommands, type Running, runCommand, startCommand } from "./command.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const ANY_PORT = ["--emulator-port", "0", "--fn-port", "0", "--sink-port", "0"];

/** A copy with the relay as it comes: a build in ROOT would pull dist/ from under the other tests. */
let copy: string;
beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), "dev copy "));
  for (const name of ["src", "handlers", "local", "test/fixtures", "build.mjs", "bundle.mjs", "package.json"]) {
    cpSync(join(ROOT, name), join(copy, name), { recursive: true });
  }
  cpSync(join(ROOT, "tsconfig.json"), join(copy, "tsconfig.json"));
  symlinkSync(join(ROOT, "node_modules"), join(copy, "node_modules"));
});
beforeEach(() => {
  writeFileSync(join(copy, "relay.config.ts"), 'export { relayFromVariables as default } from "./src/config.ts";');
});
afterAll(() => rmSync(copy, { recursive: true, force: true }));
afterEach(endCommands);

interface Dev extends Running {
  emulatorUrl: string;
  fnUrl: string;
  sinkUrl: string;
}

async function startDev(args: string[] = [], env: Record<string, string> = {}): Promise<Dev> {
  const running = startCommand("dev.ts", [...ANY_PORT, ...args], { root: copy, env });
  await running.until(/Ctrl-C ends it\. Events from here on:\n/);
  const urlOf = (name: string) => new RegExp(`^ {2}${name} +(http://[^\\s,]+)`, "m").exec(running.printed())?.[1] ?? "";
  return { ...running, emulatorUrl: urlOf("emulator"), fnUrl: urlOf("Fn host"), sinkUrl: urlOf("receiver") };
}

async function emit({ emulatorUrl }: Dev, change: Record<string, unknown> = {}): Promise<void> {
  const event = { ...JSON.parse(fixture("instance-launched").toString()), ...change };
  const response = await fetch(`${emulatorUrl}/emulator/events`, { method: "POST", body: JSON.stringify(event) });
  expect(response.status).toBe(200);
}

/** What was printed since, with what is another each time put the same. */
function toldSince({ printed }: Running, before: number): string[] {
  const same = printed()
    .slice(before)
    .replaceAll(/\d\d:\d\d:\d\d/g, "time")
    .replaceAll(/\d+ ms/g, "n ms");
  return same
    .replaceAll(/fnfunc\.…\w{6}/g, "fnfunc.…")
    .trimEnd()
    .split("\n");
}

describe("npm run dev", () => {
  test("tells the story of an event from the bus to the receiver, of its repeat, and of a call by Fn", async () => {
    const dev = await startDev();
    let before = dev.printed().length;
    await emit(dev);
    await dev.until(/webhook {3}.*answered/);
    const bus = "          bus       rule everything: FAAS ocid1.fnfunc.… called, answered 200";
    expect(toldSince(dev, before)).toEqual([
      "time  com.oraclecloud.computeapi.launchinstance.end · web-1",
      bus,
      "          function  delivered · answered 200 in n ms",
      "                    webhook delivered, answered 200",
      "                    ons delivered, answered 202",
      expect.stringMatching(/^ {10}webhook {3}SERVER\/CREATE · \d+ bytes · X-Auth-Token valid · answered 200$/),
    ]);
    before = dev.printed().length;
    await emit(dev);
    await dev.until(/ons duplicate\n/);
    expect(toldSince(dev, before)).toEqual([
      "time  com.oraclecloud.computeapi.launchinstance.end · web-1",
      bus,
      "          function  duplicate · answered 200 in n ms",
      "                    webhook duplicate",
      "                    ons duplicate",
    ]);
    before = dev.printed().length;
    const { items: apps } = await (await fetch(`${dev.fnUrl}/v2/apps?name=relay`)).json();
    const { items: fns } = await (await fetch(`${dev.fnUrl}/v2/fns?app_id=${apps[0].id}&name=oci-event-relay`)).json();
    const body = fixture("user-created").toString();
    const invoked = await fetch(`${dev.fnUrl}/invoke/${fns[0].id}`, { method: "POST", body });
    expect(await invoked.json()).toMatchObject({ outcome: "delivered", deliveries: [{}, { status: 202 }] });
    await dev.until(/fn invoke: .*\n/);
    expect(toldSince(dev, before)).toEqual([
      expect.stringMatching(/^time {2}webhook: USER\/CREATE · \d+ bytes · X-Auth-Token valid · answered 200$/),
      "time  fn invoke: com.oraclecloud.identitycontrolplane.createuser  delivered in n ms",
    ]);
    dev.signal("SIGTERM");
    expect([await dev.exitCode, await dev.stderr]).toEqual([0, ""]);
  }, 60_000);

  test("builds on change and runs what was built; a broken source leaves the old build serving", async () => {
    const dev = await startDev(["--quiet"]);
    await emit(dev, { eventID: "e-1" });
    await dev.until(/delivered · answered 200 in \d+ ms {2}SERVER\/CREATE\n/);
    const source = join(copy, "src/outcome.ts");
    const sound = readFileSync(source, "utf8");
    appendFileSync(source, "\nconst broken = ;\n");
    await dev.until(
      /src\/outcome\.ts:\d+:\d+:[\s\S]*Not built \(src\/outcome\.ts has changed\): what was built before goes on\./,
    );
    await emit(dev, { eventID: "e-2" });
    await dev.until(/goes on\.\n.*delivered · answered 200/);
    writeFileSync(source, sound);
    await dev.until(/goes on\.[\s\S]*Built in \d+ ms \(src\/outcome\.ts has changed\)/);

    // An editor that puts another file in the place of the old one.
    const config = join(copy, "relay.config.ts");
    const before = readFileSync(config, "utf8");
    const chat = '{ type: "webhook", url: env("CHAT_URL") }';
    const text = `import { defineRelay } from "./src/config.ts";
      export default defineRelay(({ env }) => ({ destinations: { chat: ${chat} } }));`;
    writeFileSync(`${config}.new`, text);
    renameSync(`${config}.new`, config);
    await dev.until(/Built in \d+ ms \(relay\.config\.ts has changed\)/);
    await emit(dev, { eventID: "e-3" });
    await dev.until(/log: fatal cannot start problems=.*CHAT_URL is not set[\s\S]*no reply · answered 502/);
    writeFileSync(config, before);
    await dev.until(/(?:relay\.config\.ts has changed[\s\S]*){2}/);
    await emit(dev, { eventID: "e-4" });
    await dev.until(/no reply[\s\S]*delivered · answered 200/);
    dev.signal("SIGINT");
    expect(await dev.exitCode).toBe(0);
  }, 90_000);

  test("lets this environment decide what is delivered where, but not which Oracle Cloud it is", async () => {
    const sink = await startSink({ secretKey: "a-key-of-mine-that-is-long-enough" });
    try {
      const dev = await startDev(["--all"], {
        ...{ WEBHOOK_URL: sink.url, WEBHOOK_SECRET_KEY: "a-key-of-mine-that-is-long-enough", ONS_TOPIC_ID: "" },
        ...{ DEDUPE_BUCKET: "", OCI_ENDPOINT_URL: "http://127.0.0.1:1" },
      });
      expect(dev.printed()).toMatch(/^ {2}yours +.*WEBHOOK_URL/m);
      await emit(dev);
      await emit(dev);
      await dev.until(/(?:· answered 200 in[\s\S]*){2}/);
      expect(dev.printed()).toMatch(/log: info delivery .*destination=webhook outcome=delivered/);
      expect([sink.received.map(({ token }) => token), dev.printed().includes(" ons ")]).toEqual([["valid"], false]);
    } finally {
      await sink.close();
    }
  }, 60_000);

  test("shows what is wrong with a relay that cannot be built at the start, and ends", async () => {
    writeFileSync(join(copy, "relay.config.ts"), "export default 3;");
    const { code, out, err } = await runCommand("dev.ts", ANY_PORT, { root: copy });
    expect([code, `${out}${err}`]).toEqual([
      1,
      expect.stringMatching(
        /relay\.config\.ts: expected export default defineRelay\([\s\S]*Mend that, then npm run dev again\.\n$/,
      ),
    ]);
  });

  test.each([
    "--emulator-port",
    "--fn-port",
    "--sink-port",
  ])("says which other port to try when that of %s is taken", async (option) => {
    const taken = await serveLoopback(() => ({ status: 200 }));
    try {
      const { port } = new URL(taken.url);
      const { code, err } = await runCommand("dev.ts", [...ANY_PORT, option, port], { root: copy });
      const told = `Cannot listen on 127.0.0.1:${port}: something else does. End it, or choose another port with ${option}`;
      expect([code, err.startsWith(told)]).toEqual([1, true]);
    } finally {
      await taken.close();
    }
  });

  test.each([
    [["--help"], 0, "Usage: npm run dev [-- options]\n", ""],
    [["--fn-port", "1e9"], 2, "", '--fn-port: a whole number from 0 (any free one) to 65535, got "1e9"'],
    [["--loud"], 2, "", "Unknown option '--loud'"],
  ])("answers %j", async (args, exitCode, stdout, stderr) => {
    const { code, out, err } = await runCommand("dev.ts", args, { root: copy });
    expect([code, out.startsWith(stdout), err.startsWith(stderr)]).toEqual([exitCode, true, true]);
  });
});

describe("the keys of npm run dev", () => {
  function pressed() {
    const input = Object.assign(new PassThrough(), {
      isTTY: true,
      isRaw: false,
      setRawMode: (isRaw: boolean) => (input.isRaw = isRaw),
    });
    const emitted: Record<string, unknown>[] = [];
    const log = vi.spyOn(console, "log").mockImplementation(() => {});
    const actions = {
      emit: (event: Record<string, unknown>) => void emitted.push(event),
      build: vi.fn(),
      switchReceiver: vi.fn(() => false),
      end: vi.fn(),
    };
    const keys = actOnKeys(input as unknown as ReadStream, actions);
    const press = async (text: string) => {
      input.write(text);
      await new Promise(setImmediate);
    };
    const told = () => log.mock.calls.map(([line]) => String(line ?? "")).join("\n");
    return { input, keys, emitted, press, told, ...actions };
  }
  afterEach(() => vi.restoreAllMocks());

  test("a number emits a telling event as a new one, and d the same once more", async () => {
    const { press, emitted } = pressed();
    await press("1");
    await press("d");
    await press("1");
    const { eventID, eventTime, ...rest } = JSON.parse(fixture("instance-launched").toString());
    expect(emitted.map(({ eventID: _, eventTime: __, ...each }) => each)).toEqual([rest, rest, rest]);
    const [one, again, another] = emitted.map((event) => event.eventID);
    expect([one === eventID, again === one, another === one]).toEqual([false, true, false]);
  });

  test("d before anything was sent says so", async () => {
    const { press, emitted, told } = pressed();
    await press("d");
    expect([emitted, told()]).toEqual([[], "Nothing was sent yet: press 1 first, then d."]);
  });

  test("n goes through all fixtures, several keys at once are all heard, and an arrow is none", async () => {
    const { press, emitted } = pressed();
    await press("nnn");
    await press("\u001b[A");
    expect(emitted.map(({ eventType }) => eventType)).toEqual([
      "com.oraclecloud.databaseservice.autonomous.database.instance.create.end",
      "com.oraclecloud.objectstorage.createbucket",
      "com.oraclecloud.objectstorage.deletebucket",
    ]);
  });

  test("f asks for a fixture, and the keys work again after it", async () => {
    const { press, emitted, told } = pressed();
    vi.spyOn(process.stdout, "write").mockImplementation(() => true);
    await press("f");
    await press("user-creatd\n");
    await press("f");
    await press("user-created\n");
    await press("2");
    expect([emitted.map(({ eventType }) => eventType), told()]).toEqual([
      ["com.oraclecloud.identitycontrolplane.createuser", "com.oraclecloud.computeapi.launchinstance.begin"],
      "no fixture and no file is called user-creatd: did you mean user-created?",
    ]);
  });

  test("Esc leaves the question for a fixture", async () => {
    const { input, press, emitted } = pressed();
    vi.spyOn(process.stdout, "write").mockImplementation(() => true);
    await press("f");
    await press("user-cr");
    await press("\u001b");
    await vi.waitFor(() => expect(input.listenerCount("keypress")).toBe(0));
    await press("2");
    expect(emitted.map(({ eventType }) => eventType)).toEqual(["com.oraclecloud.computeapi.launchinstance.begin"]);
  });

  test("r, b and q do what the help says; Ctrl-C is q; in the end the terminal is as it was", async () => {
    const { press, told, switchReceiver, build, end, input, keys } = pressed();
    await press("rbhl");
    await press("\u0003");
    expect([switchReceiver, build, end].map((action) => action.mock.calls.length)).toEqual([1, 1, 1]);
    for (const line of ["The receiver is down", "1-9  emit a telling event", "instance-launched "]) {
      expect(told()).toContain(line);
    }
    expect(input.isRaw).toBe(true);
    keys.stop();
    expect(input.isRaw).toBe(false);
  });
});
