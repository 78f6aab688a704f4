import { Duplex } from "node:stream";
import { expect, test } from "vitest";
import { misbehave } from "./misbehave.ts";

test("an endless body waits for a peer that does not read", async () => {
  const written: number[] = [];
  // Takes the head, and never comes to an end with the first block of the body.
  const socket = new Duplex({
    read() {},
    write(chunk: Buffer, _, done) {
      written.push(chunk.byteLength);
      if (written.length === 1) done();
    },
  });
  const wire = { socket, end() {}, reset() {}, later() {} };
  misbehave(
    { kind: "endless-body", status: 500 },
    { wire, isKeptAlive: false, url: "http://127.0.0.1/", delayMs: 0, accept() {} },
  );
  for (let turn = 1; turn <= 5; turn++) await new Promise(setImmediate);
  expect([written.length, socket.writableLength]).toEqual([2, 64 * 1024]);
});
