// @ts-nocheck: plain JavaScript, because it runs under whatever Node a test names.
// A function under the contract that answers what its environment says. REPLY: JSON of headers and a body in base64;
// without it, what it was asked and its environment. LONG: so many bytes of headers more. HOLD: a URL to ask, the call's body behind it, before it answers.
const { createServer } = require("node:http");
const { symlinkSync } = require("node:fs");
const { dirname, basename, join } = require("node:path");

const { FN_LISTENER, HOLD, LONG, REPLY } = process.env;
const socket = FN_LISTENER.slice("unix:".length);

createServer(async (request, response) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  console.log(`called ${process.pid}`);
  if (HOLD) await (await fetch(HOLD + body)).text();
  const { headers, env } = { headers: request.headers, env: process.env };
  const asked = { pid: process.pid, headers, env, body: body.toString("base64") };
  const reply = REPLY
    ? JSON.parse(REPLY)
    : { headers: {}, body: Buffer.from(JSON.stringify(asked)).toString("base64") };
  for (const [name, value] of Object.entries(reply.headers)) response.setHeader(name, value);
  if (LONG) response.setHeader("X-Long", "x".repeat(LONG));
  response.end(Buffer.from(reply.body, "base64"));
}).listen(`${socket}.tmp`, () => symlinkSync(`${basename(socket)}.tmp`, join(dirname(socket), basename(socket))));
