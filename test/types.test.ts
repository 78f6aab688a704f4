import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/**
 * What somebody may write, by file: each line with the code of the error that it must get, as `// TS2820`, or none.
 * test/types/ holds the exact types; here it is seen that the compiler itself, run as users run it, refuses and accepts.
 */
const FILES: Readonly<Record<string, string>> = {
  "sound.ts": `
    import * as z from "zod/mini";
    import type { FamilyNotification } from "../../handlers/index.ts";
    import { customType, type RuleCondition } from "../../src/event-type.ts";
    import { defineHandler, text } from "../../src/handler.ts";
    import type { JsonValue } from "../../src/json-value.ts";
    export const conditions: RuleCondition[] = [
      { eventType: "com.oraclecloud.computeapi.launchinstance.end" },
      { eventType: ["com.oraclecloud.computeapi.*", customType("com.oraclecloud.brandnew.thing")] },
    ];
    export const render = (notification: FamilyNotification): JsonValue =>
      notification.family === "instance" ? { shape: notification.details.instance_type ?? null } : notification.title;
    export const handler = defineHandler({
      resourceType: "server",
      noun: "Instance",
      actions: { "com.oraclecloud.computeapi.launchinstance.end": "create" },
      additionalDetails: () => z.object({ shape: text }),
      normalise: ({ additionalDetails: { shape } }) => ({ details: { instance_type: shape } }),
    });`,

  "condition.ts": `
    import type { RuleCondition } from "../../src/event-type.ts";
    export const conditions: RuleCondition[] = [
      { eventType: "com.oraclecloud.computeapi.launchinstance.ned" }, // TS2820
      { eventType: ["com.oraclecloud.computeapi.launchinstance.ned"] }, // TS2820
      { eventType: "com.oraclecloud.brandnew.thing" }, // TS2322
      { evenType: "com.oraclecloud.computeapi.launchinstance.end" }, // TS2561
    ];`,

  "render.ts": `
    import type { FamilyNotification } from "../../handlers/index.ts";
    import type { JsonValue } from "../../src/json-value.ts";
    export const unnarrowed = (notification: FamilyNotification): JsonValue => ({
      shape: notification.details.instance_type ?? "", // TS2339
    });
    export const narrowed = (notification: FamilyNotification): JsonValue => {
      if (notification.family === "bucket") return notification.details.instance_type ?? ""; // TS2339
      if (notification.family === "instance") return notification.details.instance_typ ?? ""; // TS2551
      return notification.summary; // TS2339
    };
    export const noFamily = (notification: FamilyNotification): boolean =>
      notification.family === "server"; // TS2367
    export const noJson: (notification: FamilyNotification) => JsonValue =
      () => new Date(); // TS2322`,

  "handler.ts": `
    import * as z from "zod/mini";
    import { defineHandler, text } from "../../src/handler.ts";
    const start = { resourceType: "server", noun: "Instance", additionalDetails: () => z.object({ shape: text }) };
    const actions = { "com.oraclecloud.computeapi.launchinstance.end": "create" } as const;
    export const handlers = [
      defineHandler({
        ...start,
        actions: {
          "com.oraclecloud.computeapi.launchinstnce.end": "create", // TS2353
        },
        normalise: () => ({}),
      }),
      defineHandler({
        ...start,
        actions,
        normalise: ({ additionalDetails: { shap } }) => ({ // TS2339
          details: { instance_type: shap },
        }),
      }),
      defineHandler({
        ...start,
        actions,
        normalise: ({ additionalDetails: { shape } }) => ({
          details: { instance_typ: shape }, // TS2322
          idd: "ocid1.instance", // TS2322
        }),
      }),
    ];`,

  "readme.ts": readmeHandler(),
};

/** README shows how a handler is written: it compiles where it is said to stand. */
function readmeHandler(): string {
  const readme = readFileSync(join(ROOT, "README.md"), "utf8");
  const blocks = [...readme.matchAll(/^```ts\n(.+?)^```$/gms)].map((match) => match[1] ?? "");
  const example = blocks.find((block) => block.includes("defineHandler({"));
  if (example === undefined) throw new Error("README.md shows no defineHandler({ … })");
  return example.replaceAll('"../src/', '"../../src/');
}

test("what is misspelt or does not fit is refused where it stands, and what is sound compiles", async () => {
  await mkdir(join(ROOT, ".cache"), { recursive: true });
  const directory = await mkdtemp(join(ROOT, ".cache/types-"));
  try {
    await writeFile(join(directory, "tsconfig.json"), '{ "extends": "../../tsconfig.json", "include": ["*.ts"] }');
    for (const [file, source] of Object.entries(FILES)) await writeFile(join(directory, file), source);
    expect(await diagnosticsOf(directory)).toEqual(Object.entries(FILES).flatMap(marksOf).sort());
  } finally {
    await rm(directory, { recursive: true });
  }
});

/** "condition.ts:4 TS2820" for each mark. */
function marksOf([file, source]: [string, string]): string[] {
  return source.split("\n").flatMap((line, index) => {
    const code = /\/\/ (TS\d+)$/.exec(line)?.[1];
    return code === undefined ? [] : [`${file}:${index + 1} ${code}`];
  });
}

/** What `tsc` says of a project, in the form of the marks. */
async function diagnosticsOf(directory: string): Promise<string[]> {
  const tsc = join(ROOT, "node_modules/typescript/bin/tsc");
  const output = await new Promise<string>((resolve) => {
    const args = [tsc, "--noEmit", "--pretty", "false", "-p", directory];
    execFile(process.execPath, args, { cwd: ROOT, maxBuffer: 2 ** 26 }, (_, stdout, stderr) =>
      resolve(stdout + stderr),
    );
  });
  // Lines that begin with a space say more of the one before.
  const lines = output.split("\n").filter((line) => line !== "" && !line.startsWith(" "));
  return lines
    .map((line) => {
      const [, file, number, code] = /^(.+?)\((\d+),\d+\): error (TS\d+): /.exec(line) ?? [];
      return file === undefined ? line : `${relative(directory, join(ROOT, file))}:${number} ${code}`;
    })
    .sort();
}
