import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

// A webhook receiver that thinks for a while and checks nothing, in a process of its own: its CPU time is nobody else's.
const ANSWER_MS = 10;
const ANSWER = '{"result":"ok"}';
const HEADERS = { "Content-Type": "application/json", "Content-Length": ANSWER.length };

let answered = 0;
const server = createServer((request, response) => {
  request.resume().on("end", () =>
    setTimeout(() => {
      answered++;
      response.writeHead(200, HEADERS).end(ANSWER);
    }, ANSWER_MS),
  );
});
server.listen(0, "127.0.0.1", () => process.send?.((server.address() as AddressInfo).port));
process.on("message", () => process.send?.(answered));
process.on("disconnect", () => process.exit());
