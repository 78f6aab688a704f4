import { type ChildProcess, spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { expect } from "vitest";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

export interface Running {
  /** What it has printed on stdout so far. */
  printed: () => string;
  /** Resolves with the match once stdout has it. */
  until: (pattern: RegExp) => Promise<RegExpExecArray>;
  signal: (signal: NodeJS.Signals) => void;
  exitCode: Promise<number | null>;
  stderr: Promise<string>;
}

export interface CommandOptions {
  env?: Record<string, string>;
  /** Where the project stands; default: here. */
  root?: string;
  input?: Buffer | string;
}

const children = new Set<ChildProcess>();

/** Whatever a test has left running. */
export function endCommands(): void {
  for (const child of children) child.kill("SIGKILL");
  children.clear();
}

/** A command of local/ in a process of its own, such as emit.ts. */
export function startCommand(file: string, args: readonly string[], options: CommandOptions = {}): Running {
  const { env = {}, root = ROOT, input = "" } = options;
  const child = spawn(process.execPath, ["--import", "tsx", `local/${file}`, ...args], {
    cwd: root,
    env: { ...process.env, OCI_ENDPOINT_URL: "", INIT_CWD: root, ...env },
  });
  children.add(child);
  child.stdin.on("error", () => {});
  child.stdin.end(input);
  let printed = "";
  child.stdout.on("data", (chunk) => (printed += chunk));
  const exitCode = new Promise<number | null>((resolve) => child.on("close", resolve));
  return {
    printed: () => printed,
    async until(pattern) {
      await expect.poll(() => printed, { timeout: 25_000, interval: 20 }).toMatch(pattern);
      return pattern.exec(printed) as RegExpExecArray;
    },
    signal: (signal) => child.kill(signal),
    exitCode,
    stderr: text(child.stderr),
  };
}

/** A command that ends by itself. */
export async function runCommand(file: string, args: readonly string[], options?: CommandOptions) {
  const { exitCode, stderr, printed } = startCommand(file, args, options);
  const [code, err] = await Promise.all([exitCode, stderr]);
  return { code, out: printed(), err };
}
