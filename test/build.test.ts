import { spawnSync } from "node:child_process";
import {
  copyFileSync,
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Script } from "node:vm";
import { afterEach, expect, test } from "vitest";
import { fixture } from "../local/fixtures.ts";
import { LOCAL_BUCKET, LOCAL_SECRET_KEY, LOCAL_TOPIC_ID, type Rig, replyOf, startRig } from "../local/rig.ts";
import { stockEntry } from "../local/stock.ts";
import { transcribe } from "../local/transcript.ts";

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
  transcribe(stderr);
  return { exitCode: status, stderr, entry: join(copy, "dist/func.cjs") };
}

const cacheName = `${process.version}-${process.arch}.cache`;

/** What every start loads; the parts beside it only where something is configured, or comes, that needs them. */
const ENTRY = ["func.cjs", "relay.cjs"];
const PARTS = ["catalogue.cjs", "oauth2.cjs", "oci.cjs", "unlikely-routes.cjs"];

test("dist/ holds what ships, the entry within its budget: all that a start with a webhook alone loads", () => {
  const cached = ["relay.cjs", ...PARTS];
  const files = [...ENTRY, ...PARTS, ...cached.map((file) => `${file}.${cacheName}`), "event-types.json"];
  expect(readdirSync(join(ROOT, "dist")).sort()).toEqual(files.sort());
  const bytes = ENTRY.map((file) => statSync(join(ROOT, "dist", file)).size);
  expect(bytes.reduce((sum, each) => sum + each)).toBeLessThan(150_000);
});

test("a webhook alone needs nothing but the entry", async () => {
  directory = mkdtempSync(join(tmpdir(), "relay-"));
  const shipped = dirname(await stockEntry());
  for (const file of ENTRY) copyFileSync(join(shipped, file), join(directory, file));
  rig = await startRig({ entry: join(directory, "func.cjs"), config: { ONS_TOPIC_ID: "" } });
  const reply = replyOf(await rig.host.invoke(fixture("instance-launched")), rig.logs);
  expect(reply).toMatchObject({ outcome: "delivered", deliveries: [{ destination: "webhook", status: 200 }] });
});

test.each(["relay.cjs", ...PARTS])("V8 takes the code cache of %s", (file) => {
  const source = readFileSync(join(ROOT, "dist", file), "utf8");
  const cachedData = readFileSync(join(ROOT, "dist", `${file}.${cacheName}`));
  expect(new Script(source, { cachedData }).cachedDataRejected).toBe(false);
});

test("no part has what the entry has: a text of either stands in no other", () => {
  const TEXTS = {
    "relay.cjs": "the request could not be signed as resource principal",
    "oci.cjs": "Object Storage did not tell the tenancy's namespace",
    "oauth2.cjs": "with a token that is no Bearer token",
    "unlikely-routes.cjs": "a route asks for",
  };
  const holders = Object.values(TEXTS).map((text) =>
    [...ENTRY, ...PARTS].filter((file) => readFileSync(join(ROOT, "dist", file), "utf8").includes(text)),
  );
  expect(holders).toEqual(Object.keys(TEXTS).map((file) => [file]));
});

test("a code cache that is broken costs its time and nothing else", async () => {
  const built = buildWith('export { relayFromVariables as default } from "./src/config.ts";');
  writeFileSync(join(dirname(built.entry), `relay.cjs.${cacheName}`), "no cache at all");
  rig = await startRig({ entry: built.entry });
  expect(await rig.host.invoke(fixture("instance-launched"))).toMatchObject({ status: 200 });
});

