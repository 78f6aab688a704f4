import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createEvents, type Events } from "../local/events/events.ts";
import { fixture, fixtureNames } from "../local/fixtures.ts";
import { mismatch } from "../ops/explain/mismatch.ts";
import { type Condition, matches } from "../src/condition.ts";
import { parseEvent } from "../src/envelope.ts";
import { createRouter } from "../src/route.ts";
import { startTestCloud, type TestCloud } from "./local/cloud.ts";

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/**
 * The documented rules for a filter, in their own words and as slow as they like: an object needs all of its fields, an array any
 * of its items, an array in the event any of its; `*` stands for any text, a lone one for anything but null; numbers are compared
 * as numbers, booleans whatever their case.
 */
function obviously(filter: Json, value: Json): boolean {
  if (Array.isArray(filter)) {
    for (const item of filter) if (obviously(item, value)) return true;
    return false;
  }
  if (filter !== null && typeof filter === "object") {
    if (value === null || typeof value !== "object" || Array.isArray(value)) return false;
    for (const [key, item] of Object.entries(filter)) {
      const its = Object.entries(value).find(([name]) => name === key);
      if (its === undefined || !obviously(item, its[1])) return false;
    }
    return true;
  }
  if (filter === null) return false;
  if (filter === "*") return value !== null;
  if (Array.isArray(value)) {
    for (const item of value) if (obviously(filter, item)) return true;
    return false;
  }
  if (value === null || typeof value === "object") return false;
  if (typeof filter === "string" && filter.includes("*")) return fits([...filter], [...String(value)]);
  if (typeof filter === "boolean" || typeof value === "boolean") {
    return String(filter).toLowerCase() === String(value).toLowerCase();
  }
  if (String(filter) === String(value)) return true;
  return isNumeric(filter) && isNumeric(value) && Number(filter) === Number(value);
}

/** Tries every length for every `*`. */
function fits(pattern: readonly string[], text: readonly string[]): boolean {
  const [first, ...rest] = pattern;
  if (first === undefined) return text.length === 0;
  if (first !== "*") return first === text[0] && fits(rest, text.slice(1));
  for (let taken = 0; taken <= text.length; taken++) if (fits(rest, text.slice(taken))) return true;
  return false;
}

function isNumeric(value: string | number | boolean): boolean {
  return /^-?[0-9]+([.][0-9]+)?([eE][+-]?[0-9]+)?$/.test(String(value));
}

// Few keys and letters, so that filters and events meet; what no JSON object of an event may be trusted with is among them.
const key = fc.constantFrom("a", "b", "eventType", "data", "constructor", "length", "toString");
const word = fc.string({ unit: fc.constantFrom("a", "b", "A", ".", "é"), maxLength: 5 });
const numeric = fc.constantFrom("100", "100.0", "1.0e2", "1e2", "-0", "0", "0.5", "5e-1", "abc1");
const scalar = fc.oneof(
  fc.constant(null),
  fc.boolean(),
  fc.constantFrom(100, 0, -0, 0.5, 1, -3),
  fc.constantFrom("true", "True", "FALSE", "null", "", "a*b"),
  numeric,
  word,
);
const glob = fc.string({ unit: fc.constantFrom("a", "b", ".", "*", "é"), maxLength: 6 });

const { value } = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    scalar,
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(key, tie("value"), { maxKeys: 4 }),
  ),
}));
const { filter } = fc.letrec<{ filter: Json }>((tie) => ({
  filter: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.oneof(scalar, glob, fc.constant("*")),
    fc.array(tie("filter"), { maxLength: 3 }),
    fc.dictionary(key, tie("filter"), { maxKeys: 3 }),
  ),
}));

/** A filter that is made of a value, now and then the right one. */
function drawnFrom(source: Json): fc.Arbitrary<Json> {
  const any = fc.oneof(fc.constant(source), fc.constant("*"), filter);
  if (typeof source === "string") {
    const cut = fc.nat({ max: source.length }).map((at) => `${source.slice(0, at)}*`);
    return fc.oneof(
      any,
      cut,
      cut.map((text) => [text, "none"]),
      fc.constant(`*${source.slice(1)}`),
    );
  }
  if (typeof source === "number")
    return fc.oneof(any, fc.constant(String(source)), fc.constant(source.toExponential()));
  if (typeof source === "boolean") return fc.oneof(any, fc.constant(String(source).toUpperCase()));
  if (Array.isArray(source)) return fc.oneof(any, ...source.slice(0, 3).map(drawnFrom));
  if (source === null) return any;
  const fields = Object.fromEntries(Object.entries(source).map(([name, item]) => [name, drawnFrom(item)]));
  const some = fc.record(fields, { requiredKeys: [] }) as fc.Arbitrary<Json>;
  return fc.oneof(
    { arbitrary: some, weight: 6 },
    { arbitrary: any, weight: 1 },
    { arbitrary: fc.constant({}), weight: 1 },
  );
}

