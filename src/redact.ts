import { parseJson, stringifyJson } from "./json.ts";
import { isRecord } from "./problem.ts";

// Events about credentials: their additionalDetails may hold the credential itself under any key.
const CREDENTIAL_TYPE =
  /token|password|secretkey|apikey|sshkey|totp|mfa|authcode|oauth|credential|wallet|idpscimclient|\.(create|update|delete|rotate|generate)\w*secret/;

const SECRET_KEY =
  /password|passwd|pwd|passphrase|secret|token|credential|authorization|cookie|privatekey|apikey|accessuri|preauth/;

export const REDACTED = "[redacted]";

/** True for a type such as identitycontrolplane.createauthtoken: its additionalDetails are not forwarded. */
export function isAboutCredential(type: string): boolean {
  return CREDENTIAL_TYPE.test(type);
}

/**
 * The value with `[redacted]` for that of every key that names a secret, in any case and at any depth: a copy, or where
 * there is no such key itself.
 */
export function redact(value: unknown): unknown {
  if (Array.isArray(value)) return redactArray(value);
  return isRecord(value) ? redactRecord(value) : value;
}

function redactArray(items: readonly unknown[]): readonly unknown[] {
  let copy: unknown[] | undefined;
  for (const [index, item] of items.entries()) {
    const redacted = redact(item);
    if (redacted === item) continue;
    copy ??= [...items];
    copy[index] = redacted;
  }
  return copy ?? items;
}

function redactRecord(record: Record<string, unknown>): Record<string, unknown> {
  let copy: Record<string, unknown> | undefined;
  for (const key in record) {
    const item = record[key];
    const redacted = namesSecret(key) && item !== null ? REDACTED : redact(item);
    if (redacted === item) continue;
    // All keys at once: so a key that is `__proto__` is one like any other.
    copy ??= { ...record };
    copy[key] = redacted;
  }
  return copy ?? record;
}

/** A received value fit to be kept: without the credentials and headers of audit records, with `[redacted]` for secrets. */
export function keepable(value: unknown): unknown {
  if (typeof value === "string") return keepableText(value);
  if (Array.isArray(value)) return value.map(keepable);
  if (!isRecord(value)) return value;
  const type = value.eventType ?? value.type;
  const isCredential = typeof type === "string" && isAboutCredential(type.toLowerCase());
  const data = isRecord(value.data) && isCredential ? { ...value, data: withoutPayload(value.data) } : value;
  return Object.fromEntries(
    Object.entries(withoutCredentials(data)).map(([key, item]) => [
      key,
      namesSecret(key) && item !== null ? REDACTED : keepable(item),
    ]),
  );
}

const MAY_HOLD_JSON = /"\s*:/;
/** A member of an object as it stands in a text: the key, and all of its value that can be told without reading the rest. */
const MEMBER = /"([^"]{1,100})"(\s*:\s*)(\[[^\]]*\]?|"(?:[^"\\]|\\.)*"?|[^,{}[\]"\s]+)/g;

/** Some connectors pass on what is nested as its JSON: treated like the object that it is, and where it is broken by its looks. */
function keepableText(text: string): string {
  if (!MAY_HOLD_JSON.test(text)) return text;
  const parsed = parseJson(text);
  if (!parsed.ok) {
    return text.replace(MEMBER, (member, key: string, colon: string) =>
      namesSecret(key) ? `"${key}"${colon}"${REDACTED}"` : member,
    );
  }
  const kept = stringifyJson(keepable(parsed.value));
  return kept === stringifyJson(parsed.value) ? text : kept;
}

/** Of an event about a credential what tells which: nothing that may hold the credential itself. */
function withoutPayload(data: Record<string, unknown>): Record<string, unknown> {
  const { additionalDetails, stateChange, request, response, ...rest } = data;
  // Whether it succeeded is in the status.
  return isRecord(response) ? { ...rest, response: { status: response.status } } : rest;
}

/** The payload of an audit record less what it tells of the caller's credentials: those of the identity, and all headers. */
export function withoutCredentials(data: Record<string, unknown>): Record<string, unknown> {
  const less = (value: unknown, left: string) => {
    // Some connectors pass on what is nested as its JSON.
    if (typeof value === "string") return REDACTED;
    if (!isRecord(value)) return value;
    const { [left]: _, ...rest } = value;
    return rest;
  };
  return {
    ...data,
    ...(data.identity !== undefined && { identity: less(data.identity, "credentials") }),
    ...(data.request !== undefined && { request: less(data.request, "headers") }),
    ...(data.response !== undefined && { response: less(data.response, "headers") }),
  };
}

const MAX_REMEMBERED_KEYS = 1000;
const MAX_REMEMBERED_CHARS = 50;
const remembered = new Map<string, boolean>();

/** True for `password`, `X-Api-Key`, `client_secret` and the like. */
export function namesSecret(key: string): boolean {
  const known = remembered.get(key);
  if (known !== undefined) return known;
  const isSecret = SECRET_KEY.test(key.toLowerCase().replace(/[^a-z0-9]/g, ""));
  // Payloads repeat the same few names.
  if (remembered.size === MAX_REMEMBERED_KEYS) remembered.clear();
  if (key.length <= MAX_REMEMBERED_CHARS) remembered.set(key, isSecret);
  return isSecret;
}