const mistakes: [string, string, string][] = [
  ["an empty URL", '{ destinations: { cmdb: { type: "webhook", url: "" } } }', "destinations.cmdb.url: is empty"],
  [
    "no topic",
    '{ destinations: { ops: { type: "ons" } } }',
    'destinations.ops.topicId: expected a text or env("NAME"), got nothing',
  ],
  [
    "another type",
    '{ destinations: { ops: { type: "smtp" } } }',
    'destinations.ops.type: expected "webhook", "oic" or "ons", got "smtp"',
  ],
  [
    "a number for a URL",
    '{ destinations: { cmdb: { type: "webhook", url: 5 } } }',
    'destinations.cmdb.url: is a number; a secret is read, with env("NAME") or vault("ocid1.vaultsecret…")',
  ],
  [
    "a secret written out",
    '{ destinations: { cmdb: { type: "webhook", url: env("URL"), secretKey: "abc" } } }',
    'destinations.cmdb.secretKey: is written out in relay.config.ts; a secret is read, with env("NAME") or vault("ocid1.vaultsecret…")',
  ],
  [
    "a password in a header, written out",
    '{ destinations: { cmdb: { type: "webhook", url: env("URL"), header: { "X-Api-Key": "abc", "X-Team": "ops" } } } }',
    'destinations.cmdb.header.X-Api-Key: is written out in relay.config.ts; a secret is read, with env("NAME") or vault("ocid1.vaultsecret…")',
  ],
  [
    "a misspelt setting",
    '{ destinations: { cmdb: { type: "webhook", url: env("URL"), secret: "k" } } }',
    "destinations.cmdb.secret: is not known; known are type, url, auth, tls, secretKey, signingSecrets, header, body, msgKey, useTemplate, syncActions, render",
  ],
  [
    "a setting that is undefined",
    '{ destinations: { cmdb: { type: "webhook", url: env("URL"), secretKey: undefined } } }',
    'destinations.cmdb.secretKey: is undefined; leave it out, or read it with env("NAME")',
  ],
  [
    "a text for a boolean",
    '{ destinations: { cmdb: { type: "webhook", url: env("URL"), useTemplate: "true" } } }',
    'destinations.cmdb.useTemplate: expected true or false, got "true"',
  ],
  [
    "null for a destination",
    "{ destinations: { cmdb: null } }",
    'destinations.cmdb: expected { type: "webhook", "oic" or "ons", … }, got null',
  ],
  [
    "routes that are no array",
    '{ destinations: { ops: { type: "ons", topicId: "ocid1.onstopic.oc1.phx.a" } }, routes: {} }',
    "routes: expected an array, got an object",
  ],
  [
    "a misspelt part",
    '{ destinations: { ops: { type: "ons", topicId: "ocid1.onstopic.oc1.phx.a" } }, route: [] }',
    "route: is not known; known are destinations, routes, egressAllow, deadLetterBucket, dedupeBucket, ociEndpointUrl, logLevel",
  ],
  [
    "a bucket whose name is none",
    '{ destinations: { ops: { type: "ons", topicId: "ocid1.onstopic.oc1.phx.a" } }, deadLetterBucket: "relay/letters" }',
    'deadLetterBucket: expected the name of a bucket (letters, digits, hyphens, underscores, periods), got "relay/letters"',
  ],
  [
    "a host of another kind among those allowed",
    '{ destinations: { ops: { type: "ons", topicId: "ocid1.onstopic.oc1.phx.a" } }, egressAllow: [5] }',
    "egressAllow: the number 5 is no host, http://host or CIDR",
  ],
  [
    "hosts that are no list",
    '{ destinations: { ops: { type: "ons", topicId: "ocid1.onstopic.oc1.phx.a" } }, egressAllow: "cmdb.internal" }',
    'egressAllow: expected an array of hosts and CIDRs, got "cmdb.internal"',
  ],
  [
    "an authentication that is a text, which it does not show",
    '{ destinations: { cmdb: { type: "webhook", url: env("URL"), auth: "Bearer abcdefgh" } } }',
    "destinations.cmdb.auth: expected { type: one of basic, bearer, header, oauth2, … }, got a string of 15 characters",
  ],
  [
    "an empty key",
    '{ destinations: { cmdb: { type: "webhook", url: env("URL"), secretKey: "" } } }',
    "destinations.cmdb.secretKey: is empty",
  ],
  ["no destination", "{ destinations: {} }", "destinations: no destination is configured; set at least one"],
];

test.each(mistakes)("a relay.config.ts with %s is not built", (_, config, problem) => {
  const built = buildWith(
    `import { defineRelay } from "./src/config.ts"; export default defineRelay(({ env }) => (${config}));`,
  );
  expect(built).toMatchObject({
    exitCode: 1,
    stderr: `oci-event-relay: the configuration has 1 problem:\n  ${problem}\n`,
  });
});

test("a relay.config.ts in code, with destinations of its own names and a bucket, is built and delivers", async () => {
  const built = buildWith(`
    import { defineRelay } from "./src/config.ts";
    export default defineRelay(({ env }) => ({
      destinations: {
        cmdb: { type: "webhook", url: env("CMDB_URL"), secretKey: env("CMDB_KEY"), header: { "X-Team": env("TEAM") } },
        security: { type: "ons", topicId: env("SECURITY_TOPIC_ID") },
      },
      dedupeBucket: env("BUCKET"),
      ociEndpointUrl: env("EMULATOR"),
      routes: [{ match: { eventType: "com.oraclecloud.computeapi.*" }, to: ["cmdb", "security"] }],
    }));`);
  expect(built).toMatchObject({ exitCode: 0, stderr: "" });
  rig = await startRig({ entry: built.entry });
  Object.assign(rig.config, {
    CMDB_URL: `${rig.sink.url}/cmdb`,
    CMDB_KEY: LOCAL_SECRET_KEY,
    SECURITY_TOPIC_ID: LOCAL_TOPIC_ID,
    EMULATOR: rig.oci.url,
    BUCKET: LOCAL_BUCKET,
    TEAM: "ops",
  });
  expect(JSON.parse((await rig.host.invoke(fixture("instance-launched"))).body)).toMatchObject({
    outcome: "delivered",
    deliveries: [
      { destination: "cmdb", status: 200 },
      { destination: "security", status: 202 },
    ],
  });
  expect(rig.sink.received[0]).toMatchObject({ path: "/cmdb", token: "valid", headers: { "x-team": "ops" } });
  expect([...rig.storage.objects(LOCAL_BUCKET).keys()]).toEqual([
    expect.stringMatching(/^dedupe\/2026-03-02\/6f1d0c52-8a3e-4a55-9d0b-2b1f6f3c9e01\.[0-9a-f]{12}$/),
  ]);
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
    "oci-event-relay: the configuration has 5 problems:",
    '  destinations.cmdb.url: is written out in relay.config.ts; a secret is read, with env("NAME") or vault("ocid1.vaultsecret…")',
    "  destinations.cmdb.url: is plain http to cmdb.example.com; use https, or allow http://cmdb.example.com (EGRESS_ALLOW, egressAllow in code)",
    "  destinations.cmdb.header: Host may not be set: the relay or HTTP sets it",
    '  routes[0].match.eventType: "createbucket" is malformed; expected com.oraclecloud.<service>.<operation>[.<phase>], lower case, * as wildcard',
    '  routes[0].to: unknown destination "cmbd"; configured: cmdb',
    "",
  ]);
});

test("a relay.config.ts that exports no definition is not built", () => {
  expect(buildWith("export default { destinations: {} };")).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining("relay.config.ts: expected export default defineRelay("),
  });
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
    stderr: expect.stringMatching(
      /^warning: a route names com\.oraclecloud\.kms\.createkey, .* did you mean com\.oraclecloud\.keymanagementservice\.createkey\.end or /,
    ),
  });
});
