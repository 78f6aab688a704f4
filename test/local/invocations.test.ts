import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { requests } from "oci-functions";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type Caller, TENANCY } from "../../local/emulator/principal.ts";
import { createFaas, type FaasOptions } from "../../local/functions/faas.ts";
import { startSink } from "../../local/sink.ts";
import { stockEntry } from "../../local/stock.ts";
import { COMPARTMENT } from "./cloud.ts";
import { type FaasCloud, IMAGE, startFaasCloud } from "./faas-cloud.ts";
import { outcomeOf } from "./storage.ts";

const entry = (name: string) => fileURLToPath(new URL(`functions/${name}.cjs`, import.meta.url));
const ENTRIES = new Map([
  [IMAGE, entry("tells-environment")],
  ["answers:1", entry("answers")],
]);
/** How long a busy machine may take. */
const { FnInvokeType, FnIntent } = requests.InvokeFunctionRequest;

let setup: FaasCloud;
let applicationId: string;
let logs: [string, string][];
let mayInvoke: boolean;
// The SDK's retrier writes to the console whatever it does not retry.
vi.spyOn(console, "warn").mockImplementation(() => {});

async function start(options: FaasOptions = {}): Promise<void> {
  logs = [];
  mayInvoke = false;
  setup = await startFaasCloud({
    entryOf: (image) => ENTRIES.get(image),
    onLog: (...line) => logs.push(line),
    cloud: {
      allows: ({ kind }: Caller, permission) => kind === "user" || (mayInvoke && permission === "FN_INVOCATION"),
    },
    ...options,
  });
  applicationId = (await setup.application({ config: { A: "application", B: "application" } })).id;
}
beforeEach(() => start());
afterEach(() => setup.close());

async function invoke(functionId: string, request: Partial<requests.InvokeFunctionRequest> = {}) {
  const { value, opcRequestId } = await setup.invoker.invokeFunction({
    functionId,
    invokeFunctionBody: "{}",
    ...request,
  });
  return { text: await new Response(value as ReadableStream).text(), opcRequestId };
}
const told = async (functionId: string, body = "{}") =>
  JSON.parse((await invoke(functionId, { invokeFunctionBody: body })).text);

describe("a function that is invoked", () => {
  test("runs with the configuration of its application and its own, an identity, and the way back to OCI", async () => {
    const { id } = await setup.fn(applicationId, { config: { B: "function", C: "function" }, memoryInMBs: 512 });
    const { body, environment } = await told(id, "日本語");
    expect([body, environment]).toEqual([
      "日本語",
      expect.objectContaining({
        A: "application",
        B: "function",
        C: "function",
        OCI_ENDPOINT_URL: setup.url,
        OCI_RESOURCE_PRINCIPAL_VERSION: "2.2",
        OCI_RESOURCE_PRINCIPAL_REGION: "us-phoenix-1",
        FN_APP_NAME: "app",
        FN_FN_NAME: "relay",
        FN_APP_ID: applicationId,
        FN_FN_ID: id,
        FN_MEMORY: "512",
      }),
    ]);
    await expect.poll(() => logs).toEqual([[id, "call 1"]]);
  });

  test("is the principal that OCI knows it by", async () => {
    const { id } = await setup.fn(applicationId);
    const { environment } = await told(id);
    const token = readFileSync(environment.OCI_RESOURCE_PRINCIPAL_RPST, "utf8");
    expect(setup.cloud.issuer.callerOf(`ST$${token}`)).toEqual({
      kind: "function",
      functionId: id,
      compartmentId: COMPARTMENT,
      tenancyId: setup.cloud.tenancyId,
    });
  });

  test("stays in its container, until its configuration or that of its application changes", async () => {
    const { id } = await setup.fn(applicationId);
    const first = await told(id);
    expect(await told(id)).toMatchObject({ calls: 2, pid: first.pid });
    await setup.admin.updateFunction({ functionId: id, updateFunctionDetails: { config: { OCI_ENDPOINT_URL: "x" } } });
    const second = await told(id);
    expect([second.calls, second.environment.OCI_ENDPOINT_URL]).toEqual([1, "x"]);
    await setup.admin.updateApplication({ applicationId, updateApplicationDetails: { config: {} } });
    const third = await told(id);
    expect([third.calls, third.environment.A]).toEqual([1, undefined]);
    await expect.poll(() => isRunning(first.pid) || isRunning(second.pid)).toBe(false);
  });

  test("runs in up to three containers at once; the other calls wait", async () => {
    const { id } = await setup.fn(applicationId);
    const replies = await Promise.all(Array.from({ length: 5 }, () => told(id, "slow")));
    expect(new Set(replies.map(({ pid }) => pid)).size).toBe(3);
  });

  test("ends with its function and with the emulator", async () => {
    const [one, other] = [await setup.fn(applicationId), await setup.fn(applicationId, { displayName: "other" })];
    const pids = [(await told(one.id)).pid, (await told(other.id)).pid];
    await setup.admin.deleteFunction({ functionId: one.id });
    await expect.poll(() => pids.map(isRunning)).toEqual([false, true]);
    await setup.faas.close();
    expect(pids.map(isRunning)).toEqual([false, false]);
  });

  test("ends with the emulator in the middle of a call too", async () => {
    const { id } = await setup.fn(applicationId, { image: "answers:1", config: { FAULT: "hang" } });
    const called = invoke(id).catch(() => "refused");
    await expect.poll(() => logs).toEqual([[id, "call 1"]]);
    await setup.faas.close();
    expect(await called).toBe("refused");
  });

  test.each<[string, Record<string, string>, [number, string]]>([
    ["throws", { FAIL: "no" }, [502, "FunctionInvokeExecutionFailed"]],
    ["dies", { FAULT: "die" }, [502, "FunctionInvokeExecutionFailed"]],
    ["does not start", { FAULT: "exit" }, [502, "FunctionInvokeContainerInitFail"]],
    ["says that it timed out", { FAULT: "504" }, [504, "FunctionInvokeTimeout"]],
    ["answers too much", { FAULT: "big" }, [502, "FunctionInvokeResponseBodyTooLarge"]],
  ])("and %s is refused as OCI does", async (_, config, refused) => {
    const { id } = await setup.fn(applicationId, { image: "FAIL" in config ? IMAGE : "answers:1", config });
    expect(await outcomeOf(invoke(id))).toEqual(refused);
    const counted = setup.asked.counted.find(({ name }) => name === "FunctionResponseCount");
    expect(counted?.dimensions).toEqual({ resourceId: id, applicationId, responseType: "Error" });
  });

  test("takes no longer than its timeout", async () => {
    const { id } = await setup.fn(applicationId, {
      image: "answers:1",
      config: { FAULT: "hang" },
      timeoutInSeconds: 5,
    });
    expect(await outcomeOf(invoke(id))).toEqual([504, "FunctionInvokeTimeout"]);
  });

  test("is counted", async () => {
    const { id } = await setup.fn(applicationId);
    await told(id);
    const counted = { namespace: "oci_faas", compartmentId: COMPARTMENT };
    const dimensions = { resourceId: id, applicationId };
    expect(setup.asked.counted).toEqual([
      { ...counted, name: "FunctionInvocationCount", dimensions },
      { ...counted, name: "FunctionResponseCount", dimensions: { ...dimensions, responseType: "Success" } },
      { ...counted, name: "FunctionExecutionDuration", dimensions, value: expect.any(Number) },
    ]);
  });
});

