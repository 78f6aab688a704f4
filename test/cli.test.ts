import { execFileSync, spawn } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { fixture, fixtureNames } from "../local/fixtures.ts";
import { LOCAL_SECRET_KEY } from "../local/rig.ts";
import { type Sink, startSink } from "../local/sink.ts";
import { transcribe } from "../local/transcript.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** A copy with the relay as it comes: a build in ROOT would pull dist/ from under the other tests. Its name has a space. */
let copy: string;
beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), "relay copy "));
  const needed = ["src", "handlers", "local", "test/fixtures", "test/golden"];
  for (const name of [...needed, "build.mjs", "bundle.mjs", "package.json", "tsconfig.json"]) {
    cpSync(join(ROOT, name), join(copy, name), { recursive: true });
  }
  writeFileSync(join(copy, "relay.config.ts"), 'export { relayFromVariables as default } from "./src/config.ts";');
  symlinkSync(join(ROOT, "node_modules"), join(copy, "node_modules"));
  execFileSync(process.execPath, ["build.mjs"], { cwd: copy, stdio: "pipe" });
});
afterAll(() => rmSync(copy, { recursive: true, force: true }));

interface Typed {
  input?: Buffer | string;
  env?: Record<string, string>;
}

/** What an npm script runs after the build. */
const run = (script: string, args: string[], typed?: Typed) =>
  ran([process.execPath, "--import", "tsx", `local/${script}.ts`, ...args], typed);

/** The script itself, build and all. */
const runByNpm = (script: string, args: string[]) => ran(["npm", "run", "--silent", script, "--", ...args]);

async function ran([command = "", ...args]: string[], { input, env = {} }: Typed = {}) {
  const child = spawn(command, args, { cwd: copy, env: { ...process.env, INIT_CWD: copy, ...env } });
  child.stdin.end(input ?? "");
  const [stdout, stderr, exitCode] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise<number | null>((resolve) => child.on("close", resolve)),
  ]);
  transcribe(stdout + stderr);
  // npm has words of its own about the machine's settings.
  return { stdout, stderr: stderr.replace(/^npm warn .*\n/gm, ""), exitCode };
}

describe("npm run invoke", () => {
  let sink: Sink | undefined;
  afterEach(() => sink?.close());

  test.each([
    ["delivered", "instance-launched", 0],
    ["ignored", "instance-launching", 3],
    ["rejected", "broken", 1],
  ])("prints the reply of an event that is %s, and tells so by its exit code", async (outcome, name, exitCode) => {
    const ran = await run("invoke", [`test/fixtures/${name}.json`]);
    expect({ exitCode: ran.exitCode, reply: JSON.parse(ran.stdout) }).toEqual({
      exitCode,
      reply: expect.objectContaining({ outcome }),
    });
  });

  test("builds before it runs", async () => {
    rmSync(join(copy, "dist"), { recursive: true });
    const { exitCode, stdout } = await runByNpm("invoke", ["test/fixtures/bucket-deleted.json"]);
    expect([exitCode, JSON.parse(stdout).outcome]).toEqual([0, "delivered"]);
  });

  test("takes an event from standard input", async () => {
    const ran = await run("invoke", ["-"], { input: fixture("bucket-created") });
    expect([ran.exitCode, JSON.parse(ran.stdout).eventType]).toEqual([0, "com.oraclecloud.objectstorage.createbucket"]);
  });

  test.each<[string, string, number, object]>([
    ["delivered", `[${fixture("bucket-created")},${fixture("user-created")}]`, 0, { delivered: 2 }],
    [
      "delivered, with a repeat in it,",
      `[${fixture("bucket-created")},${fixture("bucket-created")}]`,
      0,
      { delivered: 1, duplicate: 1 },
    ],
    ["rejected in part", `[${fixture("bucket-created")},${fixture("broken")}]`, 1, { rejected: 1, delivered: 1 }],
    ["empty", "[]", 3, {}],
  ])("prints the reply of a batch that is %s and tells the worst of it by its exit code", async (_, input, exitCode, counts) => {
    const ran = await run("invoke", ["-"], { input });
    expect({ exitCode: ran.exitCode, counts: JSON.parse(ran.stdout).counts }).toEqual({ exitCode, counts });
  });

  test("delivers where the environment says, and exits 1 when that fails, with the reply and the log", async () => {
    sink = await startSink({ secretKey: LOCAL_SECRET_KEY });
    sink.answer = () => ({ status: 400 });
    const ran = await run("invoke", ["test/fixtures/bucket-created.json"], {
      env: { WEBHOOK_URL: sink.url, WEBHOOK_SECRET_KEY: LOCAL_SECRET_KEY, ROUTES: '[{"match":{},"to":["webhook"]}]' },
    });
    expect([ran.exitCode, JSON.parse(ran.stdout), sink.received.length]).toEqual([
      1,
      expect.objectContaining({ outcome: "failed" }),
      1,
    ]);
    expect(ran.stderr).toContain('"problem":"answered 400; not worth another try"');
  });

  test("shows the problems of a wrong configuration", async () => {
    const ran = await run("invoke", ["test/fixtures/bucket-created.json"], { env: { ROUTES: "[" } });
    expect([ran.exitCode, JSON.parse(ran.stdout)]).toEqual([
      1,
      { message: expect.stringContaining("failed to initialize") },
    ]);
    expect(ran.stderr).toContain("ROUTES: is not JSON");
    expect(ran.stderr).toContain("The function did not start");
  });

  test.each([
    ["no file", [], "Which event?"],
    ["a file that is not there", ["nowhere.json"], "nowhere.json: cannot be read (ENOENT)"],
    ["two files", ["a", "b"], "one event at a time, got 2 arguments"],
    ["an option that it does not have", ["--loud"], "Unknown option '--loud'"],
  ])("with %s says what to do and exits 2", async (_, args, message) => {
    const ran = await run("invoke", args);
    expect([ran.exitCode, ran.stdout]).toEqual([2, ""]);
    expect(ran.stderr).toContain(message);
  });
});

describe("npm start", () => {
  test("tells the story of its events and a table of all fixtures, without colour where nobody looks, and exits 0", async () => {
    const { stdout, stderr, exitCode } = await runByNpm("start", []);
    expect([exitCode, stderr]).toEqual([0, ""]);
    for (const line of [
      "notification  SERVER/CREATE · Instance web-1 created in prod",
      "notification  BUCKET/CREATE",
      "notification  POLICY/UPDATE · Policy NetworkAdmins-policy updated in acme",
      "webhook answered 500; gave up after 5 attempts",
      `${fixtureNames().length} of ${fixtureNames().length} came out as they should.`,
    ]) {
      expect(stdout).toContain(line);
    }
    expect(stdout).not.toContain("\u001b");
  });

  test("--json gives one document for machines", async () => {
    const { stdout, exitCode } = await run("start", ["--json"]);
    const { stories, summary } = JSON.parse(stdout);
    expect([exitCode, stories.length, summary.length]).toEqual([0, 16, fixtureNames().length]);
    expect([...stories, ...summary].filter((story) => !story.isAsExpected)).toEqual([]);
  });

  test("an option that it does not have is refused with exit code 2", async () => {
    const { stderr, exitCode } = await run("start", ["--loud"]);
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining("Unknown option '--loud'")]);
  });
});
