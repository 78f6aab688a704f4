import { createServer, type Server, type Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type Connections, createConnections } from "../../src/http/connections.ts";
import { type HttpResult, send } from "../../src/http/send.ts";

let server: Server;
let sockets: Socket[];
let connections: Connections;
let timers: number[];
beforeEach(() => {
  sockets = [];
  timers = [];
  connections = createConnections(1);
  // The clock stands still, but for what a test advances; sockets go on as they do.
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const { setTimeout: fake } = globalThis;
  vi.spyOn(globalThis, "setTimeout").mockImplementation(((callback: () => void, ms: number) => {
    timers.push(ms);
    return fake(callback, ms);
  }) as typeof setTimeout);
});
afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  connections.close();
  for (const socket of sockets) socket.destroy();
  await new Promise((resolve) => server.close(resolve));
});

/** A server that does as it is told with each request: what it was sent, and which one it is, from 1. */
async function listen(onRequest: (socket: Socket, nth: number, request: string) => void): Promise<string> {
  let requests = 0;
  server = createServer((socket) => {
    sockets.push(socket);
    socket.on("error", () => {});
    socket.on("data", (bytes) => onRequest(socket, ++requests, bytes.toString()));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `127.0.0.1:${(server.address() as { port: number }).port}`;
}

function request(url: string, { timeoutMs = 60_000, method = "POST" as "POST" | "GET" } = {}): Promise<HttpResult> {
  return send(
    { method, url: new URL(url), headers: { "X-Name": "é" }, body: "{}" },
    { connections, leftMs: () => timeoutMs },
  );
}

const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

/** Until somebody has set a timer of that length. */
async function untilTimer(ms: number): Promise<void> {
  while (!timers.includes(ms)) await nextTurn();
}

async function hasEnded(result: Promise<unknown>): Promise<boolean> {
  let ended = false;
  result.then(() => {
    ended = true;
  });
  for (let turn = 0; turn < 10; turn++) await nextTurn();
  return ended;
}

/** It ends after so many milliseconds and not before; its timers go with it. */
async function endOf(result: Promise<HttpResult>, afterMs: number): Promise<HttpResult> {
  await vi.advanceTimersByTimeAsync(afterMs - 1);
  expect(await hasEnded(result)).toBe(false);
  await vi.advanceTimersByTimeAsync(1);
  const ended = await result;
  expect(vi.getTimerCount()).toBe(0);
  return ended;
}

describe("a request that gets no answer ends", () => {
  const limits: [string, "http" | "https", number, number, number, string][] = [
    ["after 5 s in which no connection came about", "https", 60_000, 5_000, 5_000, "CONNECT_TIMEOUT"],
    ["10 s after it was connected", "http", 60_000, 10_000, 10_000, "HEADERS_TIMEOUT"],
    ["with the time that it has, while it connects", "https", 3_000, 5_000, 3_000, "NO_TIME_LEFT"],
    ["with the time that it has, while it waits", "http", 7_000, 10_000, 7_000, "NO_TIME_LEFT"],
  ];
  test.each(limits)("%s", async (_, protocol, timeoutMs, phaseMs, afterMs, code) => {
    // Never says a word: for TLS that is no connection yet, for HTTP no answer.
    const address = await listen(() => {});
    const result = request(`${protocol}://${address}/`, { timeoutMs });
    await untilTimer(phaseMs);
    expect(await endOf(result, afterMs)).toEqual({ ok: false, code });
  });
});

describe("a body that dawdles", () => {
  test.each<[string, number, "POST" | "GET", string, number, string]>([
    ["of a success, which nobody reads, holds it up for 50 ms", 50, "POST", "200 OK", 200, ""],
    ["of a refusal is waited for for 2 s", 2_000, "POST", "503 Busy", 503, "hal"],
    ["of a success that is read, too", 2_000, "GET", "200 OK", 200, "hal"],
  ])("%s", async (_, ms, method, status, code, body) => {
    const address = await listen((socket) => socket.write(`HTTP/1.1 ${status}\r\nContent-Length: 9\r\n\r\nhal`));
    const result = request(`http://${address}/`, { method });
    await untilTimer(ms);
    expect(await endOf(result, ms)).toMatchObject({ ok: true, status: code, body });
  });
});

describe("an answer is told at once", () => {
  const answered = (head: string, body = "") => `HTTP/1.1 ${head}\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
  test.each<[string, "POST" | "GET", string, object]>([
    ["a success, without its body", "POST", answered("201 Created", "made"), { status: 201, body: "" }],
    ["a success that is read, with its body", "GET", answered("200 OK", "ok"), { status: 200, body: "ok" }],
    ["a refusal, with its body", "POST", answered("400 Bad", "no"), { status: 400, body: "no" }],
    ["a redirect, which is not followed", "POST", answered("302 Found\r\nLocation: /b"), { status: 302, body: "" }],
    [
      "a connection taken over",
      "POST",
      "HTTP/1.1 101 Switching\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n",
      { status: 101, body: "" },
    ],
    [
      "a refusal of which the receiver sends half and hangs up",
      "POST",
      "HTTP/1.1 500 Oops\r\nContent-Length: 9\r\n\r\nhal",
      { status: 500, body: "hal" },
    ],
    [
      "a success of which the receiver sends half and hangs up",
      "POST",
      "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhal",
      { status: 200, body: "" },
    ],
    [
      "the first 64 KB of a long refusal",
      "POST",
      answered("500 Oops", "x".repeat(200_000)),
      { body: "x".repeat(65_536) },
    ],
  ])("%s", async (_, method, bytes, expected) => {
    const isWhole = !bytes.endsWith("hal");
    const address = await listen((socket) => (isWhole ? socket.write(bytes) : socket.end(bytes)));
    expect(await request(`http://${address}/`, { method })).toMatchObject({ ok: true, ...expected });
    expect(vi.getTimerCount()).toBe(0);
  });
});

