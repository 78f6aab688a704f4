import { HEADER_NAME } from "../deliver/yunion.ts";
import { isRecord, shown } from "../problem.ts";
import { namesSecret } from "../redact.ts";
import type { Check } from "./check.ts";
import { isReference } from "./reference.ts";

/** Headers that HTTP or our signatures own. */
const FORBIDDEN_HEADER = /^(host|content-length|transfer-encoding|connection|upgrade|te|trailer|expect|webhook-.*)$/i;

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what no header may hold
const BREAKS_HEADER = /[\u0000-\u0008\u000a-\u001f\u007f]/;

/** The robot's `header`, its references read. */
export function checkHeader(path: string, header: unknown, check: Check): Record<string, unknown> | undefined {
  if (header === undefined) return undefined;
  if (!isRecord(header)) {
    check.report(path, `expected a JSON object, got ${shown(header)}`);
    return undefined;
  }
  const read = Object.entries(header).map(([name, value]) => {
    checkHeaderName(path, name, check);
    const text = resolved(`${path}.${name}`, { name, value }, check);
    if (typeof text === "string") checkHeaderValue(path, { name, value: text }, check);
    return [name, text === undefined ? "" : text];
  });
  return Object.fromEntries(read);
}

export function checkHeaderName(path: string, name: string, check: Check): void {
  if (!HEADER_NAME.test(name)) check.report(path, `${shown(name)} is not a header name`);
  else if (FORBIDDEN_HEADER.test(name)) check.report(path, `${name} may not be set: the relay or HTTP sets it`);
}

export function checkHeaderValue(path: string, { name, value }: { name: string; value: string }, check: Check): void {
  if (BREAKS_HEADER.test(value)) {
    check.report(path, `the value of ${shown(name)} holds CR, LF, NUL or another control character`);
  }
}

/** The robot's `body`, its references read, at any depth. */
export function checkBody(path: string, body: unknown, check: Check): Record<string, unknown> | undefined {
  if (body === undefined) return undefined;
  if (isRecord(body) && !isReference(body)) return readMembers(path, body, check);
  check.report(path, `expected a JSON object, got ${shown(body)}`);
  return undefined;
}

function readMembers(path: string, value: Record<string, unknown>, check: Check): Record<string, unknown> {
  const members = Object.entries(value).map(([name, item]) => {
    const at = `${path}.${name}`;
    if (Array.isArray(item)) return [name, item.map((each, index) => readItem(`${at}[${index}]`, each, check))];
    return [
      name,
      isRecord(item) && !isReference(item) ? readMembers(at, item, check) : resolved(at, { name, value: item }, check),
    ];
  });
  return Object.fromEntries(members);
}

function readItem(path: string, value: unknown, check: Check): unknown {
  return isRecord(value) && !isReference(value)
    ? readMembers(path, value, check)
    : resolved(path, { name: "", value }, check);
}

/** A text under a name that says what it is a secret of may not stand in the code. */
function resolved(path: string, { name, value }: { name: string; value: unknown }, check: Check): unknown {
  if (typeof value !== "string" && !isReference(value)) return value;
  return namesSecret(name) ? check.secretOf(path, value) : check.textOf(path, value);
}
