import fc from "fast-check";
import { expect, test } from "vitest";
import { createWarmRecord } from "../../src/deliver/warm-record.ts";

test("knows what was delivered, by destination and identity", () => {
  const record = createWarmRecord(10);
  record.add("webhook", "a");
  expect([
    record.has("webhook", "a"),
    record.has("ons", "a"),
    record.has("webhook", "b"),
    record.has("web", "hook\na"),
  ]).toEqual([true, false, false, false]);
});

test("forgets the oldest first, and takes what is delivered once more for new", () => {
  const record = createWarmRecord(3);
  for (const identity of ["a", "b", "c", "a", "d"]) record.add("webhook", identity);
  expect(["a", "b", "c", "d"].map((identity) => record.has("webhook", identity))).toEqual([true, false, true, true]);
});

test("asking is no delivery: it makes nothing younger", () => {
  const record = createWarmRecord(2);
  record.add("webhook", "a");
  record.add("webhook", "b");
  record.has("webhook", "a");
  record.add("webhook", "c");
  expect(["a", "b", "c"].map((identity) => record.has("webhook", identity))).toEqual([false, true, true]);
});

test("of any deliveries remembers the last ones, as many as it may and no more", () => {
  const deliveries = fc.array(fc.tuple(fc.constantFrom("webhook", "ons"), fc.nat(20)), { maxLength: 60 });
  fc.assert(
    fc.property(deliveries, fc.integer({ min: 1, max: 12 }), (delivered, maxEntries) => {
      const record = createWarmRecord(maxEntries);
      for (const [destination, identity] of delivered) record.add(destination, String(identity));
      const youngestFirst = [...new Set(delivered.map((delivery) => delivery.join(" ")).reverse())];
      const known = youngestFirst.filter((each) => {
        const [destination = "", identity = ""] = each.split(" ");
        return record.has(destination, identity);
      });
      expect(known).toEqual(youngestFirst.slice(0, maxEntries));
    }),
  );
});