test.each([
  ["200 OK", 50, { status: 200, body: "" }],
  ["503 Busy", 2_000, { status: 503, body: "hal" }],
])("an answer %s is that answer, also if the connection is reset in the middle of its body", async (status, ms, answer) => {
  const address = await listen((socket) => socket.write(`HTTP/1.1 ${status}\r\nContent-Length: 9\r\n\r\nhal`));
  const result = request(`http://${address}/`);
  await untilTimer(ms);
  sockets[0]?.resetAndDestroy();
  expect(await result).toMatchObject({ ok: true, ...answer });
  expect(vi.getTimerCount()).toBe(0);
});

describe("a connection", () => {
  const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
  const statusesOf = async (url: string, count: number) => {
    const results: unknown[] = [];
    for (let n = 0; n < count; n++) {
      const result = await request(url);
      results.push(result.ok ? result.status : result.code);
    }
    return results;
  };

  test("serves one request after the other", async () => {
    const address = await listen((socket) => socket.write(OK));
    expect([await statusesOf(`http://${address}/`, 3), sockets.length]).toEqual([[200, 200, 200], 1]);
  });

  test("that turns out dead when it is used again is replaced, once", async () => {
    const address = await listen((socket, nth) => (nth % 2 === 1 ? socket.write(OK) : socket.resetAndDestroy()));
    // The second request meets a reset on the kept connection; its own fresh one is the third that the server sees.
    expect([await statusesOf(`http://${address}/`, 2), sockets.length]).toEqual([[200, 200], 2]);
  });

  test("that is reset at its first request is a failure", async () => {
    const address = await listen((socket) => socket.resetAndDestroy());
    expect(await request(`http://${address}/`)).toEqual({ ok: false, code: "ECONNRESET" });
  });

  test("that an answer would take over is closed", async () => {
    const closed: Promise<unknown>[] = [];
    const address = await listen((socket) => {
      closed.push(new Promise((resolve) => socket.once("close", resolve)));
      socket.write("HTTP/1.1 101 Switching\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n");
    });
    expect(await request(`http://${address}/`)).toMatchObject({ ok: true, status: 101 });
    await Promise.all(closed);
    expect(closed.length).toBe(1);
  });

  test("whose answer was cut off is not used again", async () => {
    const address = await listen((socket) => socket.write("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhal"));
    const first = request(`http://${address}/`);
    await untilTimer(50);
    await endOf(first, 50);
    timers.length = 0;
    const second = request(`http://${address}/`);
    await untilTimer(50);
    await endOf(second, 50);
    expect(sockets.length).toBe(2);
  });
});

test("a request is sent with its headers in UTF-8, its length, and its body", async () => {
  const seen: string[] = [];
  const address = await listen((socket, _, text) => {
    seen.push(text);
    socket.write("HTTP/1.1 204 No Content\r\n\r\n");
  });
  await request(`http://${address}/hook?key=a%20b`);
  const [head = "", body] = (seen[0] ?? "").split("\r\n\r\n");
  expect([head.split("\r\n").sort(), body]).toEqual([
    [
      `POST /hook?key=a%20b HTTP/1.1`,
      "X-Name: é",
      "Content-Length: 2",
      `Host: ${address}`,
      "Connection: keep-alive",
    ].sort(),
    "{}",
  ]);
});

test("a header that HTTP has no room for is a failure, and nothing is sent", async () => {
  const address = await listen(() => {});
  const sent = {
    method: "POST" as const,
    url: new URL(`http://${address}/`),
    headers: { "X-A": "a\r\nB: c" },
    body: "",
  };
  expect(await send(sent, { connections, leftMs: () => 1_000 })).toEqual({ ok: false, code: "ERR_INVALID_CHAR" });
  expect([sockets.length, vi.getTimerCount()]).toEqual([0, 0]);
});
