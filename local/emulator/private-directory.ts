import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A directory for private keys: only we may read it, and it goes even if nobody tidies up. */
export function createPrivateDirectory(prefix: string) {
  const directory = mkdtempSync(join(tmpdir(), prefix));
  const removeAll = () => rmSync(directory, { recursive: true, force: true });
  process.once("exit", removeAll);
  return {
    /** @returns the file's path */
    write(name: string, content: string): string {
      const path = join(directory, name);
      writeFileSync(path, content, { mode: 0o600 });
      return path;
    },
    remove() {
      process.off("exit", removeAll);
      removeAll();
    },
  };
}
