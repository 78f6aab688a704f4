import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** The folder belongs to a process that still runs. */
export class FolderTaken extends Error {}

/**
 * Keeps a second emulator from writing over what the first one keeps. One that was killed leaves its lock behind: that of a process
 * which is no more counts for nothing.
 *
 * @param folder is there
 * @returns gives it free
 * @throws FolderTaken
 */
export function lockFolder(folder: string): () => void {
  const path = join(folder, "emulator.pid");
  for (;;) {
    try {
      writeFileSync(path, `${process.pid}\n`, { flag: "wx", mode: 0o600 });
      return () => rmSync(path, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
    const pid = Number(readFileSync(path, "utf8"));
    if (isRunning(pid)) {
      throw new FolderTaken(
        `an emulator already runs on it, process ${pid}: end that one, or take another folder (if ${pid} is something else, delete ${path})`,
      );
    }
    rmSync(path, { force: true });
  }
}

function isRunning(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0 || pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Somebody else's.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
