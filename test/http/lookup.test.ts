import type { LookupAddress } from "node:dns";
import { expect, test } from "vitest";
import { createEgress } from "../../src/egress/guard.ts";
import { guardedLookup, type Lookup } from "../../src/http/lookup.ts";

const url = new URL("https://hooks.example.com/");

/** A name whose nth question is answered so; what the guard makes of it. */
function asked(answers: string[][], allow: string[] = []) {
  const lookup: Lookup = (_hostname, options, callback) => {
    const found = (answers.shift() ?? []).map((address) => ({ address, family: address.includes(":") ? 6 : 4 }));
    if (options.all) callback(null, found);
    else callback(null, found[0]?.address ?? "", found[0]?.family);
  };
  const egress = createEgress(allow);
  const guarded = guardedLookup(lookup, (address) => egress.refusal(url, address));
  return (all: boolean) =>
    new Promise<string | string[]>((resolve) => {
      guarded(url.hostname, { all }, (error, found) => {
        if (error !== null) resolve(`${error.code}: ${error.message}`);
        else resolve(typeof found === "string" ? found : (found as LookupAddress[]).map(({ address }) => address));
      });
    });
}

const REFUSED =
  "EGRESS_REFUSED: hooks.example.com resolves to the private address 10.0.0.7; allow hooks.example.com, 10.0.0.7 or its network (EGRESS_ALLOW, egressAllow in code) if it is meant";

test.each([
  true,
  false,
])("a name that is public at first and private the next time is let through once (all: %s)", async (all) => {
  const ask = asked([["192.0.32.7"], ["10.0.0.7"]]);
  expect([await ask(all), await ask(all)]).toEqual([all ? ["192.0.32.7"] : "192.0.32.7", REFUSED]);
});

test("of public and private addresses the public ones are left", async () => {
  expect(await asked([["10.0.0.7", "192.0.32.7", "2606:4700::1", "::1"]])(true)).toEqual([
    "192.0.32.7",
    "2606:4700::1",
  ]);
});

test("a name without an address is refused as what it is", async () => {
  expect(await asked([[]])(true)).toBe("EGRESS_REFUSED: the name has no address");
});

test("an error of the name server passes through", async () => {
  const failing: Lookup = (_hostname, _options, callback) =>
    callback(Object.assign(new Error("no"), { code: "ENOTFOUND" }), "");
  const guarded = guardedLookup(failing, () => undefined);
  const code = await new Promise((resolve) => guarded("a.example", { all: true }, (error) => resolve(error?.code)));
  expect(code).toBe("ENOTFOUND");
});
