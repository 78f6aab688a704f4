import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { BUCKET, inBucket, outcomeOf, type StorageSetup, startStorage } from "./storage.ts";

let setup: StorageSetup;
// The SDK's retrier writes to the console whatever it does not retry.
vi.spyOn(console, "warn").mockImplementation(() => {});

beforeEach(async () => {
  setup = await startStorage();
});
afterEach(() => setup.close());

describe("a conditional request", () => {
  test.each<[string, string, { ifMatch?: string; ifNoneMatch?: string }, unknown]>([
    ["creates what is not there", "new", { ifNoneMatch: "*" }, "done"],
    ["does not create what is there", "old", { ifNoneMatch: "*" }, [412, "IfNoneMatchFailed"]],
    [
      "does not know a condition that PutObject does not",
      "new",
      { ifNoneMatch: "e" },
      [400, "InvalidConditionalHeaders"],
    ],
    ["replaces what is still the same", "old", { ifMatch: "etag of old" }, "done"],
    ["does not replace what has changed", "old", { ifMatch: "an older one" }, [412, "IfMatchFailed"]],
    ["does not replace what is not there", "new", { ifMatch: "etag of old" }, [412, "IfMatchFailed"]],
  ])("that puts %s", async (_, name, conditions, outcome) => {
    await setup.put("old");
    const { eTag } = await setup.put("old", "before");
    const ifMatch = conditions.ifMatch === "etag of old" ? eTag : conditions.ifMatch;
    expect(
      await outcomeOf(setup.put(name, "after", { ...conditions, ...(ifMatch !== undefined && { ifMatch }) })),
    ).toEqual(outcome);
    expect(setup.storage.objects(BUCKET).get(name)?.body.toString()).toBe(
      outcome === "done" ? "after" : name === "old" ? "before" : undefined,
    );
  });

  test("gets, looks at and deletes only what has not changed", async () => {
    const older = await setup.put("o");
    const newer = await setup.put("o");
    const outcomes: unknown[] = [];
    for (const call of ["getObject", "headObject", "deleteObject"] as const) {
      for (const { eTag: ifMatch } of [older, newer]) {
        outcomes.push(await outcomeOf(setup.client[call]({ ...inBucket, objectName: "o", ifMatch })));
      }
    }
    expect(outcomes).toEqual([[412, "IfMatchFailed"], "done", [412, "None"], "done", [412, "IfMatchFailed"], "done"]);
    expect(setup.storage.objects(BUCKET).size).toBe(0);
  });

  test("of two that create at once, one finds the other", async () => {
    let release = () => {};
    const bothHere = new Promise<void>((resolve) => {
      release = resolve;
    });
    setup.storage.fault = async ({ count }) => {
      if (count === 2) release();
      await bothHere;
      return undefined;
    };
    const outcomes = await Promise.all(["1", "2"].map((body) => outcomeOf(setup.put("o", body, { ifNoneMatch: "*" }))));
    expect(outcomes.sort()).toEqual([[412, "IfNoneMatchFailed"], "done"]);
  });
});
