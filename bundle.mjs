// What ships, out of src/ and handlers/. build.mjs builds it, and so does the bench, with one part replaced at a time.
import { copyFile, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { setFlagsFromString } from "node:v8";
import { Script } from "node:vm";
import { build } from "esbuild";

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

// Verified with this version: after an update, see that test/func/signatures.test.ts passes, then change it here.
const SDK_VERSION = "2.142.1";
const notInThisBundle = (/** @type {string} */ name) => `
  exports.__esModule = true;
  exports.default = exports.FetchHttpClient = class {
    constructor() { throw new Error("${name} is not part of this bundle"); }
  };`;

/**
 * Edges of the SDK that a function's resource principal never takes, but that load all of node-fetch, opossum and the
 * instance principals at start: 18 ms and 10 MB. The last two keep their own code, less what nobody calls.
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

/** What of the relay's own libraries is never used, but would be loaded at every start: 17 kB. */
const LIBRARY_EDGES = new Map(
  /** @type {[string, string | ((source: string) => string)][]} */ ([
    // For a setting of pino's that the log has no use for: nothing secret gets as far as the log.
    ["@pinojs/redact/index.js", 'module.exports = () => { throw new Error("redact is not part of this bundle"); };'],
    // For placeholders in messages, of which the log has none.
    ["quick-format-unescaped/index.js", "module.exports = (message) => message;"],
    // Its version is all that is asked for.
    [
      "@fnproject/fdk/package.json",
      (/** @type {string} */ source) => JSON.stringify({ version: JSON.parse(source).version }),
    ],
    // The only place that takes a helper out of the object of all helpers, which keeps every one of them.
    [
      "zod/v4/mini/schemas.js",
      (/** @type {string} */ source) => source.replace("core.util.constantCatch(", "util.constantCatch("),
    ],
  ]),
);

/**
 * Puts something else in the place of files of node_modules, and fails if one of them is no longer as it was known.
 * @param {ReadonlyMap<string, string | ((source: string) => string)>} edges path below node_modules -> its contents, or what becomes of them
 * @returns {import("esbuild").Plugin}
 */
function replacing(edges) {
  return {
    name: "edges",
    setup(build) {
      const missed = new Set(edges.keys());
      build.onLoad({ filter: /[\\/]node_modules[\\/].*\.js(on)?$/ }, async ({ path }) => {
        const file = path.replaceAll("\\", "/").split("/node_modules/").at(-1) ?? "";
        const edge = edges.get(file);
        if (edge === undefined) return undefined;
        const source = await readFile(path, "utf8");
        const contents = typeof edge === "string" ? edge : edge(source);
        if (contents !== source) missed.delete(file);
        return { contents, loader: file.endsWith(".json") ? "json" : "js", resolveDir: dirname(path) };
      });
      build.onEnd(() => ({
        errors: [...missed].map((file) => ({
          text: `bundle.mjs: ${file} is no longer loaded, or no longer what it was`,
        })),
      }));
    },
  };
}

/** @type {import("esbuild").Plugin} */
const sdkEdges = {
  name: "sdk-edges",
  setup(build) {
    const version = require("oci-common/package.json").version;
    if (version !== SDK_VERSION)
      throw new Error(`bundle.mjs was verified with oci-common ${SDK_VERSION}, found ${version}`);
    return replacing(SDK_EDGES).setup(build);
  },
};

export const ROOT = fileURLToPath(new URL(".", import.meta.url));

/** @type {import("esbuild").BuildOptions} */
export const options = {
  bundle: true,
  platform: "node",
  format: "cjs",
  target: "node20",
  minify: true,
  legalComments: "none",
  absWorkingDir: ROOT,
  logLevel: "warning",
  // require() instead of import(), which would load Node's ESM loader and have it read the file twice: 20 ms.
  supported: { "dynamic-import": false },
};

/**
 * Writes all that ships into a directory: func.cjs, which runs relay.cjs and oci.cjs from the code caches beside them.
 * @param {string} outdir
 * @param {{ plugins?: import("esbuild").Plugin[], libraryPlugins?: import("esbuild").Plugin[], oci?: string,
 *   ociPlugins?: import("esbuild").Plugin[] }} [replaced] for the
 *   bench: what stands in for a part, to see what that part costs
 */
export async function bundleRelay(
  outdir,
  { plugins = [], libraryPlugins = [replacing(LIBRARY_EDGES)], oci = "src/oci.ts", ociPlugins = [sdkEdges] } = {},
) {
  await rm(outdir, { recursive: true, force: true });
  await mkdir(outdir, { recursive: true });
  await build({ ...options, entryPoints: ["src/start.ts"], outfile: `${outdir}/func.cjs` });
  await bundleCached(`${outdir}/relay.cjs`, "src/func.ts", [...plugins, besideTheEntry, ...libraryPlugins]);
  await bundleCached(`${outdir}/oci.cjs`, oci, ociPlugins);
  await copyFile(new URL("handlers/event-types.json", import.meta.url), `${outdir}/event-types.json`);
}

/**
 * A bundle as start.ts runs it, a function of what Node gives a module, and beside it V8's code cache of it, good for the
 * Node that runs this build and no other.
 * @param {string} outfile
 * @param {string} entry
 * @param {import("esbuild").Plugin[]} plugins
 */
async function bundleCached(outfile, entry, plugins) {
  const banner = { js: "(function (exports, require, module, __filename, __dirname) {" };
  await build({ ...options, entryPoints: [entry], outfile, plugins, banner, footer: { js: "})" } });
  // With V8's laziness only what runs at load would be cached, and the first event would compile all the rest. The flag is
  // put back at once: V8 notes its flags in a cache and refuses one made with other flags than its own.
  setFlagsFromString("--no-lazy");
  const script = new Script(await readFile(outfile, "utf8"), { filename: basename(outfile) });
  setFlagsFromString("--lazy");
  await writeFile(`${outfile}.${process.version}-${process.arch}.cache`, script.createCachedData());
}
