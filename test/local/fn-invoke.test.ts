import { randomBytes } from "node:crypto";
import { copyFileSync, mkdtempSync, rmSync, utimesSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, describe, expect, test } from "vitest";
import { startFnServer } from "../../local/fn-api/server.ts";
import { type LoopbackServer, serveLoopback } from "../../local/loopback.ts";
import { fnClient, ID, REPLIES } from "./fn-client.ts";
import { isAlive, untilGone } from "./until-gone.ts";

/** Config that makes the image `replies` answer just so. */
function replying(headers: Record<string, string | string[]>, body: Buffer | string = "") {
  return { REPLY: JSON.stringify({ headers, body: Buffer.from(body).toString("base64") }) };
}

let closing: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(closing.map((close) => close()));
  closing = [];
});

/** Where functions wait: `arrived` resolves once so many of them do, `let go` lets them all go on. */
async function waitingRoom() {
  const here: (() => void)[] = [];
  let onArrival = () => {};
  let isOpen = false;
  const room: LoopbackServer = await serveLoopback(
    () =>
      new Promise((resolve) => {
        here.push(() => resolve({ status: 200 }));
        if (isOpen) resolve({ status: 200 });
        onArrival();
      }),
  );
  closing.push(() => room.close());
  return {
    config: { HOLD: `${room.url}/` },
    arrived: (count: number) =>
      new Promise<void>((resolve) => {
        onArrival = () => here.length >= count && resolve();
        onArrival();
      }),
    letGo() {
      isOpen = true;
      for (const go of here) go();
    },
  };
}

