import { isRecord } from "./problem.ts";

/**
 * What is odd about an input that is read all the same: told in the reply and the log, so that nobody has to guess why a
 * receiver saw something else than was sent. Every check has a cheap precheck: ordinary events pay next to nothing.
 */
export function oddity(text: string, value: Record<string, unknown>): string | undefined {
  const found: string[] = [];
  if (text.startsWith("\ufeff")) found.push("the body begins with a byte order mark, ignored");
  const repeated = repeatedKeys(text);
  if (repeated.length > 0) found.push(`${repeated.join(", ")}: stands more than once, the last one counts`);
  if (text.includes("\\u") && /\\u[dD][89a-fA-F]/.test(text) && hasLoneSurrogate(value)) {
    found.push("the text holds a lone surrogate, sent on as U+FFFD");
  }
  const details = isRecord(value.data) ? value.data.additionalDetails : undefined;
  if (details !== undefined && details !== null && !isRecord(details)) {
    found.push("data.additionalDetails: is no object, and left out");
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  if (/[\u0000-\u001f\u007f]/.test(String(value.eventID))) found.push("eventID: holds control characters");
  return found.length === 0 ? undefined : found.join("; ");
}

function hasLoneSurrogate(value: unknown): boolean {
  if (typeof value === "string") return !value.isWellFormed();
  if (Array.isArray(value)) return value.some(hasLoneSurrogate);
  return isRecord(value) && Object.entries(value).some(([key, item]) => !key.isWellFormed() || hasLoneSurrogate(item));
}

const ENVELOPE_KEYS = ["eventType", "eventID", "eventTime", "source", "cloudEventsVersion", "data", "extensions"];
const ENVELOPE_KEY = new RegExp(`"(?:${ENVELOPE_KEYS.join("|")})"`, "g");

/** Keys of the envelope that it holds more than once. */
function repeatedKeys(text: string): string[] {
  const written: readonly string[] = text.match(ENVELOPE_KEY) ?? [];
  // So it is in nearly every event: then nothing need be read.
  const isEachOnce = written.length <= ENVELOPE_KEYS.length && written.every((key, at) => written.indexOf(key) === at);
  if (isEachOnce) return [];
  const counts = new Map<string, number>();
  for (const key of outermostKeys(text)) counts.set(key, (counts.get(key) ?? 0) + 1);
  return ENVELOPE_KEYS.filter((key) => (counts.get(key) ?? 0) > 1);
}

/** As they are written; `text` is known to be valid JSON of an object. */
function* outermostKeys(text: string): Generator<string> {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (char === "{" || char === "[") depth++;
    else if (char === "}" || char === "]") depth--;
    else if (char === '"') {
      const start = at++;
      while (text[at] !== '"') at += text[at] === "\\" ? 2 : 1;
      if (depth === 1 && /^\s*:/.test(text.slice(at + 1, at + 50))) yield text.slice(start + 1, at);
    }
  }
}