describe("an invocation is refused", () => {
  test("for another image than those there are, with the reason", async () => {
    const { id } = await setup.fn(applicationId, { image: "phx.ocir.io/tenancy/other:1" });
    await expect(invoke(id)).rejects.toMatchObject({
      statusCode: 502,
      serviceCode: "FunctionInvokeImageNotAvailable",
      message: expect.stringContaining("phx.ocir.io/tenancy/other:1"),
    });
  });

  test.each<[string, Partial<requests.InvokeFunctionRequest>, [number, string]]>([
    ["of no function", { functionId: "ocid1.fnfunc.oc1..none" }, [404, "NotAuthorizedOrNotFound"]],
    ["of an unknown type", { fnInvokeType: "later" as never }, [400, "InvalidParameter"]],
    ["with an unknown intent", { fnIntent: "x" as never }, [400, "InvalidParameter"]],
  ])("%s", async (_, request, refused) => {
    const { id } = await setup.fn(applicationId);
    expect(await outcomeOf(invoke(id, request))).toEqual(refused);
    expect(logs).toEqual([]);
  });

  test.each([
    [6 * 1024 * 1024, { status: 200 }],
    [6 * 1024 * 1024 + 1, { status: 413, body: expect.stringContaining("RequestEntityTooLarge") }],
  ])("with more than 6 MB, which %i bytes are or not", async (length, refused) => {
    const { id } = await setup.fn(applicationId, { image: "answers:1" });
    const body = "x".repeat(length);
    expect(await setup.faas.invoke(id, body, {})).toMatchObject(refused);
    // Past the signature, because the SDK's own takes a minute for as much.
    const [operation] = setup.faas.operations.filter(({ path }) => path.endsWith("/actions/invoke"));
    const request = { method: "POST", path: "/", headers: {}, body: Buffer.from(body) };
    const caller: Caller = { kind: "user", userId: "u", tenancyId: TENANCY };
    const call = { request, parameters: { functionId: id }, query: new URLSearchParams(), caller };
    const answer = await operation?.answer(call);
    expect({ ...answer, body: String(answer?.body) }).toMatchObject(refused);
  });

  test("of a function that has no FN_INVOCATION", async () => {
    const { id: functionId } = await setup.fn(applicationId);
    const call = () => outcomeOf(setup.functionInvoker.invokeFunction({ functionId, invokeFunctionBody: "{}" }));
    expect(await call()).toEqual([404, "NotAuthorizedOrNotFound"]);
    mayInvoke = true;
    expect(await call()).toBe("done");
  });

  test("above the limit of calls at once", async () => {
    await setup.close();
    await start({ maxConcurrentCalls: 1 });
    const { id } = await setup.fn(applicationId);
    const outcomes = await Promise.all([1, 2].map(() => outcomeOf(invoke(id, { invokeFunctionBody: "slow" }))));
    expect(outcomes.map(String).sort()).toEqual([String([429, "TooManyRequests"]), "done"]);
    const types = setup.asked.counted.map(({ dimensions }) => dimensions.responseType);
    expect(types.filter((type) => type !== undefined).sort()).toEqual(["Success", "Throttled"]);
  });
});

