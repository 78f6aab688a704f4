import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const OUTDIR = `${ROOT}.cache/tool`;
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
    bundle: true,
    splitting: true,
    platform: "node",
    format: "esm",
    outExtension: { ".js": ".mjs" },
    // The SDK is CommonJS, and asks for Node's modules by require.
    banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
    logLevel: "error",
  });
  return `${OUTDIR}/relay.mjs`;
}
