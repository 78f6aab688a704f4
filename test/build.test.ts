import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, expect, test } from "vitest";
import { fixture } from "../local/fixtures.ts";
import { LOCAL_SECRET_KEY, LOCAL_TOPIC_ID, type Rig, startRig } from "../local/rig.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

let directory: string | undefined;
let rig: Rig | undefined;
afterEach(async () => {
  await rig?.close();
  if (directory !== undefined) rmSync(directory, { recursive: true, force: true });
});

/** Builds a copy of the project that has another relay.config.ts. */
function buildWith(config: string) {
  const copy = mkdtempSync(join(tmpdir(), "relay-"));
  directory = copy;
  for (const name of ["src", "handlers", "build.mjs", "bundle.mjs", "package.json", "tsconfig.json"])
    cpSync(join(ROOT, name), join(copy, name), { recursive: true });
  symlinkSync(join(ROOT, "node_modules"), join(copy, "node_modules"));
  writeFileSync(join(copy, "relay.config.ts"), config);
  const { status, stderr } = spawnSync(process.execPath, ["build.mjs"], {
    cwd: copy,
    encoding: "utf8",
    timeout: 60_000,
  });
  return { exitCode: status, stderr, entry: join(copy, "dist/func.cjs") };
}

const cacheName = `${process.version}-${process.arch}.cache`;

test("dist/ holds what ships, the entry within its budget", () => {
  expect(readdirSync(join(ROOT, "dist")).sort()).toEqual([
    "event-types.json",
    "func.cjs",
    "oci.cjs",
    `oci.cjs.${cacheName}`,
    "relay.cjs",
    `relay.cjs.${cacheName}`,
  ]);
  expect(statSync(join(ROOT, "dist/relay.cjs")).size).toBeLessThan(150_000);
});

test("a relay.config.ts in code, with destinations of its own names, is built and delivers", async () => {
  const built = buildWith(`
    import { defineRelay } from "./src/config.ts";
    export default defineRelay(({ env }) => ({
      destinations: {
        cmdb: { type: "webhook", url: env("CMDB_URL"), secretKey: env("CMDB_KEY"), header: { "X-Team": "ops" } },
        security: { type: "ons", topicId: env("SECURITY_TOPIC_ID") },
      },
      ociEndpointUrl: env("ONS_EMULATOR"),
      routes: [{ match: { eventType: "com.oraclecloud.computeapi.*" }, to: ["cmdb", "security"] }],
    }));`);
  expect(built).toMatchObject({ exitCode: 0, stderr: "" });
  rig = await startRig({ entry: built.entry });
  Object.assign(rig.config, {
    CMDB_URL: `${rig.sink.url}/cmdb`,
    CMDB_KEY: LOCAL_SECRET_KEY,
    SECURITY_TOPIC_ID: LOCAL_TOPIC_ID,
    ONS_EMULATOR: rig.ons.url,
  });
  expect(JSON.parse((await rig.host.invoke(fixture("instance-launched"))).body)).toMatchObject({
    outcome: "delivered",
    deliveries: [
      { destination: "cmdb", status: 200 },
      { destination: "security", status: 202 },
    ],
  });
  expect(rig.sink.received[0]).toMatchObject({ path: "/cmdb", token: "valid", headers: { "x-team": "ops" } });
});

test("a relay.config.ts with mistakes is not built; all of them are listed", () => {
  const built = buildWith(`
    import { defineRelay } from "./src/config.ts";
    export default defineRelay(({ env }) => ({
      destinations: { cmdb: { type: "webhook", url: "http://cmdb.example.com/x", header: { Host: "a" } } },
      routes: [{ match: { eventType: "createbucket" }, to: ["cmbd"] }],
    }));`);
  expect(built).toMatchObject({ exitCode: 1 });
  expect(built.stderr.split("\n")).toEqual([
    "oci-event-relay: the configuration has 4 problems:",
    "  destinations.cmdb.url: is plain http to cmdb.example.com; use https, or add http://cmdb.example.com to EGRESS_ALLOW",
    "  destinations.cmdb.header: Host may not be set: the relay or HTTP sets it",
    '  routes[0].match.eventType: "createbucket" is malformed; expected com.oraclecloud.<service>.<operation>[.<phase>], lower case, * as wildcard',
    '  routes[0].to: unknown destination "cmbd"; configured: cmdb',
    "",
  ]);
});

test("a relay.config.ts that names an undocumented type is built, with a warning", () => {
  const built = buildWith(`
    import { defineRelay } from "./src/config.ts";
    export default defineRelay(({ env }) => ({
      destinations: { cmdb: { type: "webhook", url: env("CMDB_URL") } },
      routes: [{ match: { eventType: "com.oraclecloud.kms.createkey" }, to: ["cmdb"] }],
    }));`);
  expect(built).toMatchObject({
    exitCode: 0,
    stderr: expect.stringMatching(/^warning: a route names com\.oraclecloud\.kms\.createkey, which is not/),
  });
});
