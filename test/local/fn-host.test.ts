import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, test } from "vitest";
import { createFnHost, type FnHost, type FnResponse } from "../../local/fn-host.ts";
import { untilStopped } from "../process-state.ts";

const ENTRY = fileURLToPath(new URL("functions/answers.cjs", import.meta.url));

let host: FnHost;
let logs: string[];
/** Resolves once a call has come to the function. */
let called: Promise<void>;
afterEach(() => host.stop());

function hostOf(fault: string, timeoutMs?: number): FnHost {
  logs = [];
  let onCall = () => {};
  called = new Promise((resolve) => {
    onCall = resolve;
  });
  host = createFnHost({
    entry: ENTRY,
    config: { FAULT: fault, FN_MEMORY: "1" },
    onLog(line) {
      logs.push(line);
      onCall();
    },
    ...(timeoutMs && { timeoutMs }),
  });
  return host;
}

describe("the Fn host calls a function as the Fn agent does", () => {
  test("one POST /call, chunked, with call id and a deadline in whole seconds, and an environment of its own", async () => {
    const beforeMs = Date.now();
    const { status, body, headers, callId } = await hostOf("", 30_000).invoke("x".repeat(10_000), {
      "X-B3-TraceId": "1",
    });
    const seen = JSON.parse(body);
    expect({ status, mine: headers["x-mine"], bytes: seen.bytes, method: seen.method, url: seen.url }).toEqual({
      status: 200,
      mine: "yes",
      bytes: 10_000,
      method: "POST",
      url: "/call",
    });
    expect(seen.headers).toMatchObject({
      host: "localhost",
      "transfer-encoding": "chunked",
      "fn-call-id": callId,
      "accept-encoding": "gzip",
      "x-b3-traceid": "1",
    });
    expect(seen.headers).not.toHaveProperty("content-length");
    expect(callId).toMatch(/^[0-9A-Z]{26}$/);
    expect(seen.headers["fn-deadline"]).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    const deadlineMs = Date.parse(seen.headers["fn-deadline"]) - beforeMs;
    expect([deadlineMs > 28_900, deadlineMs < 30_500]).toEqual([true, true]);
    expect(seen.env).toEqual(["FAULT", "FN_APP_ID", "FN_FN_ID", "FN_FORMAT", "FN_LISTENER", "FN_MEMORY", "FN_TYPE"]);
  });

  test("one call at a time, all to the same warm container", async () => {
    hostOf("");
    const replies = await Promise.all([1, 2, 3].map(() => host.invoke("{}")));
    expect(replies.map(({ body, isCold }) => [JSON.parse(body).calls, isCold])).toEqual([
      [1, true],
      [2, false],
      [3, false],
    ]);
  });

  test.each([
    ["exits while starting", "exit", 502, /^Container failed to initialize/],
    ["has no socket after 5 s", "slow", 504, /^Container initialization timed out/],
    ["answers 502: it failed", "502", 502, /^function failed$/],
    ["answers 504", "504", 504, /^Timed out$/],
    ["answers any other status", "422", 502, /^invalid function response$/],
    ["dies during a call", "die", 502, /^error receiving function response$/],
    ["outlasts its time", "hang", 504, /^Timed out$/],
    ["answers more than 6 MB", "big", 502, /^function response body too large$/],
  ])("a function that %s", async (_, fault, status, message) => {
    const response = await hostOf(fault, 600).invoke("{}");
    expect({ status: response.status, message: JSON.parse(response.body).message }).toEqual({
      status,
      message: expect.stringMatching(message),
    });
  });

  test.each([
    ["keeps the container of a function that answers 502", "502", false],
    ["throws away the container of one that answers 422", "422", true],
  ])("%s", async (_, fault, isCold) => {
    await hostOf(fault).invoke("{}");
    expect((await host.invoke("{}")).isCold).toBe(isCold);
  });

  test("freezes the function 50 ms after its reply and thaws it for the next call", async () => {
    await hostOf("").invoke("{}");
    const pid = host.pid() ?? 0;
    await untilStopped(pid);
    expect(await host.invoke("{}")).toMatchObject({ status: 200, isCold: false });
    await untilStopped(pid);
  });

  test("gives a call the time that it is to have, and the next one the host's", async () => {
    hostOf("", 30_000);
    const left: number[] = [];
    for (const options of [{ timeoutMs: 9_000 }, {}]) {
      const { body } = await host.invoke("{}", {}, options);
      left.push(Date.parse(JSON.parse(body).headers["fn-deadline"]) - Date.now());
    }
    expect(left.map((ms) => Math.ceil(ms / 10_000))).toEqual([1, 3]);
  });

  test("ends a call that outlasts the time of its own", async () => {
    expect(await hostOf("hang").invoke("{}", {}, { timeoutMs: 300 })).toMatchObject({ status: 504 });
  });

  test("leaves no process behind when it stops", async () => {
    await hostOf("").invoke("{}");
    const pid = host.pid() ?? 0;
    await host.stop();
    expect(() => process.kill(pid, 0)).toThrow("ESRCH");
  });
});

describe("a container of the Fn host can be", () => {
  const messageOf = ({ status, body }: FnResponse) => [status, JSON.parse(body).message];

  test("killed in the middle of a call: the caller sees no answer, and the next call another container", async () => {
    const call = hostOf("hang").invoke("{}");
    await called;
    const pid = host.pid() ?? 0;
    await host.kill();
    expect(() => process.kill(pid, 0)).toThrow("ESRCH");
    expect(host.pid()).toBeUndefined();
    expect(messageOf(await call)).toEqual([502, "error receiving function response"]);
    expect(await host.invoke("{}", {}, { timeoutMs: 300 })).toMatchObject({ isCold: true });
  });

  test("killed between calls, and when there is none", async () => {
    await hostOf("").kill();
    await host.invoke("{}");
    await host.kill();
    expect(await host.invoke("{}")).toMatchObject({ status: 200, isCold: true });
  });

  test("frozen in the middle of a call and thawed", async () => {
    const call = hostOf("signal").invoke("{}");
    await called;
    const pid = host.pid() ?? 0;
    host.freeze();
    await untilStopped(pid);
    // Comes to the function only once it is thawed; then it answers.
    process.kill(pid, "SIGUSR2");
    host.thaw();
    expect(await call).toMatchObject({ status: 200, body: "{}" });
  });

  test("frozen for longer than a call has: it has timed out", async () => {
    const call = hostOf("signal").invoke("{}", {}, { timeoutMs: 500 });
    await called;
    const pid = host.pid() ?? 0;
    host.freeze();
    process.kill(pid, "SIGUSR2");
    expect(messageOf(await call)).toEqual([504, "Timed out"]);
    expect(() => process.kill(pid, 0)).toThrow("ESRCH");
  });
});
