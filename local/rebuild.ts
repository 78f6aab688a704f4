import { spawn } from "node:child_process";
import { type FSWatcher, watch } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** What dist/ is made of. */
const FOLDERS = ["src", "handlers"];
const FILES = new Set(["relay.config.ts", "build.mjs", "bundle.mjs", "package.json"]);
const ROOT = fileURLToPath(new URL("..", import.meta.url));
/** An editor writes a file in several steps, and a checkout many files. */
const QUIET_MS = 150;

export interface Rebuilding {
  /** Builds dist/ anew now. @returns true if it was built */
  now: () => Promise<boolean>;
  stop: () => void;
}

export interface Build {
  isBuilt: boolean;
  /** Warnings, or why it was not built. */
  printed: string;
  /** src/plan.ts, the last that changed before it; undefined: it was asked for. */
  changed: string | undefined;
  ms: number;
}

/**
 * Builds dist/ anew whenever a source of it changes, one build after another; a build that fails leaves the old dist/ there.
 *
 * @param told onBuild is told of each build, onDeaf that changes can not be watched, and why
 */
export function rebuildOnChange(told: { onBuild: (build: Build) => void; onDeaf: (why: string) => void }): Rebuilding {
  let timer: NodeJS.Timeout | undefined;
  let queue: Promise<unknown> = Promise.resolve();
  const watchers = [
    ...FOLDERS.map((folder) => watching(folder, (file) => changed(file === null ? folder : join(folder, file)))),
    // The folder rather than each file: an editor that puts another file in the place of one would be lost sight of.
    watching(".", (file) => {
      if (file !== null && FILES.has(file)) changed(file);
    }),
  ];
  return {
    now: () => enqueue(undefined),
    stop() {
      clearTimeout(timer);
      for (const watcher of watchers) watcher?.close();
    },
  };

  function watching(folder: string, onChange: (file: string | null) => void): FSWatcher | undefined {
    const deaf = (error: unknown) => told.onDeaf(error instanceof Error ? error.message : String(error));
    try {
      const watcher = watch(join(ROOT, folder), { recursive: folder !== "." }, (_, file) => onChange(file));
      return watcher.on("error", deaf);
    } catch (error) {
      deaf(error);
      return undefined;
    }
  }

  function changed(file: string): void {
    clearTimeout(timer);
    timer = setTimeout(() => void enqueue(file), QUIET_MS);
  }

  function enqueue(file: string | undefined): Promise<boolean> {
    const building = queue.then(async () => {
      const startedMs = performance.now();
      const { code, printed } = await run();
      told.onBuild({ isBuilt: code === 0, printed, changed: file, ms: Math.round(performance.now() - startedMs) });
      return code === 0;
    });
    queue = building.catch(() => undefined);
    return building;
  }
}

function run(): Promise<{ code: number | null; printed: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [join(ROOT, "build.mjs")], { cwd: ROOT, stdio: ["ignore", "pipe", "pipe"] });
    let printed = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (printed += chunk));
    child.once("close", (code) => resolve({ code, printed: printed.trim() }));
  });
}
