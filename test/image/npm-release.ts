import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { execute } from "./execute.ts";

/** What fnproject/node:22-dev holds. */
const VERSION = "10.7.0";

const INSTALL_TIMEOUT_MS = 120_000;

/** The directory of the npm package, fetched once into .cache/, as nodeRelease does with Node. */
export async function npmRelease(): Promise<string> {
  const prefix = fileURLToPath(new URL(`../../.cache/npm-${VERSION}`, import.meta.url));
  const directory = `${prefix}/node_modules/npm`;
  if (!existsSync(`${directory}/bin/npm-cli.js`)) {
    const flags = ["--prefix", prefix, "--no-save", "--no-audit", "--no-fund"];
    await execute(["npm", "install", ...flags, `npm@${VERSION}`], { timeoutMs: INSTALL_TIMEOUT_MS });
  }
  return directory;
}
