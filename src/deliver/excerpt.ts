const MAX_EXCERPT_CHARS = 1024;

/** Shorter texts stand in any answer by chance. */
const MIN_SECRET_CHARS = 4;

/**
 * The beginning of a response's body, for a dead letter. A receiver may quote the request in it, so every secret that was
 * sent reads `[redacted]`, however it is written.
 */
export function excerptOf(body: string, secrets: readonly string[]): string {
  const spellings = secrets
    .filter((secret) => secret.length >= MIN_SECRET_CHARS)
    .flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret.toWellFormed())])
    // The longest first: one may be part of another.
    .sort((a, b) => b.length - a.length);
  const redacted = spellings.reduce((text, secret) => text.replaceAll(secret, "[redacted]"), body);
  return redacted.slice(0, MAX_EXCERPT_CHARS).toWellFormed();
}

/** Every text and number in a value, at any depth. */
export function textsIn(value: unknown): string[] {
  if (typeof value === "string" || typeof value === "number") return [String(value)];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsIn) : [];
}
