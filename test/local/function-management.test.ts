import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { models, requests } from "oci-functions";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createStore } from "../../local/emulator/store.ts";
import { COMPARTMENT } from "./cloud.ts";
import { type FaasCloud, IMAGE, startFaasCloud } from "./faas-cloud.ts";
import { apiKeyUser, sendSigned } from "./sdk.ts";
import { outcomeOf } from "./storage.ts";

let setup: FaasCloud;
let applicationId: string;
// The SDK's retrier writes to the console whatever it does not retry.
vi.spyOn(console, "warn").mockImplementation(() => {});

beforeEach(async () => {
  setup = await startFaasCloud();
  applicationId = (await setup.application()).id;
});
afterEach(() => setup.close());

describe("a function of the emulator", () => {
  test("is made with the defaults of the API, in the compartment of its application", async () => {
    const made = await setup.fn(applicationId);
    const { etag, ...read } = await setup.admin.getFunction({ functionId: made.id });
    expect({ ...read.function }).toEqual({
      id: expect.stringMatching(/^ocid1\.fnfunc\.oc1\.us-phoenix-1\./),
      compartmentId: COMPARTMENT,
      applicationId,
      displayName: "relay",
      lifecycleState: "ACTIVE",
      image: IMAGE,
      imageDigest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
      shape: "GENERIC_X86",
      memoryInMBs: 256,
      timeoutInSeconds: 30,
      config: {},
      provisionedConcurrencyConfig: { strategy: "NONE" },
      successDestination: { kind: "NONE" },
      failureDestination: { kind: "NONE" },
      traceConfig: { isEnabled: false },
      invokeEndpoint: setup.url,
      freeformTags: {},
      definedTags: {},
      timeCreated: expect.stringMatching(/^\d{4}-/),
      timeUpdated: expect.stringMatching(/^\d{4}-/),
    });
    expect([read.function, etag]).toEqual([made, expect.any(String)]);
  });

  test.each<[Partial<models.CreateFunctionDetails>, unknown]>([
    ...[128, 256, 512, 1024, 2048, 3072].map((memoryInMBs): [object, unknown] => [{ memoryInMBs }, "done"]),
    [{ memoryInMBs: 300 }, [400, "InvalidParameter"]],
    [{ memoryInMBs: undefined as never }, [400, "MissingParameter"]],
    [{ timeoutInSeconds: 5, detachedModeTimeoutInSeconds: 3600 }, "done"],
    [{ timeoutInSeconds: 4 }, [400, "InvalidParameter"]],
    [{ timeoutInSeconds: 301 }, [400, "InvalidParameter"]],
    [{ detachedModeTimeoutInSeconds: 3601 }, [400, "InvalidParameter"]],
    [{ image: undefined as never }, [400, "MissingParameter"]],
    [{ image: "not an image" }, [400, "InvalidParameter"]],
    [{ config: { A: "x".repeat(4095) } }, "done"],
    [{ config: { A: "x".repeat(4096) } }, [400, "InvalidParameter"]],
    [{ successDestination: { kind: "STREAM", streamId: "ocid1.stream.oc1..s" } as never }, "done"],
    [{ failureDestination: { kind: "STREAM" } as never }, [400, "MissingParameter"]],
    [{ failureDestination: { kind: "PIGEON" } as never }, [400, "InvalidParameter"]],
    [{ applicationId: "ocid1.fnapp.oc1..none" }, [404, "NotAuthorizedOrNotFound"]],
    [{ displayName: "taken" }, [409, "Conflict"]],
  ])("with %j: %j", async (details, outcome) => {
    await setup.fn(applicationId, { displayName: "taken" });
    expect(await outcomeOf(setup.fn(applicationId, details))).toEqual(outcome);
  });

  test("changes in what an update names: the configuration as a whole, the digest with the image", async () => {
    const made = await setup.fn(applicationId, { config: { A: "1", B: "2" }, freeformTags: { a: "b" } });
    const { etag } = await setup.admin.getFunction({ functionId: made.id });
    const update = (updateFunctionDetails: models.UpdateFunctionDetails, ifMatch: string) =>
      setup.admin.updateFunction({ functionId: made.id, updateFunctionDetails, ifMatch });
    const updated = await update({ config: { C: "3" }, image: `${IMAGE}.1`, timeoutInSeconds: 60 }, etag);
    expect(updated.function).toMatchObject({
      config: { C: "3" },
      image: `${IMAGE}.1`,
      timeoutInSeconds: 60,
      memoryInMBs: 256,
      freeformTags: { a: "b" },
    });
    expect(updated.function.imageDigest).not.toBe(made.imageDigest);
    expect(await outcomeOf(update({ config: {} }, etag))).toEqual([412, "NoEtagMatch"]);
    expect(await outcomeOf(update({ timeoutInSeconds: 1 }, updated.etag))).toEqual([400, "InvalidParameter"]);
  });

  test("is listed with its application, by name, page by page, without its configuration", async () => {
    const other = await setup.application({ displayName: "other" });
    await setup.fn(other.id);
    for (const displayName of ["b", "a", "c"]) await setup.fn(applicationId, { displayName, config: { A: "1" } });
    const list = (query: Partial<requests.ListFunctionsRequest>) =>
      setup.admin.listFunctions({ applicationId, ...query });
    const names = async (query: Partial<requests.ListFunctionsRequest>) =>
      (await list(query)).items.map(({ displayName }) => displayName);
    expect([await names({}), await names({ displayName: "a" }), await names({ limit: 2, page: "2" })]).toEqual([
      ["a", "b", "c"],
      ["a"],
      ["c"],
    ]);
    const [summary] = (await list({})).items;
    expect([summary?.invokeEndpoint, summary && "config" in summary]).toEqual([setup.url, false]);
    expect(await outcomeOf(list({ applicationId: "ocid1.fnapp.oc1..none" }))).toEqual([404, "NotAuthorizedOrNotFound"]);
  });

  test("is made once for one retry token", async () => {
    const user = setup.cloud.issuer.user();
    const body = JSON.stringify({ applicationId, displayName: "once", image: IMAGE, memoryInMBs: 128 });
    const { DefaultRequestSigner } = await import("oci-common");
    const send = async () => {
      const headers = new Headers({ "opc-retry-token": "token-1", "content-type": "application/json" });
      const uri = `${setup.url}/20181201/functions`;
      await new DefaultRequestSigner(apiKeyUser(user)).signHttpRequest({ method: "POST", uri, headers, body });
      return fetch(uri, { method: "POST", headers, body });
    };
    const [first, second] = [await send(), await send()];
    const ids = [first, second].map(async (answer) => ((await answer.json()) as { id: string }).id);
    expect([first.status, second.status, await ids[1]]).toEqual([200, 200, await ids[0]]);
    const refused = await sendSigned(apiKeyUser(user), `${setup.url}/20181201/functions`, { method: "POST", body });
    expect(refused.status).toBe(409);
    user.remove();
  });

  test("is there again where there is a folder, behind the endpoint of today", async () => {
    const folder = mkdtempSync(join(tmpdir(), "functions-"));
    await setup.close();
    setup = await startFaasCloud({ cloud: { store: createStore(folder) } });
    const { id: functionId } = await setup.fn((await setup.application()).id, { config: { A: "1" } });
    await setup.close();
    setup = await startFaasCloud({ cloud: { store: createStore(folder) } });
    expect((await setup.admin.getFunction({ functionId })).function).toMatchObject({
      config: { A: "1" },
      invokeEndpoint: setup.url,
    });
    rmSync(folder, { recursive: true });
  });
});
