import { isRecord } from "../../src/problem.ts";
import { printable, styled } from "../terminal.ts";

const NAMES = new Map([
  [10, "trace"],
  [20, "debug"],
  [30, "info"],
  [40, "warn"],
  [50, "error"],
  [60, "fatal"],
]);
const WARN = 40;
/** What a person who looks on does not need: it is now, and they know which function it is. */
const LEFT_OUT = new Set(["level", "time", "msg", "callID", "pid", "hostname"]);

/** A line of pino's as a person reads it; any other line as it is. */
export function logText(line: string): string {
  const entry = entryOf(line);
  if (entry === undefined) return printable(line);
  const name = NAMES.get(Number(entry.level)) ?? String(entry.level);
  const fields = Object.entries(entry)
    .filter(([key]) => !LEFT_OUT.has(key))
    .map(
      ([key, value]) =>
        `${key}=${typeof value === "string" && /^[\w.:/-]+$/.test(value) ? value : JSON.stringify(value)}`,
    );
  const level = isSerious(line) ? styled(Number(entry.level) > WARN ? "red" : "yellow", name) : name;
  return [level, printable(String(entry.msg ?? "")), printable(fields.join(" "))]
    .filter((part) => part !== "")
    .join(" ");
}

/** A warning or worse, and what is no line of pino's: the relay itself writes no other. */
export function isSerious(line: string): boolean {
  const entry = entryOf(line);
  return entry === undefined || Number(entry.level) >= WARN;
}

function entryOf(line: string): Record<string, unknown> | undefined {
  if (!line.startsWith("{")) return undefined;
  try {
    const value: unknown = JSON.parse(line);
    return isRecord(value) && "level" in value ? value : undefined;
  } catch {
    return undefined;
  }
}
