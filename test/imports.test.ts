import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** Every TypeScript file of a room, as a path from the root. */
function filesOf(room: string): string[] {
  return readdirSync(join(ROOT, room), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .map((file) => join(room, file));
}

/** What a file imports: a path from the root, or the name of a package or built-in module. */
function importsOf(file: string): string[] {
  return specifiersOf(file, readFileSync(join(ROOT, file), "utf8"));
}

// `import type { … } from` and `export type { … } from`: gone once compiled.
const TYPES_ONLY = /^(import|export) type \{[^}]*\} from "[^"]+";$/gm;

/** What a file imports at run time. */
function valuesOf(file: string): string[] {
  return specifiersOf(file, readFileSync(join(ROOT, file), "utf8").replace(TYPES_ONLY, ""));
}

// import("…") and require("…"): loaded when it is asked for.
const LAZY = /\b(import|require)\(\s*"[^"]+"/g;

/** What is loaded together with a file. */
function loadedWith(file: string, found = new Set<string>()): Set<string> {
  if (found.has(file)) return found;
  found.add(file);
  const source = readFileSync(join(ROOT, file), "utf8").replace(TYPES_ONLY, "").replace(LAZY, "");
  for (const imported of specifiersOf(file, source))
    if (/^(src|handlers)\/.*\.ts$/.test(imported)) loadedWith(imported, found);
  return found;
}

