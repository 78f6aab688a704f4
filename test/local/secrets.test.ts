import { DefaultRequestSigner } from "oci-common";
import { type models, requests, SecretsClient } from "oci-secrets";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type OciEmulator, startOci } from "../../local/emulator/oci.ts";
import { createIssuer } from "../../local/emulator/principal.ts";
import { LOCAL_VAULT_ID, type SecretsEmulator } from "../../local/vault/secrets.ts";
import { apiKeyUser, IDENTITIES, oneTry, sendSigned } from "./sdk.ts";
import { outcomeOf } from "./storage.ts";

const SECRET = "ocid1.vaultsecret.oc1.phx.example";
const issuer = createIssuer();
const user = issuer.user();

let oci: OciEmulator;
let secrets: SecretsEmulator;
// The SDK's retrier writes to the console whatever it does not retry.
vi.spyOn(console, "warn").mockImplementation(() => {});

beforeEach(async () => {
  oci = await startOci({ issuer, topics: [], buckets: [] });
  secrets = oci.secrets;
});
afterEach(() => oci.close());

/** The SDK's own client, unmodified. */
async function withClient<T>(
  call: (client: SecretsClient) => Promise<T>,
  { provider = apiKeyUser(user), timeoutMs = 10_000 } = {},
): Promise<T> {
  const client = new SecretsClient({ authenticationDetailsProvider: provider }, oneTry({ timeoutMs }));
  client.endpoint = oci.url;
  try {
    return await call(client);
  } finally {
    client.close();
  }
}

function get(wanted: Partial<requests.GetSecretBundleRequest> = {}, options = {}) {
  return withClient((client) => client.getSecretBundle({ secretId: SECRET, ...wanted }), options);
}

function getByName(wanted: Partial<requests.GetSecretBundleByNameRequest>) {
  return withClient((client) =>
    client.getSecretBundleByName({ secretName: "token", vaultId: LOCAL_VAULT_ID, ...wanted }),
  );
}

/** A bundle as a line: its text, number and stages. */
function lineOf({ secretBundle }: { secretBundle: models.SecretBundle }): string {
  const { secretBundleContent, versionNumber, stages = [] } = secretBundle;
  return `${Buffer.from(secretBundleContent?.content ?? "", "base64")} ${versionNumber} ${stages.join(" ")}`;
}

describe.each(IDENTITIES)("the secrets emulator, driven by the SDK's own client as %s", (_, identity) => {
  test("gives the current version, whole", async () => {
    secrets.put(SECRET, "päss wörd\n");
    const { provider, remove } = identity(issuer);
    const { secretBundle, etag, opcRequestId } = await get({}, { provider });
    remove();
    expect(secretBundle).toEqual({
      secretId: SECRET,
      // A string, whatever the SDK's types say.
      timeCreated: secrets.secrets.get(SECRET)?.versions[0]?.timeCreated,
      versionNumber: 1,
      versionName: null,
      secretBundleContent: { contentType: "BASE64", content: Buffer.from("päss wörd\n").toString("base64") },
      timeOfDeletion: null,
      timeOfExpiry: null,
      stages: ["CURRENT", "LATEST"],
      metadata: null,
    });
    expect([etag, opcRequestId]).toEqual([secrets.secrets.get(SECRET)?.versions[0]?.etag, expect.stringMatching(/\S/)]);
    expect(secrets.requests).toEqual([{ status: 200, id: SECRET }]);
  });
});

