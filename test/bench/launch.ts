import { spawn } from "node:child_process";
import { mkdtempSync, watch } from "node:fs";
import { Agent, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A function under measurement. */
export interface Launched {
  pid: number;
  /** performance.now() right before the spawn. */
  spawnedMs: number;
  /** One event; resolves with the reply once all of it is here. */
  invoke: (event: Uint8Array) => Promise<string>;
  kill: () => Promise<void>;
}

const START_TIMEOUT_MS = 10_000;
/** What the platform gives a function by default. */
const REPLY_TIMEOUT_MS = 30_000;

/**
 * Starts a function and resolves when its socket is there. local/container.ts does the same for people; it polls every 2 ms,
 * which would add 1.4 ms to every row and so flatter every ratio. Here the kernel tells, as it tells the Fn agent.
 */
export async function launch(node: string, entry: string, config: Record<string, string>): Promise<Launched> {
  const directory = mkdtempSync(join(tmpdir(), "fn-"));
  const socketPath = join(directory, "lsnr.sock");
  const watcher = watch(directory);
  const ready = new Promise<void>((resolve) => {
    watcher.on("change", (_event, name) => name === "lsnr.sock" && resolve());
  });
  const spawnedMs = performance.now();
  const child = spawn(node, [entry], {
    cwd: directory,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...config, FN_MEMORY: "256", FN_TYPE: "sync", FN_LISTENER: `unix:${socketPath}`, FN_FORMAT: "http-stream" },
  });
  const output: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => output.push(chunk));
  const said = (problem: string) => new Error(`${entry} ${problem}:\n${Buffer.concat(output).toString()}`);
  const exited = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const killNow = () => child.kill("SIGKILL");
  process.once("exit", killNow);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const kill = async () => {
    agent.destroy();
    killNow();
    await exited;
    process.off("exit", killNow);
  };

  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(said("has no socket")), START_TIMEOUT_MS);
    exited.then(() => reject(said("ended")));
  });
  // Its loss of the race, and an end by our own hand later on, are no news.
  late.catch(() => {});
  try {
    await Promise.race([ready, late]);
  } catch (error) {
    await kill();
    throw error;
  } finally {
    clearTimeout(timer);
    watcher.close();
  }

  const invoke = (event: Uint8Array) =>
    new Promise<string>((resolve, reject) => {
      const outgoing = request({
        ...{ socketPath, agent, method: "POST", path: "/call", timeout: REPLY_TIMEOUT_MS },
        headers: { Host: "localhost", "Content-Type": "application/json", "Fn-Call-Id": "01BENCH", ...deadline() },
      });
      outgoing.on("timeout", () => outgoing.destroy(said("gave no reply")));
      outgoing.on("error", reject);
      outgoing.on("response", (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("end", () => {
          const reply = Buffer.concat(chunks).toString();
          if (response.statusCode === 200) resolve(reply);
          else reject(said(`replied ${response.statusCode} ${reply}`));
        });
      });
      outgoing.end(event);
    });
  return { pid: child.pid ?? 0, spawnedMs, invoke, kill };
}

/** Whole seconds, as the Fn agent sends it. */
function deadline(): Record<string, string> {
  return { "Fn-Deadline": `${new Date(Date.now() + REPLY_TIMEOUT_MS).toISOString().slice(0, 19)}Z` };
}
