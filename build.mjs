// Builds dist/, all that ships, after a look at the configuration.
import { rename, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { build } from "esbuild";
import { bundleRelay, options, ROOT } from "./bundle.mjs";

try {
  await checkConfiguration();
  // Built aside, so that a function which starts meanwhile finds a whole dist/.
  const aside = `${ROOT}.cache/dist-${process.pid}`;
  await bundleRelay(aside);
  await rm(`${ROOT}dist`, { recursive: true, force: true, maxRetries: 3 });
  await rename(aside, `${ROOT}dist`);
} catch (error) {
  // esbuild has printed its own errors, with the place.
  const { errors, message } = /** @type {{ errors?: unknown, message?: string }} */ (error);
  if (errors === undefined) console.error(`The build failed: ${message}`);
  process.exit(1);
}

/** Refuses to build a relay.config.ts that could not start, with every problem that can be known before start. */
async function checkConfiguration() {
  const { loaded, configurationError, unlikelyRoutes } = await evaluated(`
    import definition from "./relay.config.ts";
    import { configurationError, loadRelay } from "./src/config.ts";
    import { unlikelyRoutes } from "./src/config/unlikely-routes.ts";
    export { configurationError, unlikelyRoutes };
    export const loaded = loadRelay(definition, undefined);`);
  if (!loaded.ok) {
    console.error(configurationError(loaded.problems));
    process.exit(1);
  }
  for (const warning of await unlikelyRoutes(loaded.relay.routes)) console.warn(`warning: ${warning}`);
}

/**
 * What a TypeScript module of the project exports.
 * @param {string} contents
 */
async function evaluated(contents) {
  const stdin = { contents, resolveDir: ROOT, loader: /** @type {const} */ ("ts") };
  const { outputFiles } = await build({ ...options, minify: false, write: false, stdin });
  const module = { exports: /** @type {any} */ ({}) };
  const run = new Function("module", "exports", "require", outputFiles?.[0]?.text ?? "");
  run(module, module.exports, createRequire(import.meta.url));
  return module.exports;
}
