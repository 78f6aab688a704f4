const MAX_LINE_CHARS = 120;

/** JSON as Biome formats it: a member a line, but a list of values, and a single member, on one line where it fits. */
export function jsonText(value: unknown): string {
  return `${textOf(value, { indent: "", before: "", after: "" })}\n`;
}

/** What else stands on the line: `before` with the indent, `after` the comma, if one follows. */
interface Place {
  indent: string;
  before: string;
  after: string;
}

function textOf(value: unknown, { indent, before, after }: Place): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const inner = `${indent}  `;
  const isList = Array.isArray(value);
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  const texts = members.map(([key, member], index) => {
    const name = isList ? "" : `${JSON.stringify(key)}: `;
    const comma = index === members.length - 1 ? "" : ",";
    return name + textOf(member, { indent: inner, before: inner + name, after: comma });
  });
  const line = isList ? `[${texts.join(", ")}]` : `{ ${texts.join(", ")} }`;
  if (texts.length === 0) return isList ? "[]" : "{}";
  const isShort = !line.includes("\n") && before.length + line.length + after.length <= MAX_LINE_CHARS;
  if (isShort && (isList || texts.length === 1)) return line;
  const [open, close] = isList ? ["[", "]"] : ["{", "}"];
  return `${open}\n${texts.map((text) => inner + text).join(",\n")}\n${indent}${close}`;
}
