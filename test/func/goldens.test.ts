import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { fixtureNames, golden } from "../../local/fixtures.ts";
import { type Rig, startRig } from "../../local/rig.ts";
import { goldenOf } from "../update.ts";

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => rig.close());

describe("what the receivers see of a fixture", () => {
  test.each(fixtureNames())("%s", async (name) => {
    expect(await goldenOf(name, rig)).toEqual(golden(name));
  });

  test("the sink found every X-Auth-Token valid, and the topic every signature", () => {
    expect(new Set(rig.sink.received.map((request) => request.token))).toEqual(new Set(["valid"]));
    expect(new Set(rig.ons.requests.map((request) => request.status))).toEqual(new Set([202]));
  });

  test("nothing of a credential's payload is in what was sent or logged", () => {
    const sent = rig.sink.received.map((request) => request.body.toString()).join("\n");
    const seen = [sent, JSON.stringify(rig.ons.published), ...rig.logs].join("\n");
    expect(["s3cr3t-auth-t0ken", "W3lcome-example", "t0p"].filter((secret) => seen.includes(secret))).toEqual([]);
  });
});
