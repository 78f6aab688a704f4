import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { transcribe } from "./transcript.ts";

export interface ContainerOptions {
  /** The function's configuration; the process gets nothing else of this machine's environment. */
  config: Readonly<Record<string, string>>;
  /** Default: dist/func.cjs. */
  entry?: string;
  /** Default: the Node that runs this. */
  node?: string;
  /** A line of the function's stdout or stderr, which Fn merges. */
  onLog?: (line: string) => void;
  /** What the environment says of the function; default: that of a local one. */
  identity?: FnIdentity;
}

export interface FnIdentity {
  appId: string;
  fnId: string;
  /** In MB. Told to the function, not enforced. */
  memory: number;
}

/** One process that serves calls over a Unix socket. */
export interface Container {
  socketPath: string;
  pid: number;
  readonly hasExited: boolean;
  /** SIGSTOP once it has been idle for as long as the Fn agent waits. */
  freezeSoon: () => void;
  /** SIGSTOP now. */
  freeze: () => void;
  thaw: () => void;
  kill: () => Promise<void>;
}

export const ENTRY = fileURLToPath(new URL("../dist/func.cjs", import.meta.url));

const LOCAL_IDENTITY: FnIdentity = {
  appId: "01LOCALAPP0000000000000000",
  fnId: "01LOCALFN00000000000000000",
  memory: 256,
};

const START_TIMEOUT_MS = 5_000;
const FREEZE_AFTER_MS = 50;
const POLL_MS = 2;

/** The status and message that a caller sees when no container came up. */
export interface Refusal {
  status: 502 | 504;
  refusal: string;
}

const FAILED: Refusal = {
  status: 502,
  refusal: "Container failed to initialize, please ensure you are using the latest fdk and check the logs",
};

/** Starts the function and waits until its socket is there, 5 s at most. */
export async function startContainer(options: ContainerOptions): Promise<Container | Refusal> {
  // A directory serves one process once: the FDK does not take over a socket that is left behind.
  const directory = mkdtempSync(join(tmpdir(), "fn-"));
  const socketPath = join(directory, "lsnr.sock");
  const child = spawnFunction(options, directory, socketPath);
  if (child === undefined) {
    rmSync(directory, { recursive: true });
    return FAILED;
  }
  const exited = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const removeDirectory = () => rmSync(directory, { recursive: true, force: true });
  const killWithUs = () => {
    child.kill("SIGKILL");
    removeDirectory();
  };
  process.once("exit", killWithUs);
  exited.then(() => {
    process.off("exit", killWithUs);
    removeDirectory();
  });
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on("line", (line) => {
      transcribe(line);
      options.onLog?.(line);
    });
  }

  const end = performance.now() + START_TIMEOUT_MS;
  while (!existsSync(socketPath)) {
    if (hasExited(child)) {
      await exited;
      return FAILED;
    }
    if (performance.now() > end) {
      child.kill("SIGKILL");
      await exited;
      return {
        status: 504,
        refusal: "Container initialization timed out, please ensure you are using the latest fdk and check the logs",
      };
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  return containerOf(child, socketPath, exited);
}

/** Undefined if there can be no such process; why is told as a line of its log. */
function spawnFunction(options: ContainerOptions, directory: string, socketPath: string) {
  const { appId, fnId, memory } = options.identity ?? LOCAL_IDENTITY;
  try {
    return spawn(options.node ?? process.execPath, [options.entry ?? ENTRY], {
      cwd: directory,
      stdio: ["ignore", "pipe", "pipe"],
      env: {
        ...options.config,
        FN_MEMORY: String(memory),
        FN_TYPE: "sync",
        FN_FN_ID: fnId,
        FN_APP_ID: appId,
        FN_LISTENER: `unix:${socketPath}`,
        FN_FORMAT: "http-stream",
      },
    });
  } catch (error) {
    // E2BIG, or a NUL: the configuration makes no environment. Its values stay out of the log.
    const { code } = error as NodeJS.ErrnoException;
    options.onLog?.(`the container cannot start with this configuration (${code})`);
    return undefined;
  }
}

function containerOf(child: ChildProcess, socketPath: string, exited: Promise<void>): Container {
  let freezing: NodeJS.Timeout | undefined;
  const freeze = () => {
    child.kill("SIGSTOP");
  };
  return {
    socketPath,
    pid: child.pid ?? 0,
    get hasExited() {
      return hasExited(child);
    },
    freezeSoon() {
      freezing = setTimeout(freeze, FREEZE_AFTER_MS);
    },
    freeze,
    thaw() {
      clearTimeout(freezing);
      child.kill("SIGCONT");
    },
    async kill() {
      clearTimeout(freezing);
      child.kill("SIGKILL");
      await exited;
    },
  };
}

function hasExited(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}