const RUNS = { numRuns: 3000 };

describe("matches, against an implementation that is plain to see", () => {
  test("gives the same verdict for any filter and any value", () => {
    fc.assert(
      fc.property(filter, value, (wanted, came) => {
        expect(matches(wanted, came)).toBe(obviously(wanted, came));
      }),
      RUNS,
    );
  });

  test("gives the same verdict for filters that are drawn from the value, and so often match", () => {
    const verdicts = new Set<boolean>();
    fc.assert(
      fc.property(
        value.chain((came) => drawnFrom(came).map((wanted) => ({ wanted, came }))),
        ({ wanted, came }) => {
          const verdict = matches(wanted, came);
          verdicts.add(verdict);
          expect(verdict).toBe(obviously(wanted, came));
        },
      ),
      RUNS,
    );
    expect(verdicts).toEqual(new Set([true, false]));
  });
});

describe("whoever matches conditions comes to one verdict", () => {
  const raws = fixtureNames().flatMap((name) => {
    const parsed = JSON.parse(fixture(name).toString());
    return parseEvent(parsed).ok ? [parsed as { [key: string]: Json }] : [];
  });
  const drawn = fc
    .constantFrom(...raws)
    .chain((event) => fc.tuple(fc.constant(event), drawnFrom(event)))
    .filter((pair): pair is [{ [key: string]: Json }, { [key: string]: Json }] => isObject(pair[1]));

  test("explain says that nothing differs exactly where the condition matches", () => {
    const verdicts = new Set<boolean>();
    fc.assert(
      fc.property(fc.oneof(drawn, fc.tuple(value, filter)), ([event, condition]) => {
        const isMatch = mismatch(condition, event) === undefined;
        verdicts.add(isMatch);
        expect(isMatch).toBe(matches(condition, event));
      }),
      RUNS,
    );
    expect(verdicts).toEqual(new Set([true, false]));
  });

  test("the field that explain names is one that the condition has, and it does not match by itself", () => {
    fc.assert(
      fc.property(drawn, ([event, condition]) => {
        const found = mismatch(condition, event);
        if (found === undefined) return;
        const wanted = found.path.reduceRight<unknown>((inner, name) => ({ [name]: inner }), found.wants);
        expect([matches(wanted, event), at(event, found.path)]).toEqual([false, found.has]);
      }),
      RUNS,
    );
  });

  test("the router delivers exactly where the condition matches, whether it names types or not", () => {
    const verdicts = new Set<boolean>();
    fc.assert(
      fc.property(drawn, ([raw, condition]) => {
        const parsed = parseEvent(raw);
        if (!parsed.ok) throw new Error(parsed.problem);
        const { destinations } = createRouter([{ match: condition as Condition, to: ["webhook"] }])(parsed.value);
        verdicts.add(destinations.has("webhook"));
        expect(destinations.has("webhook")).toBe(matches(condition, raw));
      }),
      RUNS,
    );
    expect(verdicts).toEqual(new Set([true, false]));
  });

  test("the rules of the local OCI hear exactly what the condition matches", async () => {
    const verdicts = new Set<boolean>();
    await fc.assert(
      fc.asyncProperty(drawn, async ([raw, condition]) => {
        const isHeard = await isRuled(condition, raw);
        verdicts.add(isHeard);
        expect(isHeard).toBe(matches(condition, raw));
      }),
      RUNS,
    );
    expect(verdicts).toEqual(new Set([true, false]));
  });
});

function isObject(json: Json): json is { [key: string]: Json } {
  return typeof json === "object" && json !== null && !Array.isArray(json);
}

function at(json: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (inner, name) =>
      inner !== null && typeof inner === "object" && Object.hasOwn(inner, name)
        ? (inner as Record<string, unknown>)[name]
        : undefined,
    json,
  );
}

/** A local OCI with one rule, in the root compartment: the one that is asked for. */
let server: TestCloud;
let events: Events;
beforeAll(async () => {
  server = await startTestCloud(() => []);
  events = createEvents(server.cloud, { maxMatchesPerMinute: 1_000_000 });
});
afterAll(async () => {
  await events.close();
  await server.close();
});

/** Does a rule with this condition see the event on the bus? */
async function isRuled(condition: Json | Condition, event: Record<string, unknown>): Promise<boolean> {
  const { tenancyId, store } = server.cloud;
  store.collection("rules").set("rule", {
    ...{ id: "rule", displayName: "rule", compartmentId: tenancyId, isEnabled: true, lifecycleState: "ACTIVE" },
    ...{ condition: JSON.stringify(condition), actions: [] },
  });
  const { rules } = await events.deliver(event);
  return rules.length === 1;
}