describe("the secrets emulator, driven by the SDK's own client", () => {
  const { Current, Pending, Latest, Previous, Deprecated } = requests.GetSecretBundleRequest.Stage;

  test.each<[string, object, string]>([
    ["current version unless told", {}, "c 3 CURRENT"],
    ["current version", { stage: Current }, "c 3 CURRENT"],
    ["version of a rotation under way", { stage: Pending }, "d 4 PENDING LATEST"],
    ["latest version", { stage: Latest }, "d 4 PENDING LATEST"],
    ["version before", { stage: Previous }, "b 2 PREVIOUS"],
    ["version before that", { stage: Deprecated }, "a 1 DEPRECATED"],
    ["version of a number", { versionNumber: 2 }, "b 2 PREVIOUS"],
    ["version of a number and the stage that it has", { versionNumber: 4, stage: Latest }, "d 4 PENDING LATEST"],
  ])("gives the %s", async (_, wanted, line) => {
    for (const text of ["a", "b", "c"]) secrets.put(SECRET, text);
    secrets.put(SECRET, "d", { stage: "PENDING" });
    expect(lineOf(await get(wanted))).toBe(line);
  });

  test("gives each version an etag of its own, and what a test makes of a rotation", async () => {
    secrets.put(SECRET, "old");
    const before = await get();
    const secret = secrets.secrets.get(SECRET);
    expect([secrets.put(SECRET, "new"), lineOf(await get())]).toEqual([2, "new 2 CURRENT LATEST"]);
    expect((await get()).etag).not.toBe(before.etag);
    Object.assign(secret ?? {}, { current: 1, previous: 2 });
    expect([lineOf(await get()), (await get()).etag]).toEqual(["old 1 CURRENT", before.etag]);
  });

  test("gives a version by its name", async () => {
    secrets.put(SECRET, "old", { versionName: "first" });
    secrets.put(SECRET, "new");
    const named = await get({ secretVersionName: "first" });
    expect([lineOf(named), named.secretBundle.versionName]).toEqual(["old 1 PREVIOUS", "first"]);
  });

  test("lists the versions, and nothing secret of them, in order and page by page", async () => {
    secrets.put(SECRET, "old", { versionName: "first" });
    secrets.put(SECRET, "new");
    secrets.put(SECRET, "next", { stage: "PENDING" });
    const list = (wanted: object = {}) =>
      withClient((client) => client.listSecretBundleVersions({ secretId: SECRET, ...wanted }));
    const { items, opcRequestId } = await list();
    expect(opcRequestId).toMatch(/\S/);
    const common = {
      secretId: SECRET,
      timeCreated: expect.anything(),
      timeOfDeletion: null,
      timeOfExpiry: null,
      versionName: null,
    };
    expect(items).toEqual([
      { ...common, versionNumber: 1, versionName: "first", stages: ["PREVIOUS"] },
      { ...common, versionNumber: 2, stages: ["CURRENT"] },
      { ...common, versionNumber: 3, stages: ["PENDING", "LATEST"] },
    ]);
    const { SortBy, SortOrder } = requests.ListSecretBundleVersionsRequest;
    const last = await list({ sortBy: SortBy.VersionNumber, sortOrder: SortOrder.Desc, limit: 1 });
    expect([last.items.map(({ versionNumber }) => versionNumber), last.opcNextPage]).toEqual([[3], "1"]);
    expect(await outcomeOf(list({ secretId: "ocid1.other" }))).toEqual([404, "NotAuthorizedOrNotFound"]);
  });

  test("finds a secret by its name in its vault", async () => {
    secrets.put(SECRET, "s", { name: "token" });
    secrets.put("ocid1.vaultsecret.oc1.phx.other", "other");
    expect(lineOf(await getByName({}))).toBe("s 1 CURRENT LATEST");
    expect(await outcomeOf(getByName({ vaultId: "ocid1.vault.other" }))).toEqual([404, "NotAuthorizedOrNotFound"]);
    expect(secrets.requests).toEqual([
      { status: 200, id: SECRET },
      { status: 404, code: "NotAuthorizedOrNotFound" },
    ]);
  });

  test.each<[string, object, unknown]>([
    ["a secret that it was not given", { secretId: "ocid1.other" }, [404, "NotAuthorizedOrNotFound"]],
    ["a version that there is not", { versionNumber: 2 }, [404, "NotAuthorizedOrNotFound"]],
    ["a version of a name that there is not", { secretVersionName: "first" }, [404, "NotAuthorizedOrNotFound"]],
    ["a version that has not the stage", { versionNumber: 1, stage: Pending }, [404, "NotAuthorizedOrNotFound"]],
    ["a stage that no version has", { stage: Previous }, [404, "NotAuthorizedOrNotFound"]],
    ["a stage that does not exist", { stage: "OLD" }, [400, "InvalidParameter"]],
    ["a number that is none", { versionNumber: "1.5" }, [400, "InvalidParameter"]],
  ])("refuses %s", async (_, wanted, outcome) => {
    secrets.put(SECRET, "s");
    expect(await outcomeOf(get(wanted))).toEqual(outcome);
  });

  test("goes wrong as it is told, for some requests or for all", async () => {
    secrets.put(SECRET, "s");
    secrets.fault = ({ count }) =>
      count === 1 ? { status: 503, body: '{"code":"ServiceUnavailable","message":"m"}' } : undefined;
    expect([await outcomeOf(get()), await outcomeOf(get())]).toEqual([[503, "ServiceUnavailable"], "done"]);
    secrets.fault = "reset";
    await expect(get()).rejects.toMatchObject({ message: "fetch failed" });
    secrets.fault = "hang";
    await expect(get({}, { timeoutMs: 100 })).rejects.toMatchObject({ code: "ETIMEDOUT" });
    expect(secrets.requests).toEqual([
      { status: 503, code: "ServiceUnavailable", id: SECRET },
      { status: 200, id: SECRET },
      { status: "reset", id: SECRET },
      { status: "hang", id: SECRET },
    ]);
  });
});

