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

  "relay.ts": `
    import type { DestinationConfig, RelayConfig } from "../../src/config/relay.ts";
    import { customType, defineRelay } from "../../src/config.ts";
    export const sound = defineRelay(({ env, vault }) => ({
      destinations: {
        cmdb: {
          type: "webhook",
          url: env("CMDB_URL"),
          auth: { type: "basic", user: "relay", password: vault("ocid1.vaultsecret.oc1.phx.a") },
          header: { "X-Team": "ops", Authorization: env("TOKEN") },
          body: { routing_key: vault("ocid1.vaultsecret.oc1.phx.b"), channel: "#oci" },
        },
        flow: {
          type: "oic",
          url: "https://a.integration.us-ashburn-1.ocp.oraclecloud.com/ic/api/integration/v1/flows/rest/A/1.0/in",
          tokenUrl: env("TOKEN_URL"),
          ...{ clientId: "relay", clientSecret: env("SECRET"), scope: env("SCOPE") },
        },
        people: { type: "ons", topicId: env("TOPIC"), format: "text" },
      },
      routes: [{ match: { eventType: customType("com.oraclecloud.brandnew.thing") }, to: ["people"] }],
    }));
    const named: Record<string, DestinationConfig> = { a: { type: "ons", topicId: "ocid1.onstopic.oc1.phx.a" } };
    export const apart = defineRelay(() => ({ destinations: named }));
    export const annotated = defineRelay((): RelayConfig => ({ destinations: named }));
    export const either = defineRelay(({ env }) => ({
      destinations: {
        a: Math.random() > 0.5 ? { type: "webhook", url: env("URL") } : { type: "ons", topicId: env("TOPIC") },
      },
    }));
    export const literals = defineRelay(({ env }) => ({
      destinations: {
        a: { type: "webhook", url: "https://cmdb.example.com/hook" }, // TS2322
        b: { type: "webhook", url: env("URL"), secretKey: "written out" }, // TS2322
        c: { type: "webhook", url: env("URL"), signingSecrets: "whsec_" }, // TS2322
        d: { type: "webhook", url: env("URL"), auth: { type: "bearer", token: "written out" } }, // TS2322
        e: { type: "webhook", url: env("URL"), auth: { type: "basic", user: "relay", password: "written out" } }, // TS2322
        f: { type: "webhook", url: env("URL"), tls: { cert: env("CERT"), key: "written out" } }, // TS2322
        g: { type: "webhook", url: env("URL"), header: { Authorization: "written out" } }, // TS2322
      },
    }));
    export const unknownKey = defineRelay(({ env }) => ({
      destinations: {
        a: { type: "webhook", url: env("URL"), secretkey: env("KEY") }, // TS2322
      },
    }));
    export const unknownFormat = defineRelay(({ env }) => ({
      destinations: {
        a: { type: "ons", topicId: env("TOPIC"), format: "html" }, // TS2322
      },
    }));
    export const unknownField = defineRelay(({ env }) => ({
      destinations: {
        a: { type: "webhook", url: env("URL"), render: (notification) => ({
          at: notification.sumary, // TS2339
        }) },
      },
    }));
    export const noPayload = defineRelay(({ env }) => ({
      destinations: {
        a: { type: "webhook", url: env("URL"), render: () => undefined }, // TS2322
      },
    }));
    export const unknownType = defineRelay(({ env }) => ({
      destinations: { a: { type: "webhook", url: env("URL") } },
      routes: [
        { match: { eventType: "com.oraclecloud.computeapi.launchinstance.ned" }, to: ["a"] }, // TS2820
      ],
    }));
    export const unknownCondition = defineRelay(({ env }) => ({
      destinations: { a: { type: "webhook", url: env("URL") } },
      routes: [
        { match: { evenType: "com.oraclecloud.computeapi.*" }, to: ["a"] }, // TS2561
      ],
    }));
    export const unknownPart = defineRelay(({ env }) => ({
      destinations: { a: { type: "webhook", url: env("URL") } }, // TS2322
      deadletterbucket: "relay", // TS2322
    }));`,

  "readme.ts": readmeExample("defineHandler({", "../src/", "../../src/"),
  "readme-relay.ts": readmeExample("defineRelay((", "./src/", "../../src/"),
};

/** What README shows compiles where it is said to stand. */
function readmeExample(beginning: string, path: string, fromHere: string): string {
  const readme = readFileSync(join(ROOT, "README.md"), "utf8");
  const blocks = [...readme.matchAll(/^```ts\n(.+?)^```$/gms)].map((match) => match[1] ?? "");
  const example = blocks.find((block) => block.includes(beginning));
  if (example === undefined) throw new Error(`README.md shows no ${beginning}`);
  return example.replaceAll(`"${path}`, `"${fromHere}`);
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
