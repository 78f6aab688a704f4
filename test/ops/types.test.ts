import { describe, expect, test } from "vitest";
import { catalogueEntries } from "../../ops/catalogue.ts";
import { runTool } from "./tool.ts";

const types = (...args: string[]) => runTool(["types", ...args]);

describe("relay types", () => {
  test("tells what becomes of each type that has a part of its name", async () => {
    const { code, out, err } = await types("createvolume.");
    expect({
      code,
      err,
      rows: out
        .trim()
        .split("\n")
        .map((line) => line.split(/ {2,}/)),
    }).toEqual({
      code: 0,
      err: "",
      rows: [
        ["event type", "X-Yunion-Event", "family"],
        [
          "com.oraclecloud.blockvolumes.createvolume.begin",
          "DISK/CREATE_BEGIN",
          "volume",
          "ignored unless a route names it: awaits .end",
        ],
        ["com.oraclecloud.blockvolumes.createvolume.end", "DISK/CREATE", "volume"],
      ],
    });
  });

  test("without an argument lists every documented type, as JSON if asked", async () => {
    const { code, out } = await types("--json");
    const lines = out.trim().split("\n");
    expect([code, lines.length]).toEqual([0, catalogueEntries().length]);
    expect(lines.map((line) => JSON.parse(line))).toEqual(catalogueEntries().map((entry) => ({ ...entry })));
  });

  test.each([
    ["a pattern", "com.oraclecloud.objectstorage.*bucket", 3],
    ["a pattern without its beginning", "objectstorage.*bucket", 3],
    ["a pattern of X-Yunion-Event", "ELASTICCACHE/*_begin", 4],
    ["a family", "redis_cluster", 8],
    ["a resource_type", "elasticcache", 8],
    ["an X-Yunion-Event", "Disk/Attach", 2],
    ["a type in the case of audit records", "com.oraclecloud.identityControlPlane.UpdatePolicy", 1],
    ["what is of several kinds by its payload", "instanceaction.end", 1],
  ])("takes %s", async (_, wanted, count) => {
    const { code, out } = await types("--json", wanted);
    expect([code, out.trim().split("\n").length]).toEqual([0, count]);
  });

  test("tells of a type that is not documented what it would become", async () => {
    const { code, out, err } = await types("--json", "quantumcompute.launchqubitarray.end");
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({ thing: "quantumcompute.qubit_array", yunionEvent: "QUBIT_ARRAY/CREATE" });
    expect(err).toContain("nothing documented is near to it");
  });

  test("tells of a family that only audit records tell of", async () => {
    const { code, err } = await types("dns");
    expect([code, err]).toEqual([
      1,
      "dns: Events does not emit it; audit records do, through Connector Hub: zone (DNS_ZONE/…), zone_record (DNS_RECORDSET/…)\n",
    ]);
  });

  test("says of what is not there what may be meant, and lists the rest", async () => {
    const { code, out, err } = await types(
      "com.oraclecloud.computeapi.launchinstances",
      "nosuch",
      "volme",
      "createvcn",
    );
    expect({ code, rows: out.split("\n").map((line) => line.split(/ {2,}/)[0]), err }).toEqual({
      code: 1,
      rows: [
        "event type",
        "com.oraclecloud.virtualnetwork.createvcn",
        "com.oraclecloud.computeapi.launchinstances",
        "",
      ],
      err: [
        "you name com.oraclecloud.computeapi.launchinstances, which OCI does not document, so it may never match: did you mean com.oraclecloud.computeapi.launchinstance.end or com.oraclecloud.computeapi.launchinstance.begin?",
        "nosuch: no part of any documented event type, family or resource_type; try another part of it, or a pattern with *",
        "volme: no part of any documented event type, family or resource_type: did you mean volume?",
        "",
      ].join("\n"),
    });
  });
});
