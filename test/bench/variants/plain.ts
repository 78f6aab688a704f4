import { createHmac } from "node:crypto";
import { chmodSync, symlinkSync } from "node:fs";
import { createServer, request } from "node:http";

// The floor: Node's own HTTP server under the Fn contract, without even the FDK. With WEBHOOK_URL set it sends on what it
// gets, signed, and no more than that.
const socketPath = (process.env.FN_LISTENER ?? "").slice("unix:".length);
const { WEBHOOK_URL, WEBHOOK_SECRET_KEY = "" } = process.env;

createServer((incoming, response) => {
  const chunks: Buffer[] = [];
  incoming.on("data", (chunk) => chunks.push(chunk));
  incoming.on("end", () => {
    const reply = () => response.writeHead(200, { "Content-Type": "application/json" }).end("{}");
    if (WEBHOOK_URL) post(WEBHOOK_URL, Buffer.concat(chunks), reply);
    else reply();
  });
}).listen(`${socketPath}.tmp`, () => {
  chmodSync(`${socketPath}.tmp`, 0o666);
  symlinkSync("lsnr.sock.tmp", socketPath);
});

function post(url: string, body: Buffer, done: () => void): void {
  const token = createHmac("sha256", WEBHOOK_SECRET_KEY).update(body).digest("hex");
  const headers = { "Content-Type": "application/json", "X-Auth-Token": token, Connection: "close" };
  request(url, { method: "POST", agent: false, headers }, (answer) => answer.resume().on("end", done)).end(body);
}
