import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { RECEIVERS, receiverPage } from "./page.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

const pages = readdirSync(RECEIVERS)
  .map((file) => file.replace(/\.md$/, ""))
  .filter((name) => name !== "README")
  .sort();

const testOf = (name: string) => readFileSync(new URL(`${name}.test.ts`, import.meta.url), "utf8");

describe("the pages of docs/receivers", () => {
  test("are all in the index, once", () => {
    const listed = [...receiverPage("README").text.matchAll(/^- \[([\w-]+)\]\(([\w-]+)\.md\): \S/gm)];
    expect(listed.map(([, name]) => name).sort()).toEqual(pages);
    expect(listed.filter(([, name, target]) => name !== target)).toEqual([]);
  });

  test.each(pages)("%s has a test that takes all of its examples", (name) => {
    const source = testOf(name);
    expect(source).toContain(`= receiverPage("${name}");`);
    // Right after them, where the file begins: whatever tests run, an example that nobody takes is found.
    expect(source).toMatch(/\.(take|takeSettings)\(.*\);\npage\.end\(\);$|\)\);\npage\.end\(\);$/m);
    expect(receiverPage(name).left.length).toBeGreaterThan(0);
  });

  test("mark each example as one: no fence is open, indented or of another kind", () => {
    const fences = ["README", ...pages].map((name) => {
      const { text, left } = receiverPage(name);
      return [name, (text.match(/```|~~~/g) ?? []).length - 2 * left.length];
    });
    expect(fences.filter(([, spare]) => spare !== 0)).toEqual([]);
  });

  test("lead nowhere that is not there", () => {
    const links = ["README", ...pages].flatMap((name) =>
      [...receiverPage(name).text.matchAll(/\]\((?!https:)([^)]+)\)/g)].map(([, target]) => String(target)),
    );
    expect(links.length).toBeGreaterThan(10);
    expect(links.filter((target) => !pages.includes(target.replace(/\.md$/, "")))).toEqual([]);
  });
});

test("each relay.config.ts of the pages compiles where it is said to stand", async () => {
  await mkdir(join(ROOT, ".cache"), { recursive: true });
  const directory = await mkdtemp(join(ROOT, ".cache/pages-"));
  const examples = pages.flatMap((name) =>
    receiverPage(name)
      .left.filter(({ language }) => language === "ts")
      .map(({ text }, at) => [`${name}-${at + 1}.ts`, text] as const),
  );
  try {
    await writeFile(join(directory, "tsconfig.json"), '{ "extends": "../../tsconfig.json", "include": ["*.ts"] }');
    for (const [file, text] of examples) {
      await writeFile(join(directory, file), text.replaceAll('"./src/', '"../../src/'));
    }
    expect(examples.length).toBeGreaterThanOrEqual(8);
    expect(await tscSays(directory)).toBe("");
  } finally {
    await rm(directory, { recursive: true });
  }
});

function tscSays(directory: string): Promise<string> {
  const args = [join(ROOT, "node_modules/typescript/bin/tsc"), "--noEmit", "--pretty", "false", "-p", directory];
  return new Promise((resolve) => {
    execFile(process.execPath, args, { cwd: ROOT, maxBuffer: 2 ** 26 }, (_, stdout, stderr) =>
      resolve(stdout + stderr),
    );
  });
}
