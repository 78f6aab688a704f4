// Builds dist/: func.cjs (the function), oci.cjs (everything of Oracle's SDK) and event-types.json, all that ships.
import { copyFile, mkdir, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { build } from "esbuild";

const outdir = new URL("dist/", import.meta.url);
const require = createRequire(import.meta.url);

/**
 * What the entry loads only when it needs it stays outside of it, as files beside it: esbuild cannot split CommonJS.
 * @type {import("esbuild").Plugin}
 */
const besideTheEntry = {
  name: "beside-the-entry",
  setup(build) {
    build.onResolve({ filter: /\/oci\.ts$/ }, ({ kind }) =>
      kind === "dynamic-import" ? { path: "./oci.cjs", external: true } : undefined,
    );
    build.onResolve({ filter: /\/event-types\.json$/ }, () => ({ path: "./event-types.json", external: true }));
  },
};

// Verified with this version: after an update, see that test/deliver/ons.test.ts passes, then change it here.
const SDK_VERSION = "2.142.1";
const notInThisBundle = (/** @type {string} */ name) => `
  exports.__esModule = true;
  exports.default = exports.FetchHttpClient = class {
    constructor() { throw new Error("${name} is not part of this bundle"); }
  };`;

/**
 * Edges of the SDK that a function's resource principal never takes, but that load all of node-fetch, opossum and the
 * instance principals at start: 25 to 30 ms. The last two keep their own code, less what nobody calls.
 * @type {ReadonlyMap<string, string>}
 */
const SDK_EDGES = new Map([
  ["oci-common/lib/http.js", notInThisBundle("FetchHttpClient")],
  ["oci-common/lib/circuit-breaker.js", notInThisBundle("CircuitBreaker")],
  ["oci-common/lib/auth/X509-federation-client.js", notInThisBundle("X509FederationClient")],
  ["oci-common/lib/auth/instance-principals-authentication-detail-provider.js", notInThisBundle("instance principals")],
  ["jsonwebtoken/index.js", 'exports.decode = require("./decode.js");'],
  ["http-signature/lib/index.js", 'exports.sign = require("./signer.js").signRequest;'],
]);

/** @type {import("esbuild").Plugin} */
const sdkEdges = {
  name: "sdk-edges",
  setup(build) {
    const version = require("oci-common/package.json").version;
    if (version !== SDK_VERSION)
      throw new Error(`build.mjs was verified with oci-common ${SDK_VERSION}, found ${version}`);
    const missed = new Set(SDK_EDGES.keys());
    build.onLoad({ filter: /[\\/](oci-common|jsonwebtoken|http-signature)[\\/]/ }, ({ path }) => {
      const file = path.replaceAll("\\", "/").split("/node_modules/").at(-1) ?? "";
      const contents = SDK_EDGES.get(file);
      if (contents === undefined) return undefined;
      missed.delete(file);
      return { contents, loader: "js", resolveDir: dirname(path) };
    });
    build.onEnd(() => ({ errors: [...missed].map((file) => ({ text: `${file} is no longer loaded by the SDK` })) }));
  },
};

/** @type {import("esbuild").BuildOptions} */
const options = {
  bundle: true,
  platform: "node",
  format: "cjs",
  target: "node20",
  minify: true,
  legalComments: "none",
  absWorkingDir: new URL(".", import.meta.url).pathname,
  logLevel: "warning",
};

await checkConfiguration();
await rm(outdir, { recursive: true, force: true });
await mkdir(outdir);
await build({ ...options, entryPoints: ["src/func.ts"], outfile: "dist/func.cjs", plugins: [besideTheEntry] });
await build({ ...options, entryPoints: ["src/oci.ts"], outfile: "dist/oci.cjs", plugins: [sdkEdges] });
await copyFile(new URL("handlers/event-types.json", import.meta.url), new URL("event-types.json", outdir));

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
        import { undocumentedTypes } from "./src/undocumented.ts";
        export { configurationError, undocumentedTypes };
        export const loaded = loadRelay(definition, undefined);`,
      resolveDir: options.absWorkingDir,
      loader: "ts",
    },
  });
  const module = { exports: /** @type {any} */ ({}) };
  new Function("module", "exports", "require", outputFiles?.[0]?.text ?? "")(module, module.exports, require);
  const { loaded, configurationError, undocumentedTypes } = module.exports;
  if (!loaded.ok) {
    console.error(configurationError(loaded.problems));
    process.exit(1);
  }
  for (const warning of await undocumentedTypes(loaded.relay.routes)) console.warn(`warning: ${warning}`);
}
