import { execFileSync } from "node:child_process";

const GIVE_UP_AFTER_MS = 10_000;
const POLL_MS = 5;

/** Resolves once the process is frozen (SIGSTOP). */
export async function untilStopped(pid: number): Promise<void> {
  const endMs = Date.now() + GIVE_UP_AFTER_MS;
  while (!execFileSync("ps", ["-o", "state=", "-p", String(pid)], { encoding: "utf8" }).startsWith("T")) {
    if (Date.now() > endMs) throw new Error(`process ${pid} was not frozen within ${GIVE_UP_AFTER_MS} ms`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
