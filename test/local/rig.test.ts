import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { LOCAL_BUCKET, type Rig, startRig } from "../../local/rig.ts";

const ENTRY = fileURLToPath(new URL("functions/answers.cjs", import.meta.url));

let rig: Rig;
beforeEach(async () => {
  rig = await startRig({ entry: ENTRY, config: { DEAD_LETTER_BUCKET: LOCAL_BUCKET } });
});
afterEach(() => rig.close());

test("has a bucket beside the topic, behind the one URL of the local OCI", () => {
  expect(rig.storage.objects(LOCAL_BUCKET)).toEqual(new Map());
  const { OCI_ENDPOINT_URL, DEAD_LETTER_BUCKET } = rig.config;
  expect([OCI_ENDPOINT_URL, DEAD_LETTER_BUCKET, rig.oci.ons, rig.oci.storage]).toEqual([
    rig.oci.url,
    LOCAL_BUCKET,
    rig.ons,
    rig.storage,
  ]);
});

test("starts more containers of its function, of one configuration and log, and leaves none behind", async () => {
  const hosts = [rig.host, rig.anotherHost()];
  rig.config.ADDED = "later";
  const replies = await Promise.all(hosts.map(async (host) => JSON.parse((await host.invoke("{}")).body)));
  expect(replies.map(({ calls, env }) => [calls, env.includes("ADDED")])).toEqual([
    [1, true],
    [1, true],
  ]);
  // What a container says comes through a pipe, the reply through a socket.
  await expect.poll(() => rig.logs).toEqual(["call 1", "call 1"]);
  const pids = hosts.map((host) => host.pid() ?? 0);
  expect(new Set(pids).size).toBe(2);
  await rig.close();
  for (const pid of pids) expect(() => process.kill(pid, 0)).toThrow("ESRCH");
});
