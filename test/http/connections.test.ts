import { expect, test } from "vitest";
import { createConnections } from "../../src/http/connections.ts";
import { pemOf } from "../faults/tls.ts";

test("once closed there is no agent any more, kept or fresh", async () => {
  const connections = createConnections(1);
  connections.close();
  expect([await connections.agent("http:", undefined), await connections.freshAgent("http:", undefined)]).toEqual([
    undefined,
    undefined,
  ]);
});

test("who asks at the same time gets the same agent, and one is closed that was being made", async () => {
  const connections = createConnections(2);
  const channel = { refusal: () => undefined, tls: { ca: pemOf("ca") } };
  const [first, second] = await Promise.all([
    connections.agent("https:", channel),
    connections.agent("https:", channel),
  ]);
  expect([first !== undefined, first === second]).toEqual([true, true]);
  const late = connections.agent("https:", { ...channel });
  connections.close();
  expect(await late).toBeUndefined();
});
