import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";

const GIVE_UP_AFTER_MS = 10_000;
const POLL_MS = 5;

/** Resolves once the process is frozen (SIGSTOP). */
export async function untilStopped(pid: number): Promise<void> {
  const endMs = Date.now() + GIVE_UP_AFTER_MS;
  while (stateOf(pid) !== "T") {
    if (Date.now() > endMs) throw new Error(`process ${pid} was not frozen within ${GIVE_UP_AFTER_MS} ms`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

/** One letter: R, S, T … From /proc where there is one; small machines lack ps. */
function stateOf(pid: number): string | undefined {
  const stat = `/proc/${pid}/stat`;
  if (existsSync(stat)) return /\) (\w)/.exec(readFileSync(stat, "utf8"))?.[1];
  return execFileSync("ps", ["-o", "state=", "-p", String(pid)], { encoding: "utf8" })[0];
}
