import { fileURLToPath } from "node:url";
import { FunctionsInvokeClient, requests } from "oci-functions";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type OciEmulator, startOci } from "../../local/emulator/oci.ts";
import { createIssuer } from "../../local/emulator/principal.ts";
import { createFnHost } from "../../local/fn-host.ts";
import { apiKeyUser, IDENTITIES, oneTry, sendSigned } from "./sdk.ts";

const FUNCTION = "ocid1.fnfunc.oc1.phx.example";
const { FnIntent } = requests.InvokeFunctionRequest;
const issuer = createIssuer();

let oci: OciEmulator;
/** What the function was called with. */
let calls: { body: string; headers: Record<string, string> }[];
// The SDK's retrier writes to the console whatever it does not retry.
vi.spyOn(console, "warn").mockImplementation(() => {});

beforeEach(async () => {
  calls = [];
  oci = await startOci({ issuer, topics: [], buckets: [] });
  oci.functions.set(FUNCTION, async (body, headers) => {
    calls.push({ body: body.toString(), headers });
    return {
      status: 200,
      headers: { "x-mine": "yes", "content-type": "text/x-mine", "transfer-encoding": "chunked" },
      body: '{"outcome":"délivré"}',
    };
  });
});
afterEach(() => oci.close());

type Identity = (typeof IDENTITIES)[number][1];

const user: Identity = () => {
  const { configFile, remove } = issuer.user();
  return { provider: apiKeyUser({ configFile, remove }), remove };
};

/** The SDK's own client, unmodified. */
async function invoke(identity: Identity, request: Partial<requests.InvokeFunctionRequest>) {
  const { provider, remove } = identity(issuer);
  const client = new FunctionsInvokeClient({ authenticationDetailsProvider: provider }, oneTry());
  client.endpoint = oci.url;
  try {
    const { value, opcRequestId } = await client.invokeFunction({ functionId: FUNCTION, ...request });
    return { body: await new Response(value as ReadableStream).text(), opcRequestId };
  } finally {
    client.close();
    remove();
  }
}

describe.each(IDENTITIES)("the Functions emulator, driven by the SDK's own client as %s", (_, identity) => {
  test("calls the function with the caller's body and headers, without the signature", async () => {
    const invokeFunctionBody = '{"eventType":"日本語"}';
    const { body, opcRequestId } = await invoke(identity, { invokeFunctionBody, fnIntent: FnIntent.Cloudevent });
    expect(body).toBe('{"outcome":"délivré"}');
    expect(calls).toEqual([
      { body: invokeFunctionBody, headers: expect.objectContaining({ "fn-intent": "cloudevent" }) },
    ]);
    const { headers = {} } = calls[0] ?? {};
    const hidden = ["authorization", "host", "content-length"].filter((name) => name in headers);
    expect([hidden, headers["opc-request-id"]]).toEqual([[], opcRequestId]);
  });

  test("does not call it on a dry run", async () => {
    expect(await invoke(identity, { invokeFunctionBody: "{}", isDryRun: true })).toMatchObject({ body: "" });
    expect(calls).toEqual([]);
  });
});

describe("the Functions emulator", () => {
  test("passes on what the function made of it, a failure too", async () => {
    oci.functions.set(FUNCTION, async () => ({
      status: 502,
      body: '{"code":"FunctionInvokeExecutionFailed","message":"function failed"}',
    }));
    await expect(invoke(user, { invokeFunctionBody: "{}" })).rejects.toMatchObject({
      statusCode: 502,
      serviceCode: "FunctionInvokeExecutionFailed",
      message: "function failed",
    });
  });

  test("does not know a function that it was not given", async () => {
    await expect(invoke(user, { functionId: "ocid1.fnfunc.oc1.phx.other" })).rejects.toMatchObject({
      statusCode: 404,
      serviceCode: "NotAuthorizedOrNotFound",
    });
  });

  test("refuses an identity of another issuer", async () => {
    for (const [, identity] of IDENTITIES) {
      await expect(invoke(() => identity(createIssuer()), { invokeFunctionBody: "{}" })).rejects.toMatchObject({
        statusCode: 401,
        serviceCode: "NotAuthenticated",
      });
    }
    expect(calls).toEqual([]);
  });

  test("refuses a body that is not the one that was signed", async () => {
    const known = issuer.user();
    const url = `${oci.url}/20181201/functions/${FUNCTION}/actions/invoke`;
    const send = (sent: string) => sendSigned(apiKeyUser(known), url, { method: "POST", body: '{"a":1}', sent });
    const [tampered, sound] = [await send('{"a":2}'), await send('{"a":1}')];
    known.remove();
    expect([tampered.status, await tampered.json()]).toEqual([
      401,
      { code: "NotAuthenticated", message: "x-content-sha256 is not the body's" },
    ]);
    const given = ["x-mine", "content-type"].map((name) => sound.headers.get(name));
    expect([sound.status, given, calls.length]).toEqual([200, ["yes", "text/x-mine"], 1]);
  });

  test("calls a function of the local Fn host as any other", async () => {
    const entry = fileURLToPath(new URL("functions/answers.cjs", import.meta.url));
    const host = createFnHost({ entry, config: {} });
    oci.functions.set(FUNCTION, host.invoke);
    const { body } = await invoke(user, { invokeFunctionBody: "123" });
    await host.stop();
    expect(JSON.parse(body)).toMatchObject({ calls: 1, bytes: 3, headers: { "content-type": "application/json" } });
  });
});
