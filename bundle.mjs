// What ships, out of src/ and handlers/. build.mjs builds it, and so does the bench, with one part replaced at a time.
import { createHash } from "node:crypto";
import { copyFile, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { setFlagsFromString } from "node:v8";
import { Script } from "node:vm";
import { build } from "esbuild";

const require = createRequire(import.meta.url);

export const ROOT = fileURLToPath(new URL(".", import.meta.url));

/**
 * What the entry loads only when it needs it, by import() or require(), stands in files beside it: esbuild cannot split
 * CommonJS. Source -> file.
 */
const PARTS = new Map([
  ["src/oci-services.ts", "oci.cjs"],
  ["src/deliver/oauth2.ts", "oauth2.cjs"],
  ["src/config/unlikely-routes.ts", "unlikely-routes.cjs"],
  ["src/catalogue.ts", "catalogue.cjs"],
]);

const OUR_OWN = /^\.{1,2}\/.*\.ts$/;

/**
 * Path from ROOT.
 * @param {{ path: string, resolveDir: string }} imported
 */
const sourceOf = ({ path, resolveDir }) => relative(ROOT, join(resolveDir, path)).replaceAll("\\", "/");

/** @type {import("esbuild").Plugin} */
const besideTheEntry = {
  name: "beside-the-entry",
  setup(build) {
    build.onResolve({ filter: OUR_OWN }, ({ kind, ...imported }) => {
      const isLazy = kind === "dynamic-import" || kind === "require-call";
      const part = isLazy ? PARTS.get(sourceOf(imported)) : undefined;
      return part === undefined ? undefined : { path: `./${part}`, external: true };
    });
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
 * Writes all that ships into a directory: func.cjs, which runs relay.cjs and, once they are asked for, the parts beside it.
 * @param {string} outdir
 * @param {{ plugins?: Plugin[], libraryPlugins?: Plugin[], sdkPlugins?: Plugin[] }} [replaced] for the bench: what stands in
 *   for something, to see what that costs
 * @typedef {import("esbuild").Plugin} Plugin
 */
export async function bundleRelay(
  outdir,
  { plugins = [], libraryPlugins = [replacing(LIBRARY_EDGES)], sdkPlugins = [sdkEdges] } = {},
) {
  await rm(outdir, { recursive: true, force: true });
  await mkdir(outdir, { recursive: true });
  await build({ ...options, entryPoints: ["src/start.ts"], outfile: `${outdir}/func.cjs` });

  const entryPlugins = [...plugins, besideTheEntry, ...libraryPlugins];
  const parts = [...PARTS].map(([source, file]) => ({
    entryPoints: [source],
    outfile: `${outdir}/${file}`,
    plugins: [...plugins, besideTheEntry, ...(file === "oci.cjs" ? sdkPlugins : [])],
  }));
  const entrySources = await sourcesIn("src/func.ts", entryPlugins);
  const wanted = (await Promise.all(parts.map((part) => wantedOf(part, entrySources)))).flat();
  const shared = [...new Map(wanted.map((each) => [`${each.source} ${each.name}`, each])).values()];
  await bundleCached({ stdin: entryThatShares(shared), outfile: `${outdir}/relay.cjs`, plugins: entryPlugins });
  for (const part of parts) {
    await bundleCached({ ...part, plugins: [...part.plugins, fromTheEntry(shared)] });
  }
  await copyFile(new URL("handlers/event-types.json", import.meta.url), `${outdir}/event-types.json`);
}

/**
 * @param {string} entry
 * @param {Plugin[]} plugins
 */
async function sourcesIn(entry, plugins) {
  const { metafile } = await build({ ...options, entryPoints: [entry], plugins, write: false, metafile: true });
  return new Set(Object.keys(metafile.inputs));
}

/**
 * What the parts take from the entry rather than having it themselves: so nothing is there twice, neither bytes nor state.
 * @typedef {readonly { source: string, name: string }[]} Shared
 */

/**
 * The entry, and what it shares as one list: that takes a tenth of the bytes that names would. Its name is a hash, so that a
 * function which has started before a build finds in a part of after it no list, rather than another.
 * @param {Shared} shared
 */
function entryThatShares(shared) {
  const imports = shared.map(({ source, name }, place) => `import { ${name} as _${place} } from "./${source}";`);
  const list = shared.map((_, place) => `_${place}`).join(", ");
  const contents = [
    '"use strict";',
    'import "./src/func.ts";',
    ...imports,
    `export const ${listName(shared)} = [${list}];`,
  ];
  return { contents: contents.join("\n"), resolveDir: ROOT };
}

/**
 * What a part wants of the modules that the entry has.
 * @param {{ entryPoints: string[], plugins: Plugin[] }} part
 * @param {ReadonlySet<string>} entrySources
 */
async function wantedOf({ entryPoints, plugins }, entrySources) {
  /** @type {Plugin} */
  const outside = {
    name: "outside",
    setup(build) {
      build.onResolve({ filter: OUR_OWN }, (imported) => {
        const source = sourceOf(imported);
        return entrySources.has(source) ? { path: `entry:${source}`, external: true } : undefined;
      });
    },
  };
  // As a module, which names what it imports: import { parseJson, send as send2 } from "entry:src/json.ts";
  const module = {
    ...options,
    entryPoints,
    plugins: [...plugins, outside],
    minify: false,
    write: /** @type {const} */ (false),
  };
  const { outputFiles } = await build({ ...module, format: "esm" });
  const imports = (outputFiles[0]?.text ?? "").matchAll(/^import \{ (.+) \} from "entry:(.+)";$/gm);
  return [...imports].flatMap(([, names = "", source = ""]) =>
    names.split(", ").map((name) => ({ source, name: name.split(" as ")[0] ?? "" })),
  );
}

/**
 * @param {Shared} shared
 * @returns {Plugin}
 */
function fromTheEntry(shared) {
  const list = listName(shared);
  return {
    name: "from-the-entry",
    setup(build) {
      build.onResolve({ filter: OUR_OWN }, (imported) => {
        const path = sourceOf(imported);
        return shared.some(({ source }) => source === path) ? { path, namespace: "entry" } : undefined;
      });
      build.onResolve({ filter: /^\.\/relay\.cjs$/ }, ({ path }) => ({ path, external: true }));
      build.onLoad({ filter: /.*/, namespace: "entry" }, ({ path }) => {
        const exports = shared.map(({ source, name }, place) =>
          source === path ? `export const ${name} = ${list}[${place}];` : "",
        );
        return { contents: `import { ${list} } from "./relay.cjs";\n${exports.join("")}` };
      });
    },
  };
}

/** @param {Shared} shared */
function listName(shared) {
  return `_${createHash("sha256").update(JSON.stringify(shared)).digest("hex").slice(0, 8)}`;
}

/**
 * A bundle as start.ts runs it, a function of what Node gives a module, and beside it V8's code cache of it, good for the
 * Node that runs this build and no other.
 * @param {import("esbuild").BuildOptions & { outfile: string }} bundle
 */
async function bundleCached({ outfile, ...bundle }) {
  const banner = { js: "(function (exports, require, module, __filename, __dirname) {" };
  await build({ ...options, ...bundle, outfile, banner, footer: { js: "})" } });
  // With V8's laziness only what runs at load would be cached, and the first event would compile all the rest. The flag is
  // put back at once: V8 notes its flags in a cache and refuses one made with other flags than its own.
  setFlagsFromString("--no-lazy");
  const script = new Script(await readFile(outfile, "utf8"), { filename: basename(outfile) });
  setFlagsFromString("--lazy");
  await writeFile(`${outfile}.${process.version}-${process.arch}.cache`, script.createCachedData());
}
