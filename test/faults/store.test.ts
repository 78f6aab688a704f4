import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Lab, lettersIn, newEvent, startLab } from "./lab.ts";
import { CLAIMING_FAULTS, KEEPING_FAULTS, type StoreFault } from "./store.ts";

const TIMEOUT_MS = 8_000;

let lab: Lab;
beforeAll(async () => {
  lab = await startLab();
});
afterAll(() => lab.close());

/** A bucket with that fault, and how often it was asked. */
function bucketWith({ programme }: StoreFault): string {
  let asked = 0;
  return lab.bucket((request) => programme(request, ++asked));
}

describe("when a receiver refuses an event, Object Storage", () => {
  test.concurrent.each(KEEPING_FAULTS.map((fault) => [fault.title, fault] as const))("%s", async (_, fault) => {
    const receiver = await lab.receiver();
    receiver.programme = () => ({ kind: "answer", status: 400 });
    const bucket = bucketWith(fault);
    const { send } = lab.container(
      { WEBHOOK_URL: receiver.url, DEAD_LETTER_BUCKET: bucket },
      { timeoutMs: TIMEOUT_MS },
    );
    const event = newEvent();
    const { response, reply } = await send(event.body);
    expect(reply).toMatchObject({ outcome: fault.outcome, deliveries: [{ outcome: fault.outcome, attempts: 1 }] });
    expect(response.status).toBe(fault.outcome === "failed" ? 502 : 200);
    expect(response.callMs).toBeLessThan(TIMEOUT_MS);
    expect(lettersIn(lab, bucket).map(({ letter }) => letter.id)).toEqual(Array(fault.objects).fill(event.id));
    if (fault.outcome === "failed")
      expect(reply.deliveries?.[0]?.problem).toMatch(/could not be kept: .*Object Storage/);
  });

  test.concurrent("takes what was no event in the same way: kept, or the call fails", async () => {
    const [good, bad] = [lab.bucket(), lab.bucket(() => ({ status: 500 }))];
    const config = { WEBHOOK_URL: (await lab.receiver()).url };
    const input = Buffer.from([0x7b, 0xff, 0x00]);
    const kept = await lab.container({ ...config, DEAD_LETTER_BUCKET: good }).send(input);
    expect([kept.response.status, kept.reply.outcome]).toEqual([200, "rejected"]);
    const [rejected] = lettersIn(lab, good, "rejected/");
    expect(rejected?.letter).toMatchObject({ outcome: "rejected", base64: input.toString("base64") });
    const failed = await lab.container({ ...config, DEAD_LETTER_BUCKET: bad }).send(input);
    expect([failed.response.status, failed.reply.outcome]).toEqual([502, "failed"]);
  });
});

describe("when a healthy receiver takes an event, the dedupe bucket", () => {
  test.concurrent.each(CLAIMING_FAULTS.map((fault) => [fault.title, fault] as const))("%s", async (_, fault) => {
    const receiver = await lab.receiver();
    const bucket = bucketWith(fault);
    const config = { WEBHOOK_URL: receiver.url, DEDUPE_BUCKET: bucket };
    const event = newEvent();
    const { response, reply } = await lab.container(config, { timeoutMs: TIMEOUT_MS }).send(event.body);
    expect([response.status, reply.outcome]).toEqual([200, fault.outcome]);
    expect(response.callMs).toBeLessThan(TIMEOUT_MS);
    expect(receiver.accepted.get(event.id)).toBe(1);
    expect(lab.oci.storage.objects(bucket).size).toBe(fault.objects);
    // Said, where a repeat could go unseen.
    const isRecorded = [...lab.oci.storage.objects(bucket).values()].some(({ body }) => body.includes('"owner":null'));
    expect(reply.problem === undefined).toBe(isRecorded);
  });
});
