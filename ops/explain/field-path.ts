/** data.definedTags.Oracle-Tags, a key with anything else in it in quotes. */
export function fieldPath(path: readonly string[]): string {
  if (path.length === 0) return "the whole event";
  return path.map((key) => (/^[\w-]{1,60}$/.test(key) ? key : JSON.stringify(key))).join(".");
}
