import { afterEach, describe, expect, type TestContext, test } from "vitest";
import { fixture, fixtureNames, golden } from "../local/fixtures.ts";
import { type Rig, startRig } from "../local/rig.ts";
import { nodeRelease } from "./node-release.ts";
import { goldenOf } from "./update.ts";

let rig: Rig | undefined;
afterEach(() => rig?.close());

describe("what ships runs on every Node that the images have", () => {
  test.for([22, 24] as const)(
    "Node %i delivers a webhook and a signed ONS message, and every golden",
    { timeout: 180_000 },
    async (major, context) => {
      rig = await startRig({ node: releaseOrSkip(major, context) });
      const response = await rig.host.invoke(fixture("instance-launched"));
      expect({
        status: response.status,
        runtime: response.headers["fn-fdk-runtime"],
        stderr: rig.logs.filter((line) => !line.startsWith("{")),
      }).toEqual({
        status: 200,
        runtime: expect.stringMatching(new RegExp(`^node/${major}\\.`)),
        stderr: [],
      });
      expect([rig.sink.received[0]?.token, rig.ons.requests]).toEqual(["valid", [{ status: 202 }]]);

      // Another container: the first one would take the same event for a repeat.
      await rig.host.stop();
      for (const name of fixtureNames()) expect(await goldenOf(name, rig), name).toEqual(golden(name));
    },
  );
});

/** Elsewhere than in CI a machine may lack these binaries: then the test is skipped, and says what it would need. */
function releaseOrSkip(major: 22 | 24, context: TestContext): string {
  try {
    return nodeRelease(major);
  } catch (error) {
    if (process.env.CI) throw error;
    return context.skip(error instanceof Error ? error.message : String(error));
  }
}
