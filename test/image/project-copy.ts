import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { cp, mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { nodeRelease } from "../node-release.ts";
import { execute } from "./execute.ts";

export interface ProjectCopy {
  directory: string;
  /** What belongs to the project, as paths from its root. */
  files: string[];
  /** SHA-256 by name, of what a build here made in dist/. */
  dist: Record<string, string>;
}

/** What lies about in a directory that is worked in, and must never come into an image. */
const STRAYS = [".env", "secret.pem", "node_modules/x/index.js", "dist/stray.txt", ".git/config"];

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const GIT_TIMEOUT_MS = 10_000;
const BUILD_TIMEOUT_MS = 60_000;

/** The project as git has it or would add it, built, and then littered. */
export async function copyProject(parent: string): Promise<ProjectCopy> {
  const directory = join(parent, "project");
  // In CI the checkout often belongs to another user than the one who tests it, which git would refuse.
  const git = ["git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"];
  const listed = await execute(git, { cwd: ROOT, timeoutMs: GIT_TIMEOUT_MS });
  const files = listed.split("\0").filter((file) => file !== "" && existsSync(join(ROOT, file)));
  for (const file of files) await cp(join(ROOT, file), join(directory, file));

  // One level up, where Node looks too: the copy's own node_modules is litter.
  await symlink(join(ROOT, "node_modules"), join(parent, "node_modules"));
  // By the Node that the stand-ins hold: the code caches bear its name.
  await execute([nodeRelease(22), "build.mjs"], { cwd: directory, timeoutMs: BUILD_TIMEOUT_MS });
  const built = await readdir(join(directory, "dist"));
  const dist = Object.fromEntries(
    await Promise.all(built.map(async (name) => [name, sha256(await readFile(join(directory, "dist", name)))])),
  );

  for (const stray of STRAYS) {
    await mkdir(dirname(join(directory, stray)), { recursive: true });
    await writeFile(join(directory, stray), "stray");
  }
  return { directory, files, dist };
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
