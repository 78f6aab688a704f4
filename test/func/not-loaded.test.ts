import { copyFileSync, cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { fixture } from "../../local/fixtures.ts";
import { LOCAL_BUCKET, type Rig, replyOf, startRig } from "../../local/rig.ts";
import { stockEntry } from "../../local/stock.ts";

const SHIPPED = dirname(await stockEntry());
const MISSING = expect.stringMatching(/^the request could not be signed as resource principal: ENOENT.*oci\.cjs/);
const SECRET_ID = "ocid1.vaultsecret.oc1.phx.amaaaaaalocalexample";

let directory: string;
let rig: Rig | undefined;
afterEach(async () => {
  await rig?.close();
  rmSync(directory, { recursive: true, force: true });
});

/** A relay without one of its files; if none is named, that which holds all that works with the services of OCI. */
async function startWithout(config: Record<string, string>, missing = "oci.cjs"): Promise<Rig> {
  directory = mkdtempSync(join(tmpdir(), "relay-"));
  cpSync(SHIPPED, directory, { recursive: true, filter: (file) => !file.includes(missing) });
  rig = await startRig({ entry: join(directory, "func.cjs"), config });
  return rig;
}

test("what cannot be loaded fails by itself, costs no other destination its event, and is loaded the next time", async () => {
  const { host, logs } = await startWithout({});
  expect(replyOf(await host.invoke(fixture("instance-launched")), logs)).toMatchObject({
    outcome: "failed",
    deliveries: [
      { destination: "webhook", outcome: "delivered" },
      { destination: "ons", outcome: "failed", attempts: 5, problem: MISSING },
    ],
  });
  copyFileSync(join(SHIPPED, "oci.cjs"), join(directory, "oci.cjs"));
  expect(replyOf(await host.invoke(fixture("instance-launched")), logs)).toMatchObject({
    outcome: "delivered",
    deliveries: [
      { destination: "webhook", outcome: "duplicate" },
      { destination: "ons", outcome: "delivered" },
    ],
  });
});

test.each([
  "catalogue.cjs",
  "event-types.json",
])("without %s nothing is lost, and what needs it not goes on", async (file) => {
  const { host, logs } = await startWithout({}, file);
  const outcomes: unknown[] = [];
  for (const name of ["volume-creating", "volume-created", "instance-launched"]) {
    const reply = replyOf(await host.invoke(fixture(name)), logs);
    outcomes.push("outcome" in reply ? reply.outcome : reply.message);
  }
  // A .begin that nobody can judge is wanted: it is for its receiver rather than for nobody.
  expect(outcomes).toEqual(
    file === "catalogue.cjs" ? ["failed", "failed", "delivered"] : ["delivered", "delivered", "delivered"],
  );
});

test("without what looks at routes there is no advice, and all else", async () => {
  const ROUTES = JSON.stringify([{ match: { eventType: "com.oraclecloud.*.end" }, to: ["webhook"] }]);
  const { host, logs } = await startWithout({ ROUTES }, "unlikely-routes.cjs");
  expect(replyOf(await host.invoke(fixture("instance-launched")), logs)).toMatchObject({ outcome: "delivered" });
  expect(logs.filter((line) => line.includes("internal error"))).not.toEqual([]);
});

test("a batch goes to a topic in one pack, as soon as what packs it can be loaded", async () => {
  const { host, ons, logs } = await startWithout({ WEBHOOK_URL: "", WEBHOOK_SECRET_KEY: "" });
  const batch = `[${["instance-launched", "bucket-created"].map((name) => new TextDecoder().decode(fixture(name))).join(",")}]`;
  expect(replyOf(await host.invoke(batch), logs)).toMatchObject({ outcome: "failed", counts: { failed: 2 } });
  copyFileSync(join(SHIPPED, "oci.cjs"), join(directory, "oci.cjs"));
  expect(replyOf(await host.invoke(batch), logs)).toMatchObject({ outcome: "delivered", counts: { delivered: 2 } });
  expect(ons.published.length).toBe(1);
});

test.each<[string, Record<string, string>, number, object]>([
  [
    "a dedupe record is done without",
    { DEDUPE_BUCKET: LOCAL_BUCKET },
    200,
    {
      outcome: "delivered",
      problem: expect.stringContaining("tried without the dedupe record: the request could not be"),
    },
  ],
  [
    "a dead letter is not kept, and the call failed",
    { DEAD_LETTER_BUCKET: LOCAL_BUCKET },
    400,
    {
      outcome: "failed",
      deliveries: [{ problem: expect.stringContaining("and it could not be kept: the request could not") }],
    },
  ],
  [
    "a secret of the vault fails what needs it",
    { WEBHOOK_SECRET_KEY: `vault:${SECRET_ID}` },
    200,
    { outcome: "failed", deliveries: [{ attempts: 5, problem: expect.stringContaining("could not be signed") }] },
  ],
])("%s where what it needs cannot be loaded", async (_, config, status, reply) => {
  const { host, sink, logs } = await startWithout({ ONS_TOPIC_ID: "", ...config });
  sink.answer = () => ({ status });
  expect(replyOf(await host.invoke(fixture("instance-launched")), logs)).toMatchObject(reply);
});
