import { afterEach, describe, expect, test, vi } from "vitest";
import type { Behaviour } from "./behaviour.ts";
import { seenOfPost } from "./client.ts";
import { type Receiver, type ReceiverOptions, startReceiver } from "./receiver.ts";
import { refusedUrl } from "./refused.ts";

let receiver: Receiver;
afterEach(() => {
  vi.useRealTimers();
  return receiver?.close();
});

async function start(options?: ReceiverOptions): Promise<void> {
  receiver = await startReceiver(options);
}

/** A client's signal that breaks off as soon as the receiver has the request. */
function untilArrival(): AbortSignal {
  const controller = new AbortController();
  receiver.onArrival = () => controller.abort();
  return controller.signal;
}

type Row = [behaviour: Behaviour, seen: string, booked: "absent" | "received" | "accepted", reset?: "reset"];

const rows: Row[] = [
  [{ kind: "answer", status: 200 }, "200 done", "accepted"],
  [{ kind: "answer", status: 202, headers: { "X-Test": "1" }, body: "grüezi" }, "202 done", "accepted"],
  [{ kind: "answer", status: 204 }, "204 done", "accepted"],
  [{ kind: "answer", status: 503, headers: { "Retry-After": "1" }, body: "busy" }, "503 done", "received"],
  [{ kind: "reset-before" }, "ECONNRESET", "absent", "reset"],
  [{ kind: "reset-after" }, "ECONNRESET", "received", "reset"],
  [{ kind: "lost" }, "ECONNRESET", "accepted", "reset"],
  [{ kind: "slow-headers", ms: 5 }, "200 done", "accepted"],
  [{ kind: "slow-headers", ms: 5, status: 500 }, "500 done", "received"],
  [{ kind: "slow-body", status: 200, everyMs: 1 }, "200 going on", "accepted"],
  [{ kind: "slow-body", status: 500, everyMs: 1 }, "500 going on", "received"],
  [{ kind: "endless-body", status: 200 }, "200 going on", "accepted"],
  [{ kind: "endless-body", status: 500 }, "500 going on", "received"],
  [{ kind: "half", status: 200 }, "200 then ECONNRESET", "accepted"],
  [{ kind: "half", status: 500 }, "500 then ECONNRESET", "received"],
  [{ kind: "half-status-line" }, "ECONNRESET", "received"],
  [{ kind: "garbage" }, "HPE_INVALID_CONSTANT", "received"],
  [{ kind: "redirect-loop" }, "302 done", "received"],
  [{ kind: "close-idle" }, "200 done", "accepted"],
];
const enoughBytes: Partial<Record<Behaviour["kind"], number>> = { "slow-body": 3, "endless-body": 500_000 };

describe.each([{}, { tls: "trusted" }] as const)("a client of a receiver with %j", (options) => {
  test.each(rows)("that does %j sees %j, and the request is %s", async (behaviour, seen, booked, reset) => {
    await start(options);
    receiver.programme = () => behaviour;
    expect(await seenOfPost(receiver.url, { enoughBytes: enoughBytes[behaviour.kind] ?? 1_000 })).toBe(seen);
    await receiver.close();
    const isAccepted = booked === "accepted";
    const arrival = { id: "evt-1", attempt: 1, behaviour: behaviour.kind, isAccepted, isReused: false };
    expect(receiver.arrivals).toMatchObject(booked === "absent" ? [] : [arrival]);
    expect([...receiver.accepted]).toEqual(isAccepted ? [["evt-1", 1]] : []);
    expect(receiver.connections).toEqual({ open: 0, peak: 1, total: 1, reset: reset ? 1 : 0 });
    expect(receiver.malformed).toEqual([]);
  });

  test.each<[string, Behaviour, ReceiverOptions]>([
    ["hangs", { kind: "hang" }, {}],
    ["dawdles over its headers", { kind: "slow-headers", ms: 60_000 }, {}],
    ["dawdles over its body", { kind: "slow-body", status: 500, everyMs: 60_000 }, {}],
    ["takes its time for every answer", { kind: "answer", status: 200 }, { delayMs: 60_000 }],
  ])("that %s gives up: received, not accepted, and nothing is left over", async (_, behaviour, more) => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval"] });
    await start({ ...options, ...more });
    receiver.programme = () => behaviour;
    expect(await seenOfPost(receiver.url, { signal: untilArrival() })).toBe("ABORT_ERR");
    await receiver.close();
    expect(vi.getTimerCount()).toBe(0);
    expect(receiver.arrivals).toMatchObject([{ behaviour: behaviour.kind, isAccepted: false }]);
    expect([receiver.accepted.size, receiver.connections.open]).toEqual([0, 0]);
  });

  test("that resets each second connection gets through with the others, and the id's attempts are counted", async () => {
    await start(options);
    receiver.onConnect = (nth) => (nth % 2 === 0 ? "reset" : undefined);
    const seen = [];
    for (let nth = 1; nth <= 4; nth++) seen.push(await seenOfPost(receiver.url));
    expect(seen).toEqual(["200 done", "ECONNRESET", "200 done", "ECONNRESET"]);
    expect(receiver.arrivals.map(({ attempt }) => attempt)).toEqual([1, 2]);
    expect(receiver.connections).toEqual({ open: 0, peak: 1, total: 4, reset: 2 });
  });

  test("that hangs from the first byte gives up", async () => {
    await start(options);
    const controller = new AbortController();
    receiver.onConnect = () => {
      setImmediate(() => controller.abort());
      return "hang";
    };
    expect(await seenOfPost(receiver.url, { signal: controller.signal })).toBe("ABORT_ERR");
    expect(receiver.arrivals).toEqual([]);
  });
});

test("the programme is asked with id, attempt and path, and an attempt that was reset counts", async () => {
  await start();
  const asked: unknown[] = [];
  receiver.programme = (request) => {
    asked.push(request);
    return request.attempt === 1 ? { kind: "reset-before" } : { kind: "answer", status: 200 };
  };
  for (const id of ["a", "b", "a"]) await seenOfPost(`${receiver.url}?key=1`, { id });
  const path = "/hook?key=1";
  expect(asked).toEqual([
    { id: "a", attempt: 1, path },
    { id: "b", attempt: 1, path },
    { id: "a", attempt: 2, path },
  ]);
  expect(receiver.arrivals.map(({ id, attempt }) => [id, attempt])).toEqual([["a", 2]]);
});

test("bodies that are not kept are still seen on arrival", async () => {
  await start({ keepBodies: false });
  const bodies: string[] = [];
  receiver.onArrival = ({ body }) => bodies.push(body.toString());
  await seenOfPost(receiver.url, { body: '{"action":"create"}' });
  expect([bodies, receiver.arrivals[0]?.body.length]).toEqual([['{"action":"create"}'], 0]);
});

test("a redirect leads to where the request went", async () => {
  await start();
  receiver.programme = () => ({ kind: "redirect-loop" });
  const response = await fetch(`${receiver.url}?key=1`, { method: "POST", body: "{}", redirect: "manual" });
  expect(response.headers.get("location")).toBe(`${receiver.url}?key=1`);
});

test("a delayed answer takes its time", async () => {
  await start({ delayMs: 30 });
  const startedMs = performance.now();
  expect(await seenOfPost(receiver.url)).toBe("200 done");
  // Timers may ring a millisecond early.
  expect(performance.now() - startedMs).toBeGreaterThan(28);
});

test("a port where nobody listens refuses", async () => {
  expect(await seenOfPost(await refusedUrl())).toBe("ECONNREFUSED");
});
