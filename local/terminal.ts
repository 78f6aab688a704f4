import { styleText } from "node:util";
import { UNSAFE_TEXT } from "../src/unsafe-text.ts";

type Style = Parameters<typeof styleText>[0];

/** Colours a text where a person looks at it; pipes, files and NO_COLOR get plain text. */
export function styled(style: Style, text: string): string {
  return process.stdout.isTTY && !process.env.NO_COLOR ? styleText(style, text) : text;
}

/** Text of an event, safe to show: control characters and marks that turn the direction of text are spelt out. */
export function printable(text: string): string {
  return text.toWellFormed().replace(UNSAFE_TEXT, (chars) => [...chars].map(spelt).join(""));
}

function spelt(char: string): string {
  return `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/** Rows with columns in line. Counts characters, so wide ones may stand out by a cell. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => [...(row[column] ?? "")].length)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
