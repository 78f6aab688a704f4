import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { contractFiles } from "./contract.ts";
import { eventTypeModule, eventTypesList, withFamilies, yunionFieldModule } from "./docs.ts";
import { eventsPage } from "./events-page.ts";
import { namingPage } from "./naming-page.ts";
import { promisePage } from "./promise.ts";

const ROOT = new URL("../", import.meta.url);
const read = (file: string) => readFileSync(new URL(file, ROOT), "utf8");
const readme = read("README.md");
const scripts: Record<string, string> = JSON.parse(read("package.json")).scripts;

describe("the documents say what the code does", () => {
  test("docs/events.md, docs/naming.md, docs/promise.md, README's families and the list of event types are what npm run docs makes", () => {
    expect(read("docs/events.md")).toBe(eventsPage());
    expect(read("docs/naming.md")).toBe(namingPage());
    expect(read("docs/promise.md")).toBe(promisePage());
    expect(readme).toBe(withFamilies(readme));
    expect(read("handlers/event-types.json")).toBe(eventTypesList());
  });

  test("the types of event types and of Yunion's fields are what npm run docs makes", () => {
    expect(read("handlers/event-type.ts")).toBe(eventTypeModule());
    expect(read("src/yunion-field.ts")).toBe(yunionFieldModule());
  });

  test("the payload schema, the OpenAPI document and the samples are what npm run docs makes", () => {
    const files = ["docs/openapi.json", "docs/payload.schema.json"];
    const samples = readdirSync(new URL("docs/samples/", ROOT)).map((file) => `docs/samples/${file}`);
    const committed = Object.fromEntries([...files, ...samples].map((file) => [file, read(file)]));
    expect(committed).toEqual(Object.fromEntries(contractFiles()));
  });

  test("every fixture has a golden, and every golden a fixture", () => {
    expect(readdirSync(new URL("test/golden/", ROOT)).sort()).toEqual(
      readdirSync(new URL("test/fixtures/", ROOT)).sort(),
    );
  });

  test("README's table of configuration names is the code's", () => {
    const documented = [...readme.matchAll(/^\| `([A-Z_]+)` \|/gm)].map((match) => match[1]);
    const known = [...read("src/config/environment.ts").matchAll(/: "([A-Z_]+)",$/gm)].map((match) => match[1]);
    expect(documented.length).toBeGreaterThan(10);
    expect(documented.sort()).toEqual(known.sort());
  });

  test("every npm script that README runs is there, and every file that it names", () => {
    const named = [...readme.matchAll(/npm (?:run (?:--silent )?)?([a-z][a-z-]*)/g)].map((match) => match[1] ?? "");
    expect(named.filter((name) => !["ci", ...Object.keys(scripts)].includes(name))).toEqual([]);
    const files = [...readme.matchAll(/(?:\]\(|`|-- |< )((?:src|handlers|test|docs|local)\/[\w./-]+)/g)].map(
      (match) => match[1] ?? "",
    );
    expect(files.length).toBeGreaterThan(5);
    expect(files.filter((file) => !existsSync(new URL(file, ROOT)))).toEqual([]);
  });

  test("README's two commands are the ones promised", () => {
    expect(readme).toContain("npm ci && npm start ");
    expect(readme).toContain("npm ci && npm test ");
  });

  test("the version is the same everywhere", () => {
    const { version } = JSON.parse(read("package.json"));
    expect(read("CHANGELOG.md")).toMatch(new RegExp(`^## ${version}$`, "m"));
    expect(read("func.yaml")).toMatch(new RegExp(`^version: ${version}$`, "m"));
  });
});
