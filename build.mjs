// Builds dist/, all that ships, after a look at the configuration.
import { createRequire } from "node:module";
import { build } from "esbuild";
import { bundleRelay, options } from "./bundle.mjs";

await checkConfiguration();
await bundleRelay(`${options.absWorkingDir}dist`);

/** Refuses to build a relay.config.ts that could not start, with every problem that can be known before start. */
async function checkConfiguration() {
  const { outputFiles } = await build({
    ...options,
    minify: false,
    write: false,
    stdin: {
      contents: `
        import definition from "./relay.config.ts";
        import { configurationError, loadRelay } from "./src/config.ts";
        import { unlikelyRoutes } from "./src/unlikely-routes.ts";
        export { configurationError, unlikelyRoutes };
        export const loaded = loadRelay(definition, undefined);`,
      resolveDir: options.absWorkingDir,
      loader: "ts",
    },
  });
  const module = { exports: /** @type {any} */ ({}) };
  new Function("module", "exports", "require", outputFiles?.[0]?.text ?? "")(
    module,
    module.exports,
    createRequire(import.meta.url),
  );
  const { loaded, configurationError, unlikelyRoutes } = module.exports;
  if (!loaded.ok) {
    console.error(configurationError(loaded.problems));
    process.exit(1);
  }
  for (const warning of await unlikelyRoutes(loaded.relay.routes)) console.warn(`warning: ${warning}`);
}
