import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { catalogueEntries } from "../../ops/catalogue.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const TSX = fileURLToPath(new URL("../../node_modules/tsx/dist/cli.mjs", import.meta.url));

interface Ran {
  code: number;
  out: string;
  err: string;
}

function types(...args: string[]): Promise<Ran> {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [TSX, "ops/relay.ts", "types", ...args],
      { cwd: ROOT, env: { PATH: process.env.PATH ?? "" }, timeout: 60_000, maxBuffer: 10_000_000 },
      (error, out, err) => resolve({ code: error === null ? 0 : (child.exitCode ?? -1), out, err }),
    );
  });
}

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
        ["com.oraclecloud.blockvolumes.createvolume.begin", "DISK/CREATE_BEGIN", "volume", "ignored, awaits .end"],
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
    ["a family", "redis_cluster", 8],
    ["an X-Yunion-Event", "Disk/Attach", 2],
    ["a type in the case of audit records", "com.oraclecloud.identityControlPlane.UpdatePolicy", 1],
  ])("takes %s", async (_, wanted, count) => {
    const { code, out } = await types(wanted);
    expect([code, out.trim().split("\n").length]).toEqual([0, count]);
  });

  test("says of what is not there what may be meant, and lists the rest", async () => {
    const { code, out, err } = await types("com.oraclecloud.computeapi.launchinstance", "nosuch", "createvcn");
    expect({ code, out, err }).toEqual({
      code: 1,
      out: "com.oraclecloud.virtualnetwork.createvcn  VPC/CREATE  vcn\n",
      err: [
        "com.oraclecloud.computeapi.launchinstance, which OCI does not document, so it may never match: did you mean com.oraclecloud.computeapi.launchinstance.end or com.oraclecloud.computeapi.launchinstance.begin?",
        'nosuch, no part of any documented event type; try another part, or a pattern such as "com.oraclecloud.*volume*"',
        "",
      ].join("\n"),
    });
  });
});
