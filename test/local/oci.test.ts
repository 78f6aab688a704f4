import { afterEach, beforeEach, expect, test } from "vitest";
import { type OciEmulator, startOci } from "../../local/emulator/oci.ts";
import { createIssuer } from "../../local/emulator/principal.ts";

const issuer = createIssuer();
let oci: OciEmulator;
beforeEach(async () => {
  oci = await startOci({ issuer, topics: [], buckets: ["b"] });
});
afterEach(() => oci.close());

test.each([
  ["/20181201/topics/t/messages", "POST", 401, "NotAuthenticated", { ons: 1, storage: 0 }],
  ["/20181201/functions/f/actions/invoke", "POST", 401, "NotAuthenticated", { ons: 0, storage: 0 }],
  ["/n", "GET", 401, "NotAuthenticated", { ons: 0, storage: 1 }],
  ["/n/", "GET", 401, "NotAuthenticated", { ons: 0, storage: 1 }],
  ["/n/localtenancy/b/b/o/a/b", "GET", 401, "NotAuthenticated", { ons: 0, storage: 1 }],
  ["/new", "GET", 404, "NotFound", { ons: 0, storage: 0 }],
])("the local OCI gives %s to the service whose it is", async (path, method, status, code, requests) => {
  const answer = await fetch(oci.url + path, { method });
  expect([answer.status, await answer.json()]).toEqual([status, { code, message: expect.any(String) }]);
  expect(answer.headers.get("opc-request-id")).toMatch(/\S/);
  expect({ ons: oci.ons.requests.length, storage: oci.storage.requests.length }).toEqual(requests);
});

test("a web page can not talk to it", async () => {
  const answer = await fetch(`${oci.url}/n`, { headers: { Origin: "https://evil.example" } });
  expect(answer.status).toBe(403);
  expect(oci.storage.requests).toEqual([]);
});
