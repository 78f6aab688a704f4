import { catalogue, catalogueEntries } from "../../../ops/catalogue.ts";
import { classify } from "../../../src/classify.ts";
import { createNormaliser } from "../../../src/normalise.ts";
import { type Planner, planOf } from "../../../src/plan.ts";
import { createRouter, type Route } from "../../../src/route.ts";
import event from "../../fixtures/instance-launched.json" with { type: "json" };
import volumeEvent from "../../fixtures/volume-created.json" with { type: "json" };

// What one event costs inside of the process, against the least that any function must do with the same bytes.
const SIZES = [1_000, 10_000, 100_000];
const ROUTES = [10, 100, 1_000];
const BATCHES = 60;
const BATCH_MS = 5;
// Long enough for V8 to have compiled all it is going to, also where its compiling threads get little time.
const WARM_UP_MS = 1_000;

type Call = (bytes: Buffer) => unknown;

/** The whole way of an event but for its delivery, with these routes. */
function relayWith(routes: readonly Route[]): Call {
  const planner: Planner = {
    route: createRouter(routes),
    normaliser: createNormaliser(catalogue, "us-phoenix-1"),
    destinations: new Map([["webhook", undefined]]),
    ownBuckets: new Set(),
  };
  return (bytes) =>
    classify(bytes).items.map((item) => {
      const plan = planOf(item, planner);
      if (plan.fate !== "wanted") throw new Error(plan.problem);
      return planner.normaliser.normalise(plan.event);
    });
}

const everything = relayWith([{ match: {}, to: ["webhook"] }]);
const parseAlone: Call = (bytes) => JSON.parse(bytes.toString());

const cases = [
  ["an instance, all of it ASCII", Buffer.from(JSON.stringify(event))],
  ["a block volume, by the catalogue's tables", Buffer.from(JSON.stringify(volumeEvent))],
  ...SIZES.map((size) => ["an instance, not all of it ASCII", eventOf(size)] as const),
] as const;
const sizes = cases.map(([name, bytes]) => {
  const [ours, theirs] = measured([everything, parseAlone], bytes);
  return { name, bytes: bytes.byteLength, ours, theirs };
});

// The event's own type is one of them, the others are documented, too.
const types = [event.eventType, ...catalogueEntries().map(({ eventType }) => eventType)];
const distinct = [...new Set(types)].map((eventType): Route => ({ match: { eventType }, to: ["webhook"] }));
const bytes = Buffer.from(JSON.stringify(event));
const perRoutes = measured(
  ROUTES.map((count) => relayWith(distinct.slice(0, count))),
  bytes,
);
const routes = ROUTES.map((count, at) => ({ routes: count, us: perRoutes[at] }));

console.log(JSON.stringify({ sizes, routes }));

/** Microseconds of each call, a value for each batch, by turns. */
function measured(calls: readonly Call[], input: Buffer): number[][] {
  const batches = calls.map((call) => batchSize(call, input));
  const us = calls.map((): number[] => []);
  for (let batch = 0; batch < BATCHES; batch++) {
    for (const [at, call] of calls.entries()) us[at]?.push(microseconds(call, input, batches[at] ?? 1));
  }
  return us;
}

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
function batchSize(call: Call, bytes: Buffer): number {
  const warmMs = performance.now() + WARM_UP_MS;
  while (performance.now() < warmMs) call(bytes);
  return Math.ceil((BATCH_MS * 1000) / microseconds(call, bytes, 10));
}

/** Mean of one call. */
function microseconds(call: Call, bytes: Buffer, calls: number): number {
  const startedMs = performance.now();
  for (let n = 0; n < calls; n++) call(bytes);
  return ((performance.now() - startedMs) * 1000) / calls;
}
