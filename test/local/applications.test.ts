import { type models, requests } from "oci-functions";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { TENANCY } from "../../local/emulator/principal.ts";
import { COMPARTMENT } from "./cloud.ts";
import { type FaasCloud, SUBNET, startFaasCloud } from "./faas-cloud.ts";
import { outcomeOf } from "./storage.ts";

let setup: FaasCloud;
// The SDK's retrier writes to the console whatever it does not retry.
vi.spyOn(console, "warn").mockImplementation(() => {});

beforeEach(async () => {
  setup = await startFaasCloud();
});
afterEach(() => setup.close());

describe("an application of the emulator", () => {
  test("is made with the defaults of the API, and shown as it was made", async () => {
    const made = await setup.application({ config: { A: "1" }, freeformTags: { a: "b" } });
    const { application, etag } = await setup.admin.getApplication({ applicationId: made.id });
    expect({ ...application }).toEqual({
      id: expect.stringMatching(/^ocid1\.fnapp\.oc1\.us-phoenix-1\./),
      compartmentId: COMPARTMENT,
      displayName: "app",
      lifecycleState: "ACTIVE",
      config: { A: "1" },
      subnetIds: [SUBNET],
      shape: "GENERIC_X86",
      networkSecurityGroupIds: [],
      traceConfig: { isEnabled: false, domainId: "" },
      imagePolicyConfig: { isPolicyEnabled: false, keyDetails: [] },
      freeformTags: { a: "b" },
      definedTags: {},
      timeCreated: expect.stringMatching(/^\d{4}-/),
      timeUpdated: expect.stringMatching(/^\d{4}-/),
    });
    expect([application, etag]).toEqual([made, expect.any(String)]);
    expect(setup.asked.emitted).toMatchObject([
      {
        eventType: "com.oraclecloud.functions.createapplication",
        source: "functions",
        data: { compartmentId: COMPARTMENT, resourceName: "app", resourceId: made.id },
      },
    ]);
  });

  test.each<[Partial<models.CreateApplicationDetails>, unknown]>([
    [{ shape: "GENERIC_ARM" as models.CreateApplicationDetails.Shape }, "done"],
    [{ shape: "BIG" as models.CreateApplicationDetails.Shape }, [400, "InvalidParameter"]],
    [{ subnetIds: [] }, [400, "InvalidParameter"]],
    [{ subnetIds: ["subnet"] }, [400, "InvalidParameter"]],
    [{ subnetIds: undefined as never }, [400, "MissingParameter"]],
    [{ displayName: undefined as never }, [400, "MissingParameter"]],
    [{ displayName: "" }, [400, "InvalidParameter"]],
    [{ compartmentId: "c" }, [400, "InvalidParameter"]],
    [{ config: { "1A": "" } }, [400, "InvalidParameter"]],
    [{ config: { "A-B": "" } }, [400, "InvalidParameter"]],
    [{ config: { A: "two\nlines" } }, [400, "InvalidParameter"]],
    [{ config: { AB: "é".repeat(2047) } }, "done"],
    [{ config: { ABC: "é".repeat(2047) } }, [400, "InvalidParameter"]],
    [{ syslogUrl: "tcp://logs.example:1234" }, "done"],
    [{ syslogUrl: "http://logs.example" }, [400, "InvalidParameter"]],
    [{ displayName: "taken" }, [409, "Conflict"]],
    [{ displayName: "taken", compartmentId: TENANCY }, "done"],
  ])("with %j: %j", async (details, outcome) => {
    await setup.application({ displayName: "taken" });
    expect(await outcomeOf(setup.application(details))).toEqual(outcome);
  });

  test("changes as a whole in what an update names, and only if the etag is still the same", async () => {
    const { id: applicationId } = await setup.application({ config: { A: "1", B: "2" }, freeformTags: { a: "b" } });
    const { etag } = await setup.admin.getApplication({ applicationId });
    const update = (config: Record<string, string>, ifMatch = etag) =>
      setup.admin.updateApplication({ applicationId, updateApplicationDetails: { config }, ifMatch });
    const updated = await update({ C: "3" });
    expect(updated.application).toMatchObject({ config: { C: "3" }, freeformTags: { a: "b" } });
    expect(updated.etag).not.toBe(etag);
    expect(await outcomeOf(update({}))).toEqual([412, "NoEtagMatch"]);
    expect(await outcomeOf(update({ "": "" }, updated.etag))).toEqual([400, "InvalidParameter"]);
    expect((await setup.admin.getApplication({ applicationId })).application.config).toEqual({ C: "3" });
  });

  test("is deleted only when no function is in it", async () => {
    const { id: applicationId } = await setup.application();
    const { id: functionId } = await setup.fn(applicationId);
    const remove = () => outcomeOf(setup.admin.deleteApplication({ applicationId }));
    expect(await remove()).toEqual([409, "Conflict"]);
    await setup.admin.deleteFunction({ functionId });
    expect([await remove(), await remove()]).toEqual(["done", [404, "NotAuthorizedOrNotFound"]]);
  });

  test("takes its functions along to another compartment", async () => {
    const { id: applicationId } = await setup.application();
    const { id: functionId } = await setup.fn(applicationId);
    const changeApplicationCompartmentDetails = { compartmentId: TENANCY };
    await setup.admin.changeApplicationCompartment({ applicationId, changeApplicationCompartmentDetails });
    const [{ application }, moved] = [
      await setup.admin.getApplication({ applicationId }),
      await setup.admin.getFunction({ functionId }),
    ];
    expect([application.compartmentId, moved.function.compartmentId]).toEqual([TENANCY, TENANCY]);
  });
});

test("a list of applications has those of a compartment that are asked for, in order, page by page", async () => {
  for (const displayName of ["b", "a", "c"]) await setup.application({ displayName });
  await setup.application({ compartmentId: TENANCY });
  const list = async (query: Partial<requests.ListApplicationsRequest>) => {
    const { items, opcNextPage } = await setup.admin.listApplications({ compartmentId: COMPARTMENT, ...query });
    return [items.map(({ displayName }) => displayName).join(""), opcNextPage !== undefined];
  };
  const { SortBy, SortOrder } = requests.ListApplicationsRequest;
  expect(await list({})).toEqual(["abc", false]);
  expect(await list({ sortOrder: SortOrder.Desc })).toEqual(["cba", false]);
  expect(await list({ sortBy: SortBy.TimeCreated, limit: 2 })).toEqual(["ba", true]);
  expect(await list({ sortBy: SortBy.TimeCreated, limit: 2, page: "2" })).toEqual(["c", false]);
  expect(await list({ displayName: "b" })).toEqual(["b", false]);
  expect(await list({ lifecycleState: "DELETED" })).toEqual(["", false]);
  expect(await outcomeOf(list({ limit: 51 }))).toEqual([400, "InvalidParameter"]);
  expect(await outcomeOf(list({ sortBy: "color" as requests.ListApplicationsRequest.SortBy }))).toEqual([
    400,
    "InvalidParameter",
  ]);
  expect(await outcomeOf(list({ compartmentId: "x" }))).toEqual([400, "InvalidParameter"]);
});
