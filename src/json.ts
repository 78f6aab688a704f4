import { randomUUID } from "node:crypto";
import type { Result } from "./problem.ts";

// Real events nest six levels; the limit keeps every walk over a value from overflowing the stack.
const MAX_DEPTH = 100;

const MAY_HOLD_BIG_INTEGER = /\d{16}/;
const INT64_MIN = -(2n ** 63n);
const INT64_MAX = 2n ** 63n - 1n;

/**
 * The value of a JSON text. An integer literal within 64 bits that a double cannot hold comes as a bigint. The problem
 * says where the text breaks and shows nothing of it: it may hold secrets.
 */
export function parseJson(text: string): Result<unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { ok: false, problem: `not JSON${whereItBreaks(error)}` };
  }
  const found = lookInto(value, MAX_DEPTH);
  if (found === TOO_DEEP) return { ok: false, problem: `JSON nested more than ${MAX_DEPTH} levels deep` };
  // JSON.parse rounds integers past 2^53; only a text that holds one pays for the exact reading.
  return { ok: true, value: found === HOLDS_BIG_NUMBER ? withBigIntegers(text, value) : value };
}

/** JSON text of a value that parseJson may have read: integers of 64 bits with all their digits. */
export function stringifyJson(value: unknown, indent = 0): string {
  const text = plainJson(value, indent);
  // Only a text with so many digits in a row can hold one whose shortest digits are not its own.
  if (text !== REFUSED && !MAY_HOLD_BIG_INTEGER.test(text)) return text;
  const mark = `int64:${randomUUID()}:`;
  const marked = (_key: string, item: unknown) => (isBigValue(item) ? `${mark}${BigInt(item)}` : item);
  return JSON.stringify(value, marked, indent).replace(new RegExp(`"${mark}(-?\\d+)"`, "g"), "$1");
}

const REFUSED = Symbol("bigint");

/** REFUSED where there is a bigint, as JSON.stringify does; a function for each value would take three times as long. */
function plainJson(value: unknown, indent: number): string | typeof REFUSED {
  try {
    return JSON.stringify(value, undefined, indent);
  } catch {
    return REFUSED;
  }
}

function isBigValue(item: unknown): item is number | bigint {
  if (typeof item === "bigint") return true;
  return Number.isInteger(item) && !Number.isSafeInteger(item) && Math.abs(item as number) <= 2 ** 63;
}

// V8's message quotes the text, but for these two.
function whereItBreaks(error: unknown): string {
  const message = error instanceof Error ? error.message : "";
  if (/^Unexpected end|^Unterminated/.test(message)) return " (it is cut short)";
  const position = /at position \d+/.exec(message)?.[0];
  return position === undefined ? "" : ` (${position})`;
}

function withBigIntegers(text: string, value: unknown): unknown {
  // Nobody can have put it into the text.
  const mark = `int64:${randomUUID()}:`;
  const marked = markBigIntegers(text, mark);
  if (marked === text) return value;
  return JSON.parse(marked, (_key, item: unknown) =>
    typeof item === "string" && item.startsWith(mark) ? BigInt(item.slice(mark.length)) : item,
  );
}

/** The text with each big integer literal as a string that begins with the mark. */
function markBigIntegers(text: string, mark: string): string {
  const parts: string[] = [];
  let copied = 0;
  let at = 0;
  while (at < text.length) {
    const char = text.charCodeAt(at);
    if (char === 0x22) {
      at = endOfString(text, at);
    } else if (char === 0x2d || (char >= 0x30 && char <= 0x39)) {
      let end = at + 1;
      while (end < text.length && /[0-9.eE+-]/.test(text.charAt(end))) end++;
      const literal = text.slice(at, end);
      if (isBigInteger(literal)) {
        parts.push(text.slice(copied, at), `"${mark}${literal}"`);
        copied = end;
      }
      at = end;
    } else {
      at++;
    }
  }
  return parts.join("") + text.slice(copied);
}

function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (text.charCodeAt(at) !== 0x22) at += text.charCodeAt(at) === 0x5c ? 2 : 1;
  return at + 1;
}

function isBigInteger(literal: string): boolean {
  if (!/^-?\d{16,19}$/.test(literal)) return false;
  const value = BigInt(literal);
  return value >= INT64_MIN && value <= INT64_MAX && value !== BigInt(Number(literal));
}

/** What to know of a value before anything else walks over it; the higher counts. */
const PLAIN = 0;
const HOLDS_BIG_NUMBER = 1;
const TOO_DEEP = 2;

/** Never recurses further than `maxDepth`. */
function lookInto(value: unknown, maxDepth: number): number {
  if (typeof value === "number") return Math.abs(value) > Number.MAX_SAFE_INTEGER ? HOLDS_BIG_NUMBER : PLAIN;
  if (typeof value !== "object" || value === null) return PLAIN;
  if (maxDepth === 0) return TOO_DEEP;
  let found = PLAIN;
  if (Array.isArray(value)) {
    for (const item of value) found = Math.max(found, lookInto(item, maxDepth - 1));
  } else {
    // Not over Object.values, which takes twice as long.
    for (const key in value) found = Math.max(found, lookInto(value[key as keyof typeof value], maxDepth - 1));
  }
  return found;
}