describe("an invocation", () => {
  test("brings the caller's headers and body to the function, with a call id, and nothing that the caller did not send", async () => {
    const { deploy, invoke } = await fnClient();
    const { id, appId } = await deploy(
      { memory: 512, config: { A: "fn", B: "fn" } },
      { config: { A: "app", C: "app" } },
    );
    const body = randomBytes(20_000);
    const headers = { "Content-Type": "text/x", "X-B3-TraceId": "1", "Accept-Encoding": "br", Accept: "a/b" };
    const response = await invoke(id, body, { headers });
    const seen = await response.json();
    expect({ status: response.status, body: seen.body }).toEqual({ status: 200, body: body.toString("base64") });
    expect(response.headers.get("fn-call-id")).toMatch(ID);
    expect(seen.headers).toEqual({
      ...{ accept: "a/b", "accept-encoding": "br", "content-type": "text/x", "x-b3-traceid": "1", host: "localhost" },
      ...{ connection: "keep-alive", "transfer-encoding": "chunked" },
      // What the client of this test sends by itself.
      ...{ "accept-language": "*", "sec-fetch-mode": "cors", "user-agent": "node" },
      "fn-call-id": response.headers.get("fn-call-id"),
      "fn-deadline": expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
    });
    const { FN_LISTENER, ...env } = seen.env;
    expect(FN_LISTENER).toMatch(/^unix:.*\/lsnr\.sock$/);
    expect(env).toEqual({
      ...{ A: "fn", B: "fn", C: "app" },
      ...{ FN_APP_ID: appId, FN_FN_ID: id, FN_MEMORY: "512", FN_TYPE: "sync", FN_FORMAT: "http-stream" },
    });
  });

  test("gives the function the time that it is to have", async () => {
    const { deploy, invoke } = await fnClient();
    const { id } = await deploy({ timeout: 200 });
    const { headers } = await (await invoke(id)).json();
    const leftMs = Date.parse(headers["fn-deadline"]) - Date.now();
    expect([leftMs > 150_000, leftMs <= 200_000]).toEqual([true, true]);
  });

  test("brings headers and bytes of the function back as they are", async () => {
    const { deploy, invoke } = await fnClient();
    const bytes = randomBytes(5_000);
    const own = { "Content-Type": "image/png", "X-Mine": "yes", "Fn-Http-Status": "422", "Set-Cookie": ["a=1", "b=2"] };
    const { id } = await deploy({ config: replying(own, bytes) });
    const response = await invoke(id);
    expect(response.status).toBe(200);
    expect(Buffer.from(await response.arrayBuffer())).toEqual(bytes);
    const { date: _, connection: __, "keep-alive": ___, ...headers } = Object.fromEntries(response.headers);
    expect(headers).toEqual({
      ...{ "content-type": "image/png", "x-mine": "yes", "fn-http-status": "422", "content-length": "5000" },
      "fn-call-id": expect.stringMatching(ID),
      "set-cookie": "b=2",
    });
    expect(response.headers.getSetCookie()).toEqual(["a=1", "b=2"]);
  });

  test.each([
    ["text", "日本", "text/plain; charset=utf-8"],
    ["bytes", Buffer.from([0xff, 0xfe]), "application/octet-stream"],
  ])("finds a type for %s of a function that names none", async (_, body, type) => {
    const { deploy, invoke } = await fnClient();
    const { id } = await deploy({ config: replying({}, body) });
    expect((await invoke(id)).headers.get("content-type")).toBe(type);
  });

  test("unpacks what the function has packed for a caller who has not asked for that", async () => {
    const { url, deploy } = await fnClient();
    const config = replying({ "Content-Encoding": "gzip", "Content-Type": "a/b" }, gzipSync("text"));
    const { id, appId } = await deploy({ config });
    await fetch(`${url}/v2/triggers`, {
      method: "POST",
      body: JSON.stringify({ app_id: appId, fn_id: id, name: "t", type: "http", source: "/t" }),
    });
    // A trigger hides the caller's Accept-Encoding from the function.
    const response = await fetch(`${url}/t/app/t`);
    expect([response.headers.get("content-encoding"), await response.text()]).toEqual([null, "text"]);
  });

  test.each([
    ["fails", "502", 502, "function failed"],
    ["says that it took too long", "504", 504, "Timed out"],
    ["answers any other status", "422", 502, "invalid function response"],
    ["dies", "die", 502, "error receiving function response"],
    ["does not answer in time", "hang", 504, "Timed out"],
    ["answers more than 6 MB", "big", 502, "function response body too large"],
    [
      "exits while it starts",
      "exit",
      502,
      "Container failed to initialize, please ensure you are using the latest fdk and check the logs",
    ],
  ])("of a function that %s", async (_, fault, status, message) => {
    const { deploy, invoke } = await fnClient();
    const { id } = await deploy({ image: "answers", timeout: fault === "hang" ? 1 : 30, config: { FAULT: fault } });
    const response = await invoke(id);
    expect({ status: response.status, body: await response.json() }).toEqual({ status, body: { message } });
    expect(response.headers.get("content-type")).toBe("application/json; charset=utf-8");
    expect(response.headers.get("fn-call-id")).toMatch(ID);
  });

  test("of a function with more than 1 MB of headers", async () => {
    const { deploy, invoke } = await fnClient();
    const { id } = await deploy({ config: { LONG: String(1024 * 1024) } });
    const response = await invoke(id);
    expect([response.status, await response.json()]).toEqual([502, { message: "function response header too large" }]);
  });

  test("that is detached answers when the function has, without what it answered", async () => {
    const { deploy, invoke } = await fnClient();
    const { id } = await deploy({ config: replying({ "X-Mine": "yes", "Content-Type": "a/b" }, "text") });
    const headers = { "Fn-Invoke-Type": "detached" };
    const response = await invoke(id, "{}", { headers });
    expect([response.status, await response.text(), response.headers.get("x-mine")]).toEqual([200, "", "yes"]);
    const failing = await deploy({ name: "failing", image: "answers", config: { FAULT: "502" } });
    const failed = await invoke(failing.id, "{}", { headers });
    expect([failed.status, await failed.json()]).toEqual([502, { message: "function failed" }]);
  });

  test("tells what a container logs, and of which function", async () => {
    const logs: string[] = [];
    const { deploy, invoke } = await fnClient({ onLog: (line, fnName) => logs.push(`${fnName} | ${line}`) });
    const { id } = await deploy();
    const { pid } = await (await invoke(id)).json();
    await expect.poll(() => logs).toEqual([`fn | called ${pid}`]);
  });
});

