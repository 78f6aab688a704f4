import { parseJson } from "../../src/json.ts";
import { isRecord, type Result } from "../../src/problem.ts";

/** An object of the bucket: one dead letter, or those of a batch, a line each. */
export interface LetterObject {
  name: string;
  etag: string;
  /** All that is in it, but for blank lines. */
  lines: readonly Line[];
}

export interface Line {
  /** From 1. */
  number: number;
  /** Byte for byte, as Latin-1: what stays is written back as it was, also what cannot be read. */
  text: string;
  letter: Result<ReplayableLetter>;
}

export interface ReplayableLetter {
  destination: string;
  id: string;
  reason: string;
  /** As it is kept, and as it is sent. */
  value: Record<string, unknown>;
  /** That of its line: two letters with the same are one. */
  text: string;
}

const BLANK = /^[ \t\r]*$/;

const utf8 = new TextDecoder("utf-8", { fatal: true });

export function letterObject({ name, etag }: Pick<LetterObject, "name" | "etag">, body: Buffer): LetterObject {
  const whole = body.toString("latin1");
  if (!isOfLines(name)) return { name, etag, lines: [{ number: 1, text: whole, letter: letterOf(whole) }] };
  const lines = whole.split("\n").map((text, at) => ({ number: at + 1, text }));
  const written = lines.filter(({ text }) => !BLANK.test(text));
  return { name, etag, lines: written.map((line) => ({ ...line, letter: letterOf(line.text) })) };
}

export function isOfLines(name: string): boolean {
  return name.endsWith(".ndjson");
}

export function bytesOf(lines: readonly Line[]): Buffer {
  return Buffer.from(lines.map(({ text }) => `${text}\n`).join(""), "latin1");
}

function letterOf(text: string): Result<ReplayableLetter> {
  let json: string;
  try {
    json = utf8.decode(Buffer.from(text, "latin1"));
  } catch {
    return { ok: false, problem: "is not UTF-8" };
  }
  const parsed = parseJson(json);
  if (!parsed.ok) return { ok: false, problem: `is ${parsed.problem}` };
  const value = isRecord(parsed.value) ? parsed.value : {};
  const { destination, id, reason } = value;
  if (value.deadLetter !== 1 || !isRecord(destination) || typeof destination.name !== "string")
    return { ok: false, problem: "is no dead letter of the relay" };
  return { ok: true, value: { destination: destination.name, id: String(id), reason: String(reason), value, text } };
}
