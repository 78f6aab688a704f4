/**
 * Entry of dist/func.cjs: runs relay.cjs, and oci.cjs once it is asked for, from V8's code cache beside them. Compiling them
 * at every start would cost 7 and 28 ms more (test/bench/RESULTS.md). A cache is good for one Node release on one
 * architecture; its name says which, and any other Node compiles the code as usual.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Script } from "node:vm";

const loaded = new Map<string, unknown>();
load("./relay.cjs");

function load(file: string): unknown {
  if (loaded.has(file)) return loaded.get(file);
  const filename = join(__dirname, file);
  const cache = `${filename}.${process.version}-${process.arch}.cache`;
  const cachedData = existsSync(cache) ? readFileSync(cache) : undefined;
  const script = new Script(readFileSync(filename, "utf8"), { filename, cachedData });
  const module = { exports: {} };
  const requireBeside = (id: string) => (id.endsWith(".cjs") ? load(id) : require(id));
  script.runInThisContext()(module.exports, requireBeside, module, filename, __dirname);
  loaded.set(file, module.exports);
  return module.exports;
}
