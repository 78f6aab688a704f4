import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";
import { bundleRelay } from "../bundle.mjs";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/**
 * Builds the relay with another relay.config.ts.
 * @param config what defineRelay's function gives, as TypeScript; `env` and `vault` are at hand
 * @returns its entry
 */
export async function customRelay(config: string): Promise<string> {
  const contents = `import { defineRelay } from "./src/config.ts"; export default defineRelay(({ env, vault }) => (${config}));`;
  return relayOf(contents);
}

/** @param contents a whole relay.config.ts */
export async function relayOf(contents: string): Promise<string> {
  const name = createHash("sha256").update(`${process.pid} ${contents}`).digest("hex").slice(0, 12);
  const outdir = `${ROOT}.cache/relays/${name}`;
  await bundleRelay(outdir, {
    plugins: [
      {
        name: "custom",
        setup: ({ onLoad }) =>
          onLoad({ filter: /[\\/]relay\.config\.ts$/ }, () => ({ contents, loader: "ts", resolveDir: ROOT })),
      },
    ],
  });
  return `${outdir}/func.cjs`;
}
