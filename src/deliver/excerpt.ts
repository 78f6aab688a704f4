const MAX_EXCERPT_CHARS = 1024;

/** Shorter texts stand in any answer by chance. */
const MIN_SECRET_CHARS = 4;

/** Enough that no secret which begins in the excerpt is cut. */
const MAX_LOOKED_AT_CHARS = 16 * 1024;

/**
 * The beginning of a response's body, for a dead letter. A receiver may quote the request in it, so every secret that was
 * sent reads `[redacted]`, however it is written.
 * @param redact made once, of the secrets that every request holds
 * @param own of this very request
 */
export function excerptOf(body: string, redact: (text: string) => string, own: readonly string[] = []): string {
  const beginning = body.slice(0, MAX_LOOKED_AT_CHARS);
  const text = own.filter((each) => each !== "").reduce((rest, each) => rest.replaceAll(each, "[redacted]"), beginning);
  // A copy: a slice of a text would keep all of it in memory, once for each try of a batch.
  return Buffer.from(redact(text).slice(0, MAX_EXCERPT_CHARS).toWellFormed()).toString();
}

/** Puts `[redacted]`, or another mark, in the place of each secret, in all the ways that a text may spell it. */
export function createRedactor(secrets: readonly string[], mark = "[redacted]"): (text: string) => string {
  const spellings = secrets
    .filter((secret) => secret.length >= MIN_SECRET_CHARS)
    .flatMap(spellingsOf)
    // The longest first: one may be part of another.
    .sort((a, b) => b.length - a.length);
  if (spellings.length === 0) return (text) => text;
  const anyOfThem = new RegExp([...new Set(spellings)].map(escaped).join("|"), "gi");
  return (text) => text.replace(anyOfThem, mark);
}

function spellingsOf(secret: string): string[] {
  const base64 = Buffer.from(secret).toString("base64").replace(/=+$/, "");
  const html = secret.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/"/g, "&quot;");
  const json = JSON.stringify(secret).slice(1, -1);
  return [
    secret,
    json,
    // As PHP writes it, and as Python does.
    json.replaceAll("/", "\\/"),
    json.replace(/[\u0080-\uffff]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`),
    Buffer.from(secret).toString("latin1"),
    encodeURIComponent(secret.toWellFormed()),
    // As a form writes it.
    new URLSearchParams({ "": secret.toWellFormed() }).toString().slice(1),
    html,
    base64,
    base64.replaceAll("+", "-").replaceAll("/", "_"),
  ];
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");
}

/** Every text and number in a value, at any depth. */
export function textsIn(value: unknown): string[] {
  if (["string", "number", "bigint"].includes(typeof value)) return [String(value)];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

/** Shorter parts of a header are words like `Bearer`. */
const MIN_PART_CHARS = 6;

/** A header's value, and the parts of it that an answer may quote alone: a token, a cookie, Basic's user and password. */
export function partsOf(value: string): string[] {
  const parts = value.split(/[\s;,=:]+/).filter((part) => part.length >= MIN_PART_CHARS && !/^bearer$/i.test(part));
  const basic = /^Basic\s+([A-Za-z0-9+/=]+)$/i.exec(value.trim())?.[1];
  const login = basic === undefined ? "" : Buffer.from(basic, "base64").toString();
  return [value, ...parts, ...(basic === undefined ? [] : [basic, login, ...login.split(":")])];
}
