import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
/** As deep as ops/ and local/, so that it finds dist/ where they do. */
const OUTDIR = `${ROOT}.cache`;
/** Names the tool for a whole test run, so that it is built once. */
const VARIABLE = "RELAY_TOOL_ENTRY";

/** The operator's tool in one piece: it starts in a third of the time that its sources take, and these tests start it a hundred times. */
export async function toolEntry(): Promise<string> {
  process.env[VARIABLE] ??= await buildTool();
  return process.env[VARIABLE];
}

async function buildTool(): Promise<string> {
  await build({
    absWorkingDir: ROOT,
    entryPoints: ["ops/relay.ts"],
    outdir: OUTDIR,
    entryNames: "tool",
    chunkNames: "tool-[hash]",
    bundle: true,
    splitting: true,
    platform: "node",
    format: "esm",
    outExtension: { ".js": ".mjs" },
    // The SDK is CommonJS, and asks for Node's modules by require.
    banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
    logLevel: "error",
  });
  return `${OUTDIR}/tool.mjs`;
}

export interface Ran {
  /** Null: it was killed. */
  code: number | null;
  out: string;
  err: string;
}

export interface RunOptions {
  /** All that it sees of an environment, beside PATH. */
  env?: Record<string, string>;
  input?: Buffer | string;
  /** Is told of the process, to kill it. */
  started?: (kill: () => void) => void;
}

/** The tool as a process. */
export async function runTool(
  args: readonly string[],
  { env = {}, input = "", started }: RunOptions = {},
): Promise<Ran> {
  const tool = await toolEntry();
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [tool, ...args],
      {
        cwd: ROOT,
        env: { PATH: process.env.PATH ?? "", HOME: "/nonexistent", ...env },
        timeout: 90_000,
        maxBuffer: 10_000_000,
      },
      (_, out, err) => resolve({ code: child.exitCode, out, err }),
    );
    started?.(() => child.kill("SIGKILL"));
    child.stdin?.end(input);
  });
}
