import { execFile } from "node:child_process";

export interface ExecuteOptions {
  timeoutMs: number;
  cwd?: string;
}

const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;
const SHOWN_CHARACTERS = 4_000;

/**
 * What a command printed on stdout.
 * @throws Error with the end of all that it printed, where it did not end well or in time
 */
export function execute(command: readonly string[], { timeoutMs, cwd }: ExecuteOptions): Promise<string> {
  const [file = "", ...args] = command;
  return new Promise((resolve, reject) => {
    const options = { cwd, timeout: timeoutMs, killSignal: "SIGKILL", maxBuffer: MAX_OUTPUT_BYTES } as const;
    const child = execFile(file, args, options, (error, stdout, stderr) => {
      if (error === null) return resolve(stdout);
      const ended = error.killed ? `did not end within ${timeoutMs} ms` : `ended with ${error.code}`;
      const printed = `${stdout}${stderr}`.trim().slice(-SHOWN_CHARACTERS);
      reject(new Error(`${command.slice(0, 3).join(" ")} … ${ended}\n${printed}`));
    });
    child.stdin?.end();
  });
}
