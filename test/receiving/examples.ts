import { readFileSync } from "node:fs";

/** A program of docs/receiving.md. */
export interface Example {
  /** As its fence names it: "verify.mjs", and "verify.mjs package" for another that may stand in its place. */
  name: string;
  code: string;
}

const PROGRAMS = ["js", "ts", "python", "sh", "bash"];

/** Every program of the page: the fences in a programming language. One without a name is an error: nobody could run it. */
export function examples(): Example[] {
  const page = readFileSync(new URL("../../docs/receiving.md", import.meta.url), "utf8");
  return [...page.matchAll(/^```(\w+) ?(.*)\n([\s\S]*?)^```$/gm)].flatMap(([, language = "", name = "", code = ""]) => {
    if (!PROGRAMS.includes(language)) return [];
    if (name === "") throw new Error(`docs/receiving.md has a program without a name: ${code.slice(0, 80)}`);
    return [{ name, code }];
  });
}

export function codeOf(name: string): string {
  const example = examples().find((each) => each.name === name);
  if (example === undefined) throw new Error(`docs/receiving.md has no ${name}`);
  return example.code;
}
