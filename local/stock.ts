import { fileURLToPath } from "node:url";
import { bundleRelay } from "../bundle.mjs";
import definition from "../relay.config.ts";
import { relayFromVariables } from "../src/config.ts";
import { ENTRY } from "./container.ts";

const OUTDIR = fileURLToPath(new URL("../.cache/stock", import.meta.url));

/** Names the stock relay for a whole test run, so that it is built once. */
const VARIABLE = "RELAY_STOCK_ENTRY";

/**
 * The entry of the relay as it comes, driven by its variables, whatever its owner has made of relay.config.ts: what the story
 * and the tests tell about. dist/ itself where relay.config.ts is untouched.
 */
export async function stockEntry(): Promise<string> {
  if (definition === relayFromVariables) return ENTRY;
  process.env[VARIABLE] ??= await buildStock();
  return process.env[VARIABLE];
}

async function buildStock(): Promise<string> {
  const contents = 'export { relayFromVariables as default } from "./src/config.ts";';
  await bundleRelay(OUTDIR, {
    plugins: [
      {
        name: "stock",
        setup: ({ onLoad }) => onLoad({ filter: /[\\/]relay\.config\.ts$/ }, () => ({ contents, loader: "ts" })),
      },
    ],
  });
  return `${OUTDIR}/func.cjs`;
}
