import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Rig, replyOf, startRig } from "../../local/rig.ts";

/** Bodies captured from OCI. They are not ours to publish, so most machines do not have them. */
const SAMPLES = process.env.OCI_SAMPLES ?? fileURLToPath(new URL("../../../shared/facts/samples/", import.meta.url));

if (process.env.OCI_SAMPLES && !existsSync(SAMPLES)) throw new Error(`OCI_SAMPLES: there is no folder ${SAMPLES}`);

const files = existsSync(SAMPLES) ? readdirSync(SAMPLES).filter((file) => file !== "README.md") : [];

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => rig.close());

describe("captured bodies", () => {
  if (files.length === 0) {
    test("are absent here (0 of 0 captured bodies checked; OCI_SAMPLES may name a folder of them)", () => {
      expect(files).toEqual([]);
    });
  }

  test.for(files)("%s has a clear outcome", async (file) => {
    const bytes = readFileSync(`${SAMPLES}/${file}`);
    const reply = replyOf(await rig.host.invoke(bytes), rig.logs) as { outcome: string; problem?: string };
    const kind = kindOf(file, bytes);
    if (kind === "other")
      expect(reply).toMatchObject({ outcome: "rejected", problem: expect.stringMatching(/^the body is/) });
    else expect(reply.outcome).toMatch(kind === "begin" ? /^(delivered|ignored)$/ : /^delivered$/);
  });
});

function kindOf(file: string, bytes: Buffer): "event" | "begin" | "other" {
  if (!file.endsWith(".json")) return "other";
  const value = JSON.parse(bytes.toString());
  if (typeof value?.eventID !== "string" || value.cloudEventsVersion === undefined) return "other";
  return value.eventType.endsWith(".begin") ? "begin" : "event";
}
