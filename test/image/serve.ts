import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import type { Cleanup } from "./cleanup.ts";

const START_TIMEOUT_MS = 15_000;
const POLL_MS = 10;

/** Runs a container in the foreground until the cleanup, and waits for its socket. */
export async function serve(command: readonly string[], socketPath: string, cleanup: Cleanup): Promise<void> {
  const [file = "", ...args] = command;
  const child = spawn(file, args, { stdio: ["ignore", "pipe", "pipe"] });
  const output: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => output.push(chunk));
  let hasEnded = false;
  child.once("error", (error) => output.push(Buffer.from(error.message)));
  child.once("close", () => {
    hasEnded = true;
  });
  // The container may hold on to the streams until the engine removes it, so that "close" is not to be waited for.
  cleanup.defer(() => {
    child.kill("SIGKILL");
    for (const stream of [child.stdout, child.stderr]) stream.destroy();
  });

  const end = performance.now() + START_TIMEOUT_MS;
  while (!existsSync(socketPath)) {
    if (hasEnded || performance.now() > end) {
      throw new Error(`the image made no socket:\n${Buffer.concat(output).toString()}`);
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
