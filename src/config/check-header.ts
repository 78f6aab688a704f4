import { HEADER_NAME } from "../deliver/yunion.ts";
import { isRecord, kindOf, shown } from "../problem.ts";
import { namesSecret } from "../redact.ts";
import type { Check } from "./check.ts";
import { isEmptyText, isReference } from "./reference.ts";

/** Headers that HTTP or our signatures own. */
const FORBIDDEN_HEADER = /^(host|content-length|transfer-encoding|connection|upgrade|te|trailer|expect|webhook-.*)$/i;

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what no header may hold
const BREAKS_HEADER = /[\u0000-\u0008\u000a-\u001f\u007f]/;

/** The robot's `header`, its references read. */
export function checkHeader(path: string, header: unknown, check: Check): Record<string, unknown> | undefined {
  if (!isJsonObject(path, header, check)) return undefined;
  const names = new Set<string>();
  const read = Object.entries(header).map(([name, value]) => {
    checkHeaderName(path, name, check);
    if (names.has(name.toLowerCase())) check.report(path, `${name} stands there twice; leave one of the two out`);
    names.add(name.toLowerCase());
    const text = readAll(`${path}.${name}`, { name, value }, check);
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
  if (!isJsonObject(path, body, check)) return undefined;
  return readAll(path, { name: "", value: body }, check) as Record<string, unknown>;
}

function isJsonObject(path: string, value: unknown, check: Check): value is Record<string, unknown> {
  if (value === undefined || (isRecord(value) && !isReference(value))) return value !== undefined;
  check.report(path, `expected a JSON object, got ${kindOf(value)}`);
  return false;
}

/**
 * A value with all that it refers to. What stands under a name that says it is a secret may not stand in the code; an empty
 * text has a meaning here, for it takes a header away.
 */
function readAll(path: string, { name, value }: { name: string; value: unknown }, check: Check): unknown {
  if (Array.isArray(value)) return value.map((item, at) => readAll(`${path}[${at}]`, { name, value: item }, check));
  if (isEmptyText(value)) return "";
  if (typeof value === "string" || isReference(value)) {
    return namesSecret(name) ? check.secretOf(path, value) : check.textOf(path, value);
  }
  if (!isRecord(value)) {
    const isWritten = (typeof value === "number" || typeof value === "bigint") && namesSecret(name);
    return isWritten ? check.secretOf(path, value) : value;
  }
  const members = Object.entries(value).map(([key, item]) => [
    key,
    readAll(`${path}.${key}`, { name: key, value: item }, check),
  ]);
  return Object.fromEntries(members);
}
