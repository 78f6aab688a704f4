import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Lab, lettersIn, startLab } from "./lab.ts";

const RECORDS = 10_000;
const MEMORY_MB = 256;

let lab: Lab;
beforeAll(async () => {
  lab = await startLab();
});
afterAll(() => lab.close());

const ids = Array.from({ length: RECORDS }, (_, n) => `record-${n}`);

/** A batch of Connector Hub's Logging source: audit records of about 650 bytes, together 6 MB. */
const BATCH = JSON.stringify(
  ids.map((id, n) => ({
    specversion: "1.0",
    type: "com.oraclecloud.identityControlPlane.UpdatePolicy",
    id,
    time: "2026-11-20T10:00:00.000Z",
    source: `policy-${n}`,
    dataschema: "2.0",
    oracle: {
      compartmentid: "ocid1.compartment.oc1..aaaaaaaabatchexample",
      ingestedtime: "2026-11-20T10:00:01.000Z",
      loggroupid: "_Audit",
      tenantid: "ocid1.tenancy.oc1..aaaaaaaabatchexample",
    },
    data: {
      eventName: "UpdatePolicy",
      compartmentId: "ocid1.compartment.oc1..aaaaaaaabatchexample",
      compartmentName: "root",
      resourceId: `ocid1.policy.oc1..aaaaaaaabatchexample${n}`,
      identity: { principalName: "jane", credentials: `ST$secret-${n}`, ipAddress: "192.0.2.1" },
      request: { action: "PUT", path: "/20160918/policies", headers: { authorization: [`Signature secret-${n}`] } },
      response: { status: "200", headers: {} },
    },
  })),
);

/** What Node takes for its heap where a container has 256 MB; here there is no such limit. */
const HEAP = { NODE_OPTIONS: `--max-old-space-size=${MEMORY_MB / 2}` };

/** The most memory that a process has held, in MB. */
function peakMbOf(pid: number | undefined): number {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) / 1024;
}

test("the batch has 10,000 records and 6 MB", () => {
  expect(JSON.parse(BATCH).length).toBe(RECORDS);
  expect(BATCH.length / 1e6).toBeGreaterThan(5.9);
});

test.runIf(process.platform === "linux")(
  "a batch of 10,000 log records goes through in one call within 256 MB: a healthy receiver has each once",
  { timeout: 90_000 },
  async () => {
    const receiver = await lab.receiver({ keepBodies: false });
    const bucket = lab.bucket();
    const config = { ...HEAP, WEBHOOK_URL: receiver.url, DEAD_LETTER_BUCKET: bucket };
    const { host, send } = lab.container(config, { timeoutMs: 60_000 });
    const { response, reply } = await send(BATCH);
    expect(response.status).toBe(200);
    expect(reply).toEqual({ outcome: "delivered", counts: { delivered: RECORDS }, items: [] });
    expect(ids.filter((id) => receiver.accepted.get(id) !== 1)).toEqual([]);
    expect(receiver.connections.peak).toBeLessThanOrEqual(32);
    expect(lab.oci.storage.objects(bucket).size).toBe(0);
    expect(peakMbOf(host.pid())).toBeLessThan(MEMORY_MB);
  },
);

test.runIf(process.platform === "linux").each([
  ["answers 503", { kind: "answer", status: 503 }],
  // What is kept of so many pages must not keep all of them in memory.
  ["answers 404 with a page of 10 KB", { kind: "answer", status: 404, body: "no such page ".repeat(800) }],
  ["never answers", { kind: "hang" }],
] as const)(
  "with a receiver that %s each of the 10,000 records is kept, in one object, within 256 MB and the deadline",
  { timeout: 90_000 },
  async (_, behaviour) => {
    const receiver = await lab.receiver({ keepBodies: false });
    receiver.programme = () => behaviour;
    const bucket = lab.bucket();
    const config = { ...HEAP, WEBHOOK_URL: receiver.url, DEAD_LETTER_BUCKET: bucket };
    const { host, logs, send } = lab.container(config, { timeoutMs: 30_000 });
    const { response, reply } = await send(BATCH);
    expect([response.status, reply.outcome, reply.counts]).toEqual([
      200,
      "dead-lettered",
      { "dead-lettered": RECORDS },
    ]);
    expect(reply.items?.length).toBe(100);
    expect(response.callMs).toBeLessThan(30_000);
    expect(peakMbOf(host.pid())).toBeLessThan(MEMORY_MB);

    const letters = lettersIn(lab, bucket);
    expect(letters.map(({ letter }) => letter.id)).toEqual(ids);
    expect(new Set(letters.map(({ object }) => object)).size).toBe(1);
    // Credentials and headers of the audit records are gone from what is kept, and from the log.
    const kept = [...lab.oci.storage.objects(bucket).values()].map(({ body }) => body.toString()).join("");
    expect([kept.includes("secret-"), logs.join("").includes("secret-")]).toEqual([false, false]);
    // The platform keeps 1 MiB of log a call.
    expect(logs.join("\n").length).toBeLessThan(1024 * 1024);
  },
);
