import { readFileSync } from "node:fs";
import { parseEnv } from "node:util";

export const RECEIVERS = new URL("../../docs/receivers/", import.meta.url);

export interface Page {
  /** All of it. */
  text: string;
  /** The fenced examples that nobody has taken yet, the first first. */
  left: { language: string; text: string }[];
  /** The next example, which must be one in this language. */
  take: (language: string) => string;
  /** The next example, read as the function's configuration: lines of NAME='value'. */
  takeSettings: () => Record<string, string>;
  /** To be called once all examples were taken: one that no test runs is none. */
  end: () => void;
  /** The rows of the table whose first column is called so: first cell -> the others, without the marks of code. */
  table: (firstColumn: string) => Map<string, string[]>;
}

const FENCED = /^```(\w*)\n(.*?)^```$/gms;

/** A page of docs/receivers/, whose examples a test takes one after the other and runs. */
export function receiverPage(name: string): Page {
  const text = readFileSync(new URL(`${name}.md`, RECEIVERS), "utf8");
  const left = [...text.matchAll(FENCED)].map(([, language = "", example = ""]) => ({ language, text: example }));
  const page: Page = {
    text,
    left,
    take(language) {
      const next = left.shift();
      if (next?.language === language) return next.text;
      throw new Error(`${name}.md: expected an example in ${language}, found ${next?.language ?? "none"}`);
    },
    takeSettings: () => parseEnv(page.take("sh")) as Record<string, string>,
    end() {
      if (left.length > 0) throw new Error(`${name}.md: no test takes this example:\n${left[0]?.text}`);
    },
    table(firstColumn) {
      const lines = text.split("\n");
      const from = lines.findIndex((line) => line.startsWith(`| ${firstColumn} |`));
      if (from === -1) throw new Error(`${name}.md: no table begins with ${firstColumn}`);
      const rows = lines.slice(from + 2);
      const end = rows.findIndex((line) => !line.startsWith("|"));
      return new Map(rows.slice(0, end).map(cellsOf));
    },
  };
  return page;
}

function cellsOf(line: string): [string, string[]] {
  const [first = "", ...others] = line.split("|").slice(1, -1);
  return [plain(first), others.map(plain)];
}

function plain(cell: string): string {
  return cell.trim().replace(/^`(.*)`$/, "$1");
}