describe("a dry run and a detached call", () => {
  test("are answered at once: the one runs nothing, the other later", async () => {
    const { id } = await setup.fn(applicationId);
    expect((await invoke(id, { isDryRun: true })).text).toBe("");
    expect(setup.asked.counted).toEqual([]);
    const { text } = await invoke(id, { fnInvokeType: FnInvokeType.Detached, fnIntent: FnIntent.Cloudevent });
    expect(text).toBe("");
    await expect.poll(() => logs).toEqual([[id, "call 1"]]);
  });

  const [streamId, topicId] = ["ocid1.stream.oc1..s", "ocid1.onstopic.oc1..t"];
  const destinations = {
    successDestination: { kind: "STREAM", streamId } as never,
    failureDestination: { kind: "NOTIFICATION", topicId } as never,
  };

  test("leave a record of success on a stream", async () => {
    const { id } = await setup.fn(applicationId, destinations);
    await invoke(id, { fnInvokeType: FnInvokeType.Detached, invokeFunctionBody: "日本語" });
    await expect.poll(() => setup.asked.put).toHaveLength(1);
    const [[to, { key, value }]] = setup.asked.put as [[string, { key: string; value: string }]];
    const record = JSON.parse(value);
    expect([to, key, record, JSON.parse(record.response.body).body]).toEqual([
      streamId,
      id,
      {
        functionId: id,
        invocationId: expect.stringMatching(/^\w{26}$/),
        status: "SUCCESS",
        payload: "日本語",
        response: { status: 200, body: expect.any(String) },
      },
      "日本語",
    ]);
    expect(setup.asked.published).toEqual([]);
  });

  test("leave a record of failure on a topic", async () => {
    const { id } = await setup.fn(applicationId, { ...destinations, config: { FAIL: "no" } });
    await invoke(id, { fnInvokeType: FnInvokeType.Detached });
    await expect.poll(() => setup.asked.published).toHaveLength(1);
    const [[to, { body }]] = setup.asked.published as [[string, { body: string }]];
    expect([to, JSON.parse(body)]).toMatchObject([topicId, { status: "FAILURE", response: { status: 502 } }]);
    expect(setup.asked.put).toEqual([]);
  });

  test("say so when a record is for a queue", async () => {
    const successDestination = { kind: "QUEUE", queueId: "ocid1.queue.oc1..q" } as never;
    const { id } = await setup.fn(applicationId, { successDestination });
    await invoke(id, { fnInvokeType: FnInvokeType.Detached });
    await expect.poll(() => logs.at(-1)?.[1]).toMatch(/queues are not emulated/);
  });
});

describe("the platform itself", () => {
  test("invokes a function in sync, and is told what became of it", async () => {
    const { id } = await setup.fn(applicationId);
    const { status, body } = await setup.faas.invoke(id, '{"eventType":"t"}', { "fn-intent": "cloudevent" });
    expect([status, JSON.parse(body).body]).toEqual([200, '{"eventType":"t"}']);
    expect(await setup.faas.invoke("ocid1.fnfunc.oc1..none", "{}", {})).toMatchObject({
      status: 404,
      code: "NotAuthorizedOrNotFound",
    });
  });
});

test.each([
  "phx.ocir.io/tenancy/team/oci-event-relay:0.1.0",
  `oci-event-relay@sha256:${"0".repeat(64)}`,
])("the image %s is this project's own function", async (image) => {
  const secretKey = "a-secret-of-32-characters-at-least";
  const sink = await startSink({ secretKey });
  const faas = createFaas(setup.cloud, { entry: await stockEntry() });
  const config = { WEBHOOK_URL: `${sink.url}/webhook`, WEBHOOK_SECRET_KEY: secretKey };
  const { id } = await setup.fn(applicationId, { image, config });
  const event = readFileSync(new URL("../fixtures/bucket-created.json", import.meta.url), "utf8");
  const { status, body } = await faas.invoke(id, event, {});
  expect([status, JSON.parse(body)]).toMatchObject([200, { outcome: "delivered" }]);
  await Promise.all([faas.close(), sink.close()]);
});

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
