import { readFileSync } from "node:fs";

/**
 * The settings of func.yaml, which stays flat so that these lines are all the YAML there is to read.
 * @throws Error for a comment, a list or a nested value: `fn deploy` writes the file anew and keeps no comment
 */
export function functionSettings(): Map<string, string> {
  const lines = readFileSync(new URL("../../func.yaml", import.meta.url), "utf8")
    .trimEnd()
    .split("\n");
  return new Map(
    lines.map((line) => {
      const [, name, value] = /^([a-z_]+): ([\w.-]+)$/.exec(line) ?? [];
      if (name === undefined || value === undefined)
        throw new Error(`func.yaml: expected "name: value", got "${line}"`);
      return [name, value];
    }),
  );
}
