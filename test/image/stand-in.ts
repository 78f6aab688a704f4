import { chmod, copyFile, cp, mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { nodeRelease } from "../node-release.ts";
import { type Engine, TEST_ID } from "./engine.ts";
import { execute } from "./execute.ts";
import { npmRelease } from "./npm-release.ts";
import { registryAccess } from "./registry-access.ts";

export interface StandIns {
  run: string;
  dev: string;
}

const CERTIFICATES = "/etc/ssl/certs/of-this-machine.pem";
const LOCAL_TIMEOUT_MS = 10_000;

/**
 * Builds what stands in for fnproject/node:22 and :22-dev, of this machine's files alone: Node and the libraries that it
 * needs; and on top of that npm, the shell that npm runs scripts with, and this machine's way to the registry.
 */
export async function buildStandIns(engine: Engine, directory: string, tags: StandIns): Promise<void> {
  const run = join(directory, "run");
  const node = nodeRelease(22);
  await copyProgram(node, run, "/usr/local/bin/node");
  await write(`${run}/etc/passwd`, "root:x:0:0:root:/root:/bin/sh\nfn:x:1000:1000::/:/bin/sh\n");
  await write(`${run}/etc/group`, "root:x:0:\nfn:x:1000:\n");
  await write(`${run}/etc/nsswitch.conf`, "hosts: files dns\n");
  await mkdir(`${run}/tmp`);
  await openToAll(run);
  await chmod(`${run}/tmp`, 0o1777);
  await write(
    `${run}.Dockerfile`,
    `FROM scratch\nLABEL ${TEST_ID}=\nCOPY . /\nENV PATH=/usr/local/bin:/usr/bin:/bin\nWORKDIR /function\nCMD ["node"]\n`,
  );
  await engine.build({ context: run, dockerfile: `${run}.Dockerfile`, tag: tags.run });

  const dev = join(directory, "dev");
  const npm = "/usr/local/lib/node_modules/npm";
  const { npmrc, certificates } = await registryAccess();
  await copyProgram("/bin/sh", dev, "/bin/sh");
  await cp(await npmRelease(), join(dev, npm), { recursive: true });
  await write(`${dev}/usr/local/bin/npm`, `#!/bin/sh\nexec node ${npm}/bin/npm-cli.js "$@"\n`);
  await chmod(`${dev}/usr/local/bin/npm`, 0o755);
  await write(`${dev}/usr/local/etc/npmrc`, npmrc);
  await write(join(dev, CERTIFICATES), certificates);
  await openToAll(dev);
  await write(`${dev}.Dockerfile`, `FROM ${tags.run}\nCOPY . /\nENV NODE_EXTRA_CA_CERTS=${CERTIFICATES}\n`);
  await engine.build({ context: dev, dockerfile: `${dev}.Dockerfile`, tag: tags.dev });
}

/** Whatever the umask here is: inside, another user must read it. */
async function openToAll(root: string): Promise<void> {
  await execute(["chmod", "-R", "u=rwX,go=rX", root], { timeoutMs: LOCAL_TIMEOUT_MS });
}

/** A program, and what the loader needs to start it. */
async function copyProgram(program: string, root: string, path: string): Promise<void> {
  await copy(program, join(root, path));
  const printed = await execute(["ldd", program], { timeoutMs: LOCAL_TIMEOUT_MS });
  for (const [library] of printed.matchAll(/\/[^\s():]+/g)) await copy(library, join(root, library));
}

async function copy(file: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  await copyFile(file, to);
}

async function write(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
}
