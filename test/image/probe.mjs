// Runs inside of a container and prints what it is like there. Needs nothing but Node.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, readlinkSync, writeFileSync } from "node:fs";

const NOT_OF_THE_IMAGE = new Set(["/proc", "/sys", "/dev", "/tmp/iofs"]);
const PLACES = ["/", "/function", "/tmp"];
const STATUS_FIELDS = ["Uid", "Gid", "NoNewPrivs", "CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"];

/** @returns {[string, string][]} every file by its path, with what it holds */
function filesBelow(/** @type {string} */ directory) {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const path = `${directory === "/" ? "" : directory}/${entry.name}`;
    if (NOT_OF_THE_IMAGE.has(path)) return [];
    if (entry.isDirectory()) return filesBelow(path);
    if (entry.isSymbolicLink()) return [[path, `-> ${readlinkSync(path)}`]];
    return [[path, createHash("sha256").update(readFileSync(path)).digest("hex")]];
  });
}

function tryToWrite(/** @type {string} */ place) {
  try {
    writeFileSync(`${place}/probe`, "");
    return "written";
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code;
  }
}

// The first process of the container: of the one that serves, this is the function itself.
const status = new Map(
  readFileSync("/proc/1/status", "utf8")
    .split("\n")
    .map((line) => /** @type {[string, string]} */ (line.split(":\t"))),
);

console.log(
  JSON.stringify({
    files: Object.fromEntries(filesBelow("/")),
    writes: Object.fromEntries(PLACES.map((place) => [place, tryToWrite(place)])),
    process: Object.fromEntries(STATUS_FIELDS.map((field) => [field, status.get(field)])),
  }),
);
