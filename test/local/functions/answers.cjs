// @ts-nocheck: plain JavaScript, because it runs under whatever Node a test names.
// Functions under the contract, each with a fault that the host must handle; FAULT chooses.
const { createServer } = require("node:http");
const { symlinkSync } = require("node:fs");
const { dirname, basename, join } = require("node:path");

const socket = process.env.FN_LISTENER.slice("unix:".length);
const fault = process.env.FAULT ?? "";
let calls = 0;

const faults = {
  exit: () => process.exit(7),
  slow: () => setTimeout(listen, 10_000),
};
(faults[fault] ?? listen)();

function listen() {
  createServer((request, response) => {
    const chunks = [];
    request.on("data", (chunk) => chunks.push(chunk));
    request.on("end", () => answer(request, response, chunks));
  }).listen(`${socket}.tmp`, () => symlinkSync(`${basename(socket)}.tmp`, join(dirname(socket), basename(socket))));
}

function answer(request, response, chunks) {
  calls += 1;
  // Before the line by which the host's side learns of the call: until there is a handler, the signal kills.
  if (fault === "signal") process.once("SIGUSR2", () => response.end("{}"));
  console.log(`call ${calls}`);
  if (fault === "hang" || fault === "signal") return;
  if (fault === "die") process.exit(1);
  if (fault === "big") return response.end(Buffer.alloc(7 * 1024 * 1024));
  response.statusCode = /^\d+$/.test(fault) ? Number(fault) : 200;
  response.setHeader("X-Mine", "yes");
  const { method, url, headers } = request;
  response.end(
    JSON.stringify({
      calls,
      chunks: chunks.length,
      bytes: Buffer.concat(chunks).length,
      method,
      url,
      headers,
      env: Object.keys(process.env).sort(),
    }),
  );
}
