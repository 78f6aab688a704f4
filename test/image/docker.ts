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

/** Docker and Podman, which take nearly the same command line. */
export function createDocker(program: "docker" | "podman", cleanup: Cleanup): Engine {
  // Docker pulls only what is not here; Podman has to be told, and would keep every layer as an image.
  const buildFlags = program === "podman" ? ["--pull=never", "--layers=false"] : ["--force-rm"];
  const step = (...args: string[]) => execute([program, ...args], { timeoutMs: STEP_TIMEOUT_MS });
  // Docker's older builder leaves the stages behind, each with the label of its base. It comes after all else is gone.
  cleanup.defer(() => step("image", "prune", "--force", "--filter", `label=${TEST_ID}`));
  let containers = 0;

  return {
    name: program,

    async build({ context, dockerfile, tag, args }) {
      const flags = ["--no-cache", "--network", "host", ...buildFlags, ...buildArguments(args)];
      const command = [program, "build", ...flags, "--file", dockerfile, "--tag", tag, context];
      await execute(command, { timeoutMs: BUILD_TIMEOUT_MS });
      cleanup.defer(() => step("rmi", "--force", tag));
    },

    async create(sandbox) {
      containers += 1;
      const name = `${TEST_ID}-${containers}`;
      const operands = [sandbox.image, ...(sandbox.command?.slice(1) ?? [])];
      await step("create", "--name", name, ...flagsOf(sandbox, program), ...operands);
      cleanup.defer(() => step("rm", "--force", name));
      return {
        run: [program, "start", "--attach", name],
        exec: (inside) => [program, "exec", name, ...inside],
      };
    },
  };
}

function flagsOf({ memoryMb, command, env = {}, socketDirectory }: Sandbox, program: string): string[] {
  return [
    ...["--pull", "never", "--network", "host", "--read-only", "--cap-drop", "ALL"],
    // Podman would put a writable /tmp and /run over the image's.
    ...(program === "podman" ? ["--read-only-tmpfs=false"] : []),
    // With a label of its own, SELinux would keep the container from the socket's directory.
    ...["--security-opt", "no-new-privileges", "--security-opt", "label=disable"],
    ...["--memory", `${memoryMb}m`, "--memory-swap", `${memoryMb}m`, "--pids-limit", String(MAX_PIDS)],
    ...["--ulimit", `nofile=${MAX_OPEN_FILES}`],
    ...Object.entries(env).flatMap(([name, value]) => ["--env", `${name}=${value}`]),
    ...(socketDirectory === undefined ? [] : ["--volume", `${socketDirectory}:${SOCKET_DIRECTORY}`]),
    ...(command === undefined ? [] : ["--entrypoint", command[0] ?? ""]),
  ];
}
