import { readdir, rm } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { type BuildOptions, build, type Plugin } from "esbuild";
import { bundleRelay, options } from "../../bundle.mjs";
import { directoryOf } from "./rows.ts";

// Run by run.ts under the Node that is measured: a code cache is good for the Node that made it.
const VARIANTS = fileURLToPath(new URL("variants", import.meta.url));

await rm(directoryOf(""), { recursive: true, force: true });
await bundle("plain", "plain.ts");
await bundle("no-op", "no-op.ts");
await bundle("naive", "naive.ts");
await bundle("naive-unbundled", "naive.ts", { packages: "external" });
await bundle("in-process", "in-process.ts");
await bundle("bare-client", "bare-client.ts");
await bundleRelay(directoryOf("relay"));
await bundleRelay(directoryOf("no-logger"), {
  plugins: [instead("pino/browser.js", "no-logger.ts")],
  libraryPlugins: [],
});
await bundleRelay(directoryOf("node-pino"), {
  plugins: [instead("pino/browser.js", "node-pino.ts")],
  libraryPlugins: [],
});
await bundleRelay(directoryOf("no-cache"));
await removeCaches(directoryOf("no-cache"));
await bundleRelay(directoryOf("no-zod"), { plugins: [instead("zod/mini", "no-zod.ts")], libraryPlugins: [] });
await bundleRelay(directoryOf("no-options"), {
  plugins: ["check-auth", "check-oic", "check-tls"].map((name) => instead(`./${name}.ts`, "no-options.ts")),
});
await bundleRelay(directoryOf("no-catalogue"), {
  plugins: [instead("../handlers/by-name.ts", "no-catalogue.ts")],
});
await bundleRelay(directoryOf("sdk-client"), {
  plugins: [instead("./deliver/ons.ts", "sdk-client.ts")],
  sdkPlugins: [],
});
await bundleRelay(directoryOf("sdk-uncut"), { sdkPlugins: [] });
await bundleRelay(directoryOf("bare-signer"), { plugins: [instead("./oci.ts", "bare-signer.ts")], sdkPlugins: [] });

async function bundle(variant: string, file: string, more: BuildOptions = {}): Promise<void> {
  const outfile = `${directoryOf(variant)}/func.cjs`;
  await build({ ...options, entryPoints: [`${VARIANTS}/${file}`], outfile, ...more });
}

async function removeCaches(directory: string): Promise<void> {
  for (const file of await readdir(directory)) if (file.endsWith(".cache")) await rm(`${directory}/${file}`);
}

/** Takes a file of variants/ for an import. */
function instead(imported: string, file: string): Plugin {
  return {
    name: `${file} instead`,
    setup({ onResolve }) {
      onResolve({ filter: /.*/ }, ({ path }) => (path === imported ? { path: `${VARIANTS}/${file}` } : undefined));
    },
  };
}
