import { chmodSync, readFileSync, symlinkSync } from "node:fs";
import { Agent, createServer, request } from "node:http";

// What a batch costs at least: the requests that the relay would send, ready-made, over node:http, so many at a time. A call
// says how many of them; like the relay's, its connections end with it.
const socketPath = (process.env.FN_LISTENER ?? "").slice("unix:".length);
const url = new URL(process.env.WEBHOOK_URL ?? "");
const atOnce = Number(process.env.AT_ONCE);
const recorded: { headers: Record<string, string>; body: string }[] = JSON.parse(
  readFileSync(process.env.REQUESTS ?? "", "utf8"),
);
const prepared = recorded.map(({ headers, body }) => ({ headers, body: Buffer.from(body) }));
type Prepared = (typeof prepared)[number];

createServer((incoming, response) => {
  let text = "";
  incoming.on("data", (chunk) => {
    text += chunk;
  });
  incoming.on("end", async () => {
    const delivered = await postAll(prepared.slice(0, Number(text)));
    response.writeHead(200, { "Content-Type": "application/json" }).end(JSON.stringify({ counts: { delivered } }));
  });
}).listen(`${socketPath}.tmp`, () => {
  chmodSync(`${socketPath}.tmp`, 0o666);
  symlinkSync("lsnr.sock.tmp", socketPath);
});

async function postAll(requests: readonly Prepared[]): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: atOnce });
  const rest = requests.values();
  let delivered = 0;
  async function worker(): Promise<void> {
    for (const each of rest) if ((await post(each, agent)) === 200) delivered++;
  }
  await Promise.all(Array.from({ length: atOnce }, worker));
  agent.destroy();
  return delivered;
}

function post({ headers, body }: Prepared, agent: Agent): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request(url, { method: "POST", agent, headers }, (answer) =>
      answer.resume().on("end", () => resolve(answer.statusCode)),
    )
      .on("error", reject)
      .end(body);
  });
}
