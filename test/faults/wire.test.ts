import * as http from "node:http";
import { connect } from "node:net";
import { afterEach, expect, test } from "vitest";
import type { Behaviour } from "./behaviour.ts";
import { seenOfPost } from "./client.ts";
import { type Receiver, type ReceiverOptions, startReceiver } from "./receiver.ts";

let receiver: Receiver;
afterEach(() => receiver?.close());

async function start(options?: ReceiverOptions): Promise<void> {
  receiver = await startReceiver(options);
}

const request = "POST /hook HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}";

test.each<[Behaviour["kind"], string]>([
  ["reset-before", "RST"],
  ["reset-after", "RST"],
  ["lost", "RST"],
  ["half-status-line", "HTTP/1.1 20FIN"],
  ["garbage", "\x00\x01 no HTTP \xff\r\n\r\nFIN"],
])("what comes of %s is %j", async (kind, came) => {
  await start();
  receiver.programme = () => ({ kind }) as Behaviour;
  const ended = new Promise((resolve) => {
    let text = "";
    const socket = connect(Number(new URL(receiver.url).port), "127.0.0.1", () => socket.write(request));
    socket.on("data", (chunk) => {
      text += chunk.toString("latin1");
    });
    socket.on("error", (error: NodeJS.ErrnoException) => resolve(error.code === "ECONNRESET" ? "RST" : error.code));
    socket.on("end", () => resolve(`${text}FIN`));
  });
  expect(await ended).toBe(came);
});

test("a kept connection carries the next request; a stale one is reset by it, unread", async () => {
  await start();
  receiver.programme = ({ attempt }) => (attempt === 2 ? { kind: "close-idle" } : { kind: "answer", status: 200 });
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  const seen = [];
  for (let nth = 1; nth <= 4; nth++) seen.push(await seenOfPost(receiver.url, { agent }));
  agent.destroy();
  expect(seen).toEqual(["200 done", "200 done", "ECONNRESET", "200 done"]);
  expect(receiver.arrivals.map(({ attempt, isReused }) => [attempt, isReused])).toEqual([
    [1, false],
    [2, true],
    [3, false],
  ]);
  expect(receiver.connections).toMatchObject({ total: 2, reset: 1 });
});

test("an endless body leaves the others their turn", async () => {
  await start();
  receiver.programme = ({ id }) =>
    id === "endless" ? { kind: "endless-body", status: 200 } : { kind: "answer", status: 200 };
  const endless = seenOfPost(receiver.url, { id: "endless", enoughBytes: 50_000_000 });
  for (let nth = 1; nth <= 5; nth++) expect(await seenOfPost(receiver.url)).toBe("200 done");
  expect(await endless).toBe("200 going on");
});

test("64 connections at once, each with its requests", async () => {
  await start({ keepBodies: false });
  const agent = new http.Agent({ keepAlive: true, maxSockets: 64 });
  const posts = Array.from({ length: 1_000 }, (_, nth) => seenOfPost(receiver.url, { agent, id: `evt-${nth}` }));
  expect(new Set(await Promise.all(posts))).toEqual(new Set(["200 done"]));
  agent.destroy();
  expect(receiver.connections).toMatchObject({ peak: 64, total: 64, reset: 0 });
  expect([receiver.accepted.size, receiver.arrivals.filter(({ isReused }) => isReused).length]).toEqual([1_000, 936]);
});
