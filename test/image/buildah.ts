import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildArguments } from "./build-arguments.ts";
import type { Cleanup } from "./cleanup.ts";
import {
  BUILD_TIMEOUT_MS,
  type Engine,
  MAX_OPEN_FILES,
  MAX_PIDS,
  type Sandbox,
  SOCKET_DIRECTORY,
  STEP_TIMEOUT_MS,
  TEST_ID,
} from "./engine.ts";
import { execute } from "./execute.ts";

/** What an image says of the process to run. */
interface ImageConfig {
  User?: string;
  Entrypoint?: string[];
  Cmd?: string[];
  Env?: string[];
  WorkingDir?: string;
}

/** buildah, which needs no engine, and runc, because `buildah run` has no read-only root. */
export function createBuildah(cleanup: Cleanup): Engine {
  const buildah = (...args: string[]) => execute(["buildah", ...args], { timeoutMs: STEP_TIMEOUT_MS });
  let containers = 0;

  return {
    name: "buildah",

    async build({ context, dockerfile, tag, args }) {
      // chroot is the one isolation that needs no more of the machine than root, as CI's often has no more.
      const flags = ["--isolation", "chroot", "--pull-never", "--no-cache", ...buildArguments(args)];
      const command = ["buildah", "bud", ...flags, "--file", dockerfile, "--tag", tag, context];
      await execute(command, { timeoutMs: BUILD_TIMEOUT_MS });
      cleanup.defer(() => buildah("rmi", "--force", tag));
    },

    async create(sandbox) {
      const { OCIv1 } = JSON.parse(await buildah("inspect", "--type", "image", sandbox.image));
      const working = (await buildah("from", "--pull-never", sandbox.image)).trim();
      cleanup.defer(() => buildah("rm", working));
      const root = (await buildah("mount", working)).trim();
      const bundle = await mkdtemp(join(tmpdir(), "relay-bundle-"));
      cleanup.defer(() => rm(bundle, { recursive: true }));
      await writeFile(join(bundle, "config.json"), JSON.stringify(runcConfig(OCIv1.config, root, sandbox)));
      containers += 1;
      const id = `${TEST_ID}-${containers}`;
      cleanup.defer(() => execute(["runc", "delete", "--force", id], { timeoutMs: STEP_TIMEOUT_MS }));
      return {
        run: ["runc", "run", "--bundle", bundle, id],
        exec: (inside) => ["runc", "exec", id, ...inside],
      };
    },
  };
}

/** @see https://github.com/opencontainers/runtime-spec/blob/main/config.md */
function runcConfig(image: ImageConfig, root: string, sandbox: Sandbox): object {
  const [uid = 0, gid = 0] = (image.User || "0:0").split(":").map(Number);
  const memoryBytes = sandbox.memoryMb * 1024 * 1024;
  const socket = {
    destination: SOCKET_DIRECTORY,
    type: "bind",
    source: sandbox.socketDirectory,
    options: ["bind", "rw"],
  };
  return {
    ociVersion: "1.0.2",
    root: { path: root, readonly: true },
    process: {
      user: { uid, gid },
      cwd: image.WorkingDir || "/",
      args: sandbox.command ?? [...(image.Entrypoint ?? []), ...(image.Cmd ?? [])],
      env: [...(image.Env ?? []), ...Object.entries(sandbox.env ?? {}).map((variable) => variable.join("="))],
      capabilities: { bounding: [], effective: [], permitted: [], inheritable: [], ambient: [] },
      noNewPrivileges: true,
      rlimits: [{ type: "RLIMIT_NOFILE", soft: MAX_OPEN_FILES, hard: MAX_OPEN_FILES }],
    },
    mounts: [
      { destination: "/proc", type: "proc", source: "proc" },
      { destination: "/dev", type: "tmpfs", source: "tmpfs", options: ["nosuid", "mode=755", "size=64k"] },
      ...(sandbox.socketDirectory === undefined ? [] : [socket]),
    ],
    linux: {
      // No namespace for the network: the container must reach the sink on this machine's 127.0.0.1.
      namespaces: ["pid", "ipc", "uts", "mount"].map((type) => ({ type })),
      resources: { memory: { limit: memoryBytes, swap: memoryBytes }, pids: { limit: MAX_PIDS } },
    },
  };
}
