import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Where the emulator keeps its things: in memory, or in a folder of JSON files that outlive it. */
export interface Store {
  /** A collection by id; what is changed in it is changed. The same name gives the same collection. */
  collection: <T>(name: string) => Map<string, T>;
  /** Writes to the folder what has changed since; called after every request. */
  save: () => void;
}

/** @param folder made if it is not there; undefined: memory only */
export function createStore(folder: string | undefined): Store {
  const collections = new Map<string, Map<string, unknown>>();
  const written = new Map<string, string>();
  return {
    collection<T>(name: string) {
      const known = collections.get(name) ?? new Map<string, unknown>(folder === undefined ? [] : read(folder, name));
      collections.set(name, known);
      return known as Map<string, T>;
    },
    save() {
      if (folder === undefined) return;
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      for (const [name, collection] of collections) {
        const text = JSON.stringify([...collection], null, 2);
        if (written.get(name) === text) continue;
        // In one go: whoever stops the emulator in the middle finds the old file or the new one.
        const path = join(folder, `${name}.json`);
        writeFileSync(`${path}.new`, text, { mode: 0o600 });
        renameSync(`${path}.new`, path);
        written.set(name, text);
      }
    },
  };
}

function read(folder: string, name: string): [string, unknown][] {
  const path = join(folder, `${name}.json`);
  return existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : [];
}
