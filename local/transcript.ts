import { appendFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";

/**
 * Writes down what comes out of a function (log lines, replies, what it stores), if RELAY_TRANSCRIPT names a folder for it: to be
 * searched for what should not be there. A file a process, so that none waits for another.
 */
export function transcribe(output: string | Uint8Array): void {
  const folder = process.env.RELAY_TRANSCRIPT;
  if (folder === undefined || folder === "") return;
  mkdirSync(folder, { recursive: true });
  appendFileSync(join(folder, `${process.pid}.txt`), output);
  appendFileSync(join(folder, `${process.pid}.txt`), "\n");
}