describe("an image", () => {
  test.each([
    "replies",
    "replies:0.0.2",
    "me/replies",
    "localhost:5000/me/replies:1",
    `me/replies@sha256:${"0".repeat(64)}`,
  ])("is known by the last part of its repository: %s", async (image) => {
    const { deploy, invoke } = await fnClient();
    const { id } = await deploy({ image });
    expect((await invoke(id)).status).toBe(200);
  });

  test.each([
    "hello:0.0.1",
    "replies/hello",
    "localhost:5000",
    "constructor",
  ])("that nothing stands for cannot be pulled: %s", async (image) => {
    const { deploy, invoke } = await fnClient();
    const { id } = await deploy({ image });
    const response = await invoke(id);
    const why = "no containers run here, only the files that stand for images named replies, answers";
    expect([response.status, await response.json()]).toEqual([
      404,
      { message: `Failed to pull image '${image}': ${why}` },
    ]);
  });

  test("whose file is not there cannot be pulled", async () => {
    const { deploy, invoke } = await fnClient({ images: new Map([["replies", "/nowhere/func.cjs"]]) });
    const { id } = await deploy();
    const response = await invoke(id);
    const why = "its file /nowhere/func.cjs is not there: build it, for the relay with npm run build";
    expect([response.status, await response.json()]).toEqual([
      404,
      { message: `Failed to pull image 'replies:1': ${why}` },
    ]);
  });
});

describe("a container", () => {
  test("serves the next call too", async () => {
    const { deploy, invoke } = await fnClient();
    const { id } = await deploy();
    const pids = [];
    for (let call = 0; call < 3; call++) pids.push((await (await invoke(id)).json()).pid);
    expect(new Set(pids).size).toBe(1);
  });

  test("is not shared: a call at the same time gets one of its own", async () => {
    const room = await waitingRoom();
    const { deploy, invoke } = await fnClient();
    const { id } = await deploy({ config: room.config });
    const calls = [1, 2, 3].map(() => invoke(id));
    await room.arrived(3);
    room.letGo();
    const pids = await Promise.all(calls.map(async (call) => (await (await call).json()).pid));
    expect(new Set(pids).size).toBe(3);
  });

  test.each([
    ["the function's config", "fns", { config: { NEW: "1" } }],
    ["the app's config", "apps", { config: { NEW: "1" } }],
    ["the image", "fns", { image: "replies:2" }],
    ["the memory", "fns", { memory: 256 }],
  ])("gives way at the next call after a change of %s", async (_, kind, change) => {
    const { ask, deploy, invoke } = await fnClient();
    const { id, appId } = await deploy();
    const before = await (await invoke(id)).json();
    await ask("PUT", `/v2/${kind}/${kind === "fns" ? id : appId}`, change);
    const after = await (await invoke(id)).json();
    expect(after.pid).not.toBe(before.pid);
    await untilGone(before.pid);
    if ("config" in change) expect(after.env).toMatchObject(change.config);
  });

  test("gives way once its file was built anew", async () => {
    const folder = mkdtempSync(join(tmpdir(), "fn-entry-"));
    closing.push(() => rmSync(folder, { recursive: true }));
    const file = join(folder, "func.cjs");
    copyFileSync(REPLIES, file);
    const { deploy, invoke } = await fnClient({ images: new Map([["replies", file]]) });
    const { id } = await deploy();
    const before = await (await invoke(id)).json();
    utimesSync(file, 1, 1);
    expect((await (await invoke(id)).json()).pid).not.toBe(before.pid);
  });

  test("that is in the middle of a call when the config changes ends after the call", async () => {
    const room = await waitingRoom();
    const { ask, deploy, invoke } = await fnClient();
    const { id } = await deploy({ config: room.config });
    const call = invoke(id, "first");
    await room.arrived(1);
    await ask("PUT", `/v2/fns/${id}`, { config: { HOLD: "" } });
    const after = await (await invoke(id)).json();
    room.letGo();
    const before = await (await call).json();
    expect(after.pid).not.toBe(before.pid);
    await untilGone(before.pid);
  });

  test("ends when it has been idle for as long as it may be, and with its function, its app and the server", async () => {
    const { ask, deploy, invoke } = await fnClient();
    const idle = await deploy({ name: "idle", idle_timeout: 1 });
    await untilGone((await (await invoke(idle.id)).json()).pid);
    const fn = await deploy({ name: "deleted" });
    const { pid } = await (await invoke(fn.id)).json();
    await ask("DELETE", `/v2/fns/${fn.id}`);
    await untilGone(pid);
    const app = await deploy({ name: "of a deleted app".replaceAll(" ", "-") });
    const other = await (await invoke(app.id)).json();
    await ask("DELETE", `/v2/apps/${app.appId}`);
    await untilGone(other.pid);
    const server = await startFnServer({ images: new Map([["replies", REPLIES]]) });
    const post = async (path: string, body: unknown) =>
      (await fetch(server.url + path, { method: "POST", body: JSON.stringify(body) })).json();
    const { id: app_id } = await post("/v2/apps", { name: "app" });
    const { id } = await post("/v2/fns", { app_id, name: "fn", image: "replies" });
    const last = await post(`/invoke/${id}`, {});
    await server.close();
    expect(isAlive(last.pid)).toBe(false);
  });

  test("has the environment of whoever started the server, where config says nothing else", async () => {
    const { deploy, invoke } = await fnClient({ environment: { OCI_ENDPOINT_URL: "a", OTHER: "b", FN_MEMORY: "1" } });
    const { id } = await deploy({ config: { OTHER: "c" } });
    expect((await (await invoke(id)).json()).env).toMatchObject({
      OCI_ENDPOINT_URL: "a",
      OTHER: "c",
      FN_MEMORY: "128",
    });
  });

  test.each([
    ["a NUL", "\0", "ERR_INVALID_ARG_VALUE"],
    ["more than a process can have", "x".repeat(4_000_000), "E2BIG"],
  ])("cannot be had with %s in its config", async (_, value, code) => {
    const logs: string[] = [];
    const { deploy, invoke } = await fnClient({ onLog: (line) => logs.push(line) });
    const { id } = await deploy({ config: { A: value } });
    const response = await invoke(id);
    expect([response.status, await response.json()]).toEqual([
      502,
      { message: "Container failed to initialize, please ensure you are using the latest fdk and check the logs" },
    ]);
    expect(logs).toEqual([`the container cannot start with this configuration (${code})`]);
  });
});

