import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { LoopbackRequest } from "../../local/loopback.ts";
import { type Installation, NOTHING, ownedIn, startInstallation, WHOLE } from "./installation.ts";
import type { Ran } from "./tool.ts";

const MAIL = ["--subscribe", "EMAIL=ops@example.com"];

let installation: Installation;
beforeEach(async () => {
  installation = await startInstallation();
});
afterEach(() => installation.close());

const owned = () => ownedIn(installation.local);
const provision = (...args: string[]): Promise<Ran> => installation.at(["provision", ...args]);
const configOf = () => {
  const functions = installation.local.cloud.store.collection<{ config: Record<string, string> }>("functions");
  return functions.get(installation.functionId)?.config;
};
const isWrite = ({ method }: LoopbackRequest) => method !== "GET" && method !== "HEAD";

/** Gives the command again and again, killed after its next writing request each time, until it comes to its end. */
async function untilThrough(...args: string[]): Promise<{ killed: number }> {
  let kill: (() => void) | undefined;
  installation.local.onAnswer = (request) => {
    if (!isWrite(request)) return;
    // Carried out, and the caller never learns of it.
    kill?.();
    kill = undefined;
  };
  let killed = 0;
  for (let last: Ran | undefined; last?.code !== 0; ) {
    last = await installation.at(["provision", ...args], {
      started: (stop) => {
        kill = stop;
      },
    });
    if (last.code === null) killed++;
    else expect([last.code, last.err]).toEqual([0, expect.not.stringContaining("stopped")]);
    expect(killed).toBeLessThan(30);
  }
  installation.local.onAnswer = undefined;
  return { killed };
}

describe("relay provision, killed", () => {
  test("an apply that is killed after any of its requests is completed by the next ones, with nothing there twice", {
    timeout: 240_000,
  }, async () => {
    expect(await untilThrough("apply", ...MAIL)).toEqual({ killed: 17 });
    expect(owned()).toEqual(WHOLE);
    expect((await provision("apply", ...MAIL)).out).toBe("Nothing to do: all 18 are as they should be.\n");
  });

  test("so is a destroy", { timeout: 240_000 }, async () => {
    expect((await provision("apply", ...MAIL)).code).toBe(0);
    expect(await untilThrough("destroy", "--yes")).toEqual({ killed: 17 });
    expect(owned()).toEqual(NOTHING);
    expect(Object.keys(configOf() ?? {}).sort()).toEqual(["WEBHOOK_SECRET_KEY", "WEBHOOK_URL"]);
  });
});
