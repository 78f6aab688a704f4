import { handlers, resourceTypes } from "../../../handlers/index.ts";
import { classify } from "../../../src/classify.ts";
import { createNormaliser } from "../../../src/normalise.ts";
import { type Planner, planOf } from "../../../src/plan.ts";
import { createRouter } from "../../../src/route.ts";
import event from "../../fixtures/instance-launched.json" with { type: "json" };

// What one event costs inside of the process, against the least that any function must do with the same bytes.
const SIZES = [1_000, 10_000, 100_000];
const BATCHES = 60;
const BATCH_MS = 5;
// Long enough for V8 to have compiled all it is going to, also where its compiling threads get little time.
const WARM_UP_MS = 1_000;

const planner: Planner = {
  route: createRouter([{ match: {}, to: ["webhook"] }]),
  normaliser: createNormaliser({ handlers, resourceTypes }, "us-phoenix-1"),
  destinations: new Map([["webhook", undefined]]),
  ownBuckets: new Set(),
};

const ours = (bytes: Buffer) =>
  classify(bytes).items.map((item) => {
    const plan = planOf(item, planner);
    if (plan.fate !== "wanted") throw new Error(plan.problem);
    return planner.normaliser.normalise(plan.event);
  });
const theirs = (bytes: Buffer) => JSON.parse(bytes.toString());

const rows = SIZES.map((size) => {
  const bytes = eventOf(size);
  const batchOf = { ours: batchSize(ours, bytes), theirs: batchSize(theirs, bytes) };
  const us = { ours: [] as number[], theirs: [] as number[] };
  for (let batch = 0; batch < BATCHES; batch++) {
    us.ours.push(microseconds(ours, bytes, batchOf.ours));
    us.theirs.push(microseconds(theirs, bytes, batchOf.theirs));
  }
  return { bytes: bytes.byteLength, ...us };
});
console.log(JSON.stringify(rows));

/** The fixture, filled up to a size with the kind of thing that big payloads hold: many small records. */
function eventOf(size: number): Buffer {
  const records: unknown[] = [];
  const bytes = () =>
    Buffer.from(
      JSON.stringify({
        ...event,
        data: {
          ...event.data,
          ...(records.length > 0 && { additionalDetails: { ...event.data.additionalDetails, records } }),
        },
      }),
    );
  while (bytes().byteLength < size) {
    const id = `ocid1.vnic.oc1.iad.example${records.length}`;
    records.push({
      id,
      displayName: `vnic-${records.length}`,
      isPrimary: false,
      tags: { owner: "payments", 場所: "東京" },
    });
  }
  return bytes();
}

/** Warms up, and finds how many calls make a batch long enough to be timed. */
function batchSize(call: (bytes: Buffer) => unknown, bytes: Buffer): number {
  const warmMs = performance.now() + WARM_UP_MS;
  while (performance.now() < warmMs) call(bytes);
  return Math.ceil((BATCH_MS * 1000) / microseconds(call, bytes, 10));
}

/** Mean of one call. */
function microseconds(call: (bytes: Buffer) => unknown, bytes: Buffer, calls: number): number {
  const startedMs = performance.now();
  for (let n = 0; n < calls; n++) call(bytes);
  return ((performance.now() - startedMs) * 1000) / calls;
}