describe("the secrets emulator refuses", () => {
  const notAuthenticated = (message: string) => ({ statusCode: 401, serviceCode: "NotAuthenticated", message });

  test("an identity of another issuer", async () => {
    secrets.put(SECRET, "s");
    for (const [, identity] of IDENTITIES) {
      const { provider, remove } = identity(createIssuer());
      await expect(get({}, { provider })).rejects.toMatchObject(
        notAuthenticated("the token of the key id is not valid"),
      );
      remove();
    }
  });

  test("a clock that is more than five minutes off", async () => {
    secrets.put(SECRET, "s");
    const sixMinutesOn = Date.now() + 6 * 60_000;
    // The emulator's: the SDK dates its requests with `new Date()`.
    const clock = vi.spyOn(Date, "now").mockReturnValue(sixMinutesOn);
    const refused = expect(get()).rejects.toMatchObject(notAuthenticated("x-date is more than 5 minutes off"));
    await refused.finally(() => clock.mockRestore());
  });

  test.each([
    ["a path", `/${SECRET}`, "/ocid1.vaultsecret.oc1.phx.other"],
    ["a query", `/${SECRET}?stage=PREVIOUS`, `/${SECRET}?stage=CURRENT`],
  ])("%s that is not the one that was signed", async (_, signed, sent) => {
    secrets.put(SECRET, "s");
    const url = `${oci.url}/20190301/secretbundles`;
    const headers = new Headers();
    await new DefaultRequestSigner(apiKeyUser(user)).signHttpRequest({ method: "GET", uri: url + signed, headers });
    const answer = await fetch(url + sent, { headers });
    expect([answer.status, await answer.json()]).toEqual([
      401,
      { code: "NotAuthenticated", message: "the signature does not verify" },
    ]);
  });

  test.each([
    ["another method", "DELETE", `/${SECRET}`, 405, "MethodNotAllowed"],
    ["a search by name with GET", "GET", "/actions/getByName?secretName=n&vaultId=v", 405, "MethodNotAllowed"],
    ["a search without a vault", "POST", "/actions/getByName?secretName=n", 400, "MissingParameter"],
    ["a path that holds more", "GET", `/${SECRET}/stages`, 404, "NotFound"],
    ["a path of broken encoding", "GET", "/%ff", 404, "NotFound"],
  ])("%s", async (_, method, path, status, code) => {
    const answer = await sendSigned(apiKeyUser(user), `${oci.url}/20190301/secretbundles${path}`, { method });
    expect([answer.status, await answer.json()]).toEqual([status, { code, message: expect.any(String) }]);
    expect(answer.headers.get("opc-request-id")).toMatch(/\S/);
  });
});
