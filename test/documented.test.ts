import { describe, expect, test } from "vitest";
import events from "../handlers/event-types.json" with { type: "json" };
import { catalogueEntries } from "../ops/catalogue.ts";
import { documentedTypes, isDocumented } from "../src/documented.ts";

const documented = { a: "create createbucket.end delete.all", b: "x" };

describe("a type is documented", () => {
  test.each(["a.create", "a.createbucket.end", "a.delete.all", "b.x"])("%s", (type) => {
    expect(isDocumented(`com.oraclecloud.${type}`, documented)).toBe(true);
  });

  test.each([
    ...["a.createbucket", "a.bucket.end", "a.delete", "a.all", "a.creat", "a.x", "a.", "a", "", "c.x", ".x"],
    ...["a.create createbucket.end", "a. ", "A.create", "constructor.x", "constructor.Object()", "__proto__.x"],
  ])("but not %j", (type) => {
    expect(isDocumented(`com.oraclecloud.${type}`, documented)).toBe(false);
  });

  test("but not without its first words", () => {
    expect(
      ["a.create", "xxxxxxxxxxxxxxxxa.create", "com.oracleclouda.create"].filter((type) =>
        isDocumented(type, documented),
      ),
    ).toEqual([]);
  });

  test("if the list that is written out holds it, and all of that", () => {
    const types = documentedTypes(events);
    expect(types.filter((type) => !isDocumented(type, events))).toEqual([]);
    expect(types).toEqual(catalogueEntries().map(({ eventType }) => eventType));
  });
});