describe("limits", () => {
  test("a call that gets no container within its time is told to come back", async () => {
    const room = await waitingRoom();
    const { deploy, invoke } = await fnClient({ maxContainers: 1 });
    const { id } = await deploy({ config: room.config });
    const other = await deploy({ name: "other", timeout: 1 });
    const call = invoke(id);
    await room.arrived(1);
    const busy = await invoke(other.id);
    expect([busy.status, busy.headers.get("retry-after"), await busy.json()]).toEqual([
      503,
      "15",
      { message: "Timed out - server too busy" },
    ]);
    const patient = invoke(id, "second");
    room.letGo();
    expect([(await call).status, (await patient).status, (await invoke(other.id)).status]).toEqual([200, 200, 200]);
  });

  test("an idle container gives way to another function's", async () => {
    const { deploy, invoke } = await fnClient({ maxContainers: 1 });
    const { id } = await deploy();
    const { pid } = await (await invoke(id)).json();
    expect((await invoke((await deploy({ name: "other" })).id)).status).toBe(200);
    await untilGone(pid);
  });

  test("a request that is too large is refused, with or without a word of its length", async () => {
    const { deploy, invoke } = await fnClient({ maxRequestBytes: 300 });
    const { id } = await deploy();
    const told = await invoke(id, "x".repeat(301));
    expect([told.status, await told.json()]).toEqual([
      413,
      { message: "Content-Length too large for this server, 301 > max 300" },
    ]);
    const stream = new Blob(["x".repeat(301)]).stream();
    const untold = await invoke(id, "", { body: stream, duplex: "half" } as RequestInit);
    expect([untold.status, await untold.json()]).toEqual([413, { message: "Request content too large" }]);
    expect((await invoke(id, "x".repeat(300))).status).toBe(200);
  });

  test("a caller who goes away takes the container along", async () => {
    const room = await waitingRoom();
    const answered: string[] = [];
    const logs: string[] = [];
    const { deploy, invoke } = await fnClient({
      onAnswer: (line) => answered.push(line),
      onLog: (line) => logs.push(line),
    });
    const { id } = await deploy({ config: room.config });
    const gone = new AbortController();
    const call = invoke(id, "{}", { signal: gone.signal });
    await room.arrived(1);
    gone.abort();
    await expect(call).rejects.toThrow("aborted");
    await expect.poll(() => answered.at(-1)).toBe(`POST /invoke/${id} 444`);
    await untilGone(Number(logs[0]?.split(" ")[1]));
    room.letGo();
    expect((await invoke(id)).status).toBe(200);
  });
});
