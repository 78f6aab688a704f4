import { readFileSync } from "node:fs";
import type { Engine } from "./engine.ts";
import { execute } from "./execute.ts";

/** What a container is like, seen from inside. */
export interface Inside {
  /** SHA-256 by path, of every file of the image. */
  files: Record<string, string>;
  /** What became of a try to write, by directory. */
  writes: Record<string, string>;
  /** Of the container's first process, as /proc has it. */
  process: Record<string, string>;
}

const PROBE = ["node", "--input-type=module", "--eval", readFileSync(new URL("probe.mjs", import.meta.url), "utf8")];
const PROBE_TIMEOUT_MS = 30_000;

/** Looks into a running container. */
export async function probe(exec: (command: readonly string[]) => readonly string[]): Promise<Inside> {
  return JSON.parse(await execute(exec(PROBE), { timeoutMs: PROBE_TIMEOUT_MS }));
}

/** Looks into an image, without starting what it is for. */
export async function probeImage(engine: Engine, image: string): Promise<Inside> {
  const container = await engine.create({ image, command: PROBE, memoryMb: 256 });
  return JSON.parse(await execute(container.run, { timeoutMs: PROBE_TIMEOUT_MS }));
}