function specifiersOf(file: string, source: string): string[] {
  const specifiers = [...source.matchAll(/(?<![\w"])(?:from|import|require)\s*\(?\s*"([^"]+)"/g)].map(
    (match) => match[1] ?? "",
  );
  return specifiers.map((specifier) =>
    specifier.startsWith(".") ? relative(ROOT, join(ROOT, dirname(file), specifier)) : specifier,
  );
}

/** Files of types alone, made by `npm run docs`: nothing of them may be asked for at run time, and any length will do. */
const GENERATED = ["handlers/event-type.ts", "src/yunion-field.ts"];

/** What a configuration is checked against while it is typed: the catalogue's types, and nothing of its code. */
const CATALOGUE_TYPES: Readonly<Record<string, readonly string[]>> = {
  "src/event-type.ts": ["handlers/event-type.ts"],
  "src/config/relay.ts": ["handlers/event-type.ts", "handlers/index.ts"],
};

/** True for the type of a catalogue's that a file of src may know. */
function isCatalogueType(imported: string, file: string): boolean {
  return CATALOGUE_TYPES[file]?.includes(imported) === true && !valuesOf(file).includes(imported);
}

function offenders(files: readonly string[], isAllowed: (imported: string, file: string) => boolean): string[] {
  return files.flatMap((file) =>
    importsOf(file)
      .filter((imported) => !isAllowed(imported, file))
      .map((imported) => `${file} imports ${imported}`),
  );
}

/** What puts the catalogue's files together. */
const ASSEMBLED = [
  "handlers/index.ts",
  "handlers/by-name.ts",
  "handlers/names.ts",
  "handlers/resources.ts",
  "handlers/vocabulary.ts",
];

const src = filesOf("src");
const handlers = filesOf("handlers");
const local = filesOf("local");
const ops = filesOf("ops");

describe("imports point one way", () => {
  test("the rooms are where the test looks for them", () => {
    expect([src.length > 20, handlers.length > 5, local.length > 5, ops.length > 3]).toEqual([true, true, true, true]);
    expect(importsOf("src/func.ts")).toContain("handlers/index.ts");
  });

  test("a handler imports zod, the handler's contract and the notification's words, a table its type, nothing else", () => {
    const contract = ["zod/mini", "src/handler.ts", "src/notification.ts"];
    const types = ["src/resource.ts", "src/naming/naming.ts"];
    expect(
      offenders(
        handlers,
        (imported, file) =>
          contract.includes(imported) ||
          (imported.startsWith("handlers/") && ASSEMBLED.includes(file)) ||
          (types.includes(imported) && !valuesOf(file).includes(imported)),
      ),
    ).toEqual([]);
  });

  test("in src only func.ts touches the FDK, the handlers and the configuration of this relay, and asks for the catalogue", () => {
    const reserved = /^(@fnproject\/fdk|handlers\/index\.ts|relay\.config\.ts|package\.json|src\/catalogue\.ts)$/;
    expect(
      offenders(
        src.filter((file) => file !== "src/func.ts"),
        (imported, file) => !reserved.test(imported) || isCatalogueType(imported, file),
      ),
    ).toEqual([]);
  });

  test("src imports nothing of handlers but their data and their types, and nothing of local, ops or test", () => {
    expect(
      offenders(
        src,
        (imported, file) =>
          !/^(local|ops|test)\//.test(imported) &&
          (file === "src/func.ts" ||
            !imported.startsWith("handlers/") ||
            imported.endsWith("event-types.json") ||
            (file === "src/catalogue.ts" && imported === "handlers/by-name.ts") ||
            isCatalogueType(imported, file)),
      ),
    ).toEqual([]);
  });

  test("of what is types alone nobody asks for anything at run time", () => {
    const files = [...src, ...handlers, ...local, ...ops];
    expect(files.filter((file) => valuesOf(file).some((imported) => GENERATED.includes(imported)))).toEqual([]);
  });

  test("nobody goes in circles", () => {
    const circles: string[] = [];
    const visit = (file: string, way: string[]): void => {
      if (way.includes(file)) circles.push([...way.slice(way.indexOf(file)), file].join(" -> "));
      else for (const imported of importsOf(file).filter((each) => src.includes(each))) visit(imported, [...way, file]);
    };
    visit("src/func.ts", []);
    expect(circles).toEqual([]);
  });

  test("only ops imports ops", () => {
    expect(offenders([...src, ...handlers, ...local], (imported) => !imported.startsWith("ops/"))).toEqual([]);
  });

  test("nothing imports test (local reads its fixtures and goldens, as data)", () => {
    expect(offenders([...src, ...handlers, ...local, ...ops], (imported) => !imported.startsWith("test/"))).toEqual([]);
  });

  test("Oracle's SDK is touched by src/oci.ts alone, but for types", () => {
    const runtime = src
      .filter((file) => file !== "src/oci.ts")
      .flatMap((file) => {
        const source = readFileSync(join(ROOT, file), "utf8");
        return /import (?!type)[^;]*"oci-/.test(source) ? [file] : [];
      });
    expect(runtime).toEqual([]);
  });

  test("what only some relays need is not loaded with func.ts: services of OCI, OAuth, the look at routes", () => {
    const lazy =
      /^src\/(oci|oci-services|principal|signed-request|vault|store\/.*|deliver\/ons(-message|-text)?|deliver\/service-error|deliver\/oauth2|config\/unlikely-routes|suggest\/.*)\.ts$/;
    expect([...loadedWith("src/func.ts")].filter((file) => lazy.test(file))).toEqual([]);
    expect(
      [...loadedWith("src/oci-services.ts")].filter((file) => file.startsWith("src/store/")).length,
    ).toBeGreaterThan(3);
  });

  test("only config.ts reads the process environment", () => {
    const readers = [...src, ...handlers].filter((file) =>
      readFileSync(join(ROOT, file), "utf8").includes("process.env"),
    );
    expect(readers).toEqual(["src/config.ts"]);
  });

  test("nobody imports all of zod", () => {
    const importers = [...src, ...handlers].filter((file) =>
      /import \{[^}]*\bz\b[^}]*\} from "zod/.test(readFileSync(join(ROOT, file), "utf8")),
    );
    expect(importers).toEqual([]);
  });
});

test("no file of src, handlers, local or ops is past 200 lines, and no folder deeper than two levels", () => {
  const files = [...src, ...handlers, ...local, ...ops].filter((file) => !GENERATED.includes(file));
  const long = files.filter((file) => readFileSync(join(ROOT, file), "utf8").split("\n").length > 201);
  const deep = files.filter((file) => file.split("/").length > 3);
  expect({ long, deep }).toEqual({ long: [], deep: [] });
});