/** What the five say of one event, in a row. */
async function verdictsOf(condition: Condition, raw: Record<string, unknown>): Promise<boolean[]> {
  const parsed = parseEvent(raw);
  if (!parsed.ok) throw new Error(parsed.problem);
  const routed = createRouter([{ match: condition, to: ["webhook"] }])(parsed.value);
  return [
    matches(condition, raw),
    obviously(condition as Json, raw as Json),
    mismatch(condition, raw) === undefined,
    routed.destinations.size === 1,
    await isRuled(condition, raw),
  ];
}

const fiveTimes = (verdict: boolean) => Array(5).fill(verdict);

describe("the examples of Oracle's page on filters, against a deleted bucket", () => {
  const deleted = JSON.parse(fixture("bucket-deleted").toString());
  const BUCKETS = "com.oraclecloud.objectstorage";

  test.each<[string, Condition, boolean]>([
    ["every event", {}, true],
    ["one type", { eventType: `${BUCKETS}.deletebucket` }, true],
    ["another type", { eventType: `${BUCKETS}.createbucket` }, false],
    ["either of two types", { eventType: [`${BUCKETS}.deletebucket`, `${BUCKETS}.createbucket`] }, true],
    ["two fields of the payload", { data: { compartmentName: "prod", resourceName: "invoice-archive" } }, true],
    ["one of two fields", { data: { compartmentName: "prod", resourceName: "another" } }, false],
    ["an attribute", { data: { additionalDetails: { publicAccessType: "NoPublicAccess" } } }, true],
    ["an attribute with another value", { data: { additionalDetails: { publicAccessType: "ObjectRead" } } }, false],
    ["another bucket", { data: { resourceName: "another" } }, false],
    ["either of two buckets", { data: { resourceName: ["invoice-archive", "another"] } }, true],
    [
      "arrays in both",
      { eventType: [`${BUCKETS}.deletebucket`], data: { resourceName: ["another", "invoice-archive"] } },
      true,
    ],
    [
      "arrays in both, one without a hit",
      { eventType: [`${BUCKETS}.createbucket`], data: { resourceName: ["invoice-archive"] } },
      false,
    ],
    ["a pattern in the payload", { data: { resourceName: "invoice-*" } }, true],
    ["a pattern under a name that the event has not", { data: { displayName: "invoice-*" } }, false],
    ["a pattern at the start", { data: { additionalDetails: { publicAccessType: "*PublicAccess" } } }, true],
    ["a lone *", { data: { additionalDetails: { publicAccessType: "*" } } }, true],
    ["a lone * on null", { schemaURL: "*" }, false],
    ["a pattern across dots", { eventType: `${BUCKETS}.*bucket` }, true],
    ["a tag", { data: { freeFormTags: { Department: "Finance" } } }, true],
  ])("%s", async (_, condition, verdict) => {
    expect(await verdictsOf(condition, deleted)).toEqual(fiveTimes(verdict));
  });
});

describe("conditions in production", () => {
  const launched = JSON.parse(fixture("instance-launched").toString());
  const problem = JSON.parse(fixture("problem-detected").toString());
  const bucket = JSON.parse(fixture("bucket-created").toString());

  test.each<[string, Condition, Record<string, unknown>, boolean]>([
    [
      "oci-hpc: a launch in a compartment",
      {
        eventType: ["com.oraclecloud.computeapi.launchinstance.end"],
        data: { compartmentId: [launched.data.compartmentId] },
      },
      launched,
      true,
    ],
    [
      "oci-hpc: another compartment",
      {
        eventType: ["com.oraclecloud.computeapi.launchinstance.end"],
        data: { compartmentId: ["ocid1.compartment.oc1..other"] },
      },
      launched,
      false,
    ],
    [
      "the CIS landing zone: grave problems of Cloud Guard",
      {
        eventType: ["com.oraclecloud.cloudguard.problemdetected"],
        data: { additionalDetails: { riskLevel: ["CRITICAL", "HIGH"] } },
      },
      problem,
      ["CRITICAL", "HIGH"].includes(problem.data.additionalDetails.riskLevel),
    ],
    ["the Console's own: data as an empty object", { eventType: [bucket.eventType], data: {} }, bucket, true],
    ["a bucket's name where it stands", { data: { additionalDetails: { bucketName: "invoice-*" } } }, bucket, true],
    ["a bucket's name where it does not", { data: { bucketName: "invoice-archive" } }, bucket, false],
    ["an operator of EventBridge", { data: { resourceName: { prefix: "invoice" } } }, bucket, false],
    ["an image", { data: { additionalDetails: { imageId: launched.data.additionalDetails.imageId } } }, launched, true],
    ["a kind of file", { data: { resourceName: "*.pdf" } }, bucket, false],
  ])("%s", async (_, condition, event, isMatch) => {
    expect(await verdictsOf(condition, event)).toEqual(fiveTimes(isMatch));
  });
});
