/**
 * The bytes that Cloudpods' serializer writes: compact, keys in byte order, no HTML escaping, no exponents, lone
 * surrogates as U+FFFD. `undefined` properties are left out. (facts/yunion-webhook.md 1.3, captured.)
 */
export function wireJson(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.toWellFormed());
  if (typeof value === "number") return wireNumber(value);
  if (typeof value === "bigint") return value.toString();
  if (typeof value === "boolean") return value ? "true" : "false";
  if (Array.isArray(value)) return `[${value.map(wireJson).join(",")}]`;
  if (typeof value === "object" && value !== null) return wireObject(wireMembers(value as Record<string, unknown>));
  return "null";
}

/** The members of an object, each value written. */
export function wireMembers(record: Record<string, unknown>): Map<string, string> {
  const members = new Map<string, string>();
  for (const key of Object.keys(record)) {
    const value = record[key];
    if (value !== undefined) members.set(key, wireJson(value));
  }
  return members;
}

/** An object of members that are written already. */
export function wireObject(members: ReadonlyMap<string, string>): string {
  const keys = [...members.keys()];
  // The order that JavaScript itself sorts in is that of the bytes, but for surrogates.
  if (SURROGATE.test(keys.join(""))) keys.sort(byteOrder);
  else keys.sort();
  let text = "{";
  for (const key of keys) {
    text += `${text === "{" ? "" : ","}${JSON.stringify(key.toWellFormed())}:${members.get(key)}`;
  }
  return `${text}}`;
}

const SURROGATE = /[\ud800-\udfff]/;

// UTF-16 order and UTF-8 order differ where surrogates are involved.
function byteOrder(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

/**
 * Integers of 64 bits exactly; any other number as the shortest digits of its double, without exponent: 1e21 is 1 and 21
 * zeros, 1e-7 is 0.0000001.
 */
function wireNumber(value: number): string {
  if (!Number.isFinite(value)) return "null";
  if (Number.isInteger(value) && value >= -(2 ** 63) && value < 2 ** 63) return BigInt(value).toString();
  const text = String(value);
  const [mantissa = "", exponent] = text.split("e");
  if (exponent === undefined) return text;
  const sign = mantissa.startsWith("-") ? "-" : "";
  const [whole = "", fraction = ""] = mantissa.replace("-", "").split(".");
  const digits = whole + fraction;
  const point = whole.length + Number(exponent);
  if (point <= 0) return `${sign}0.${"0".repeat(-point)}${digits}`;
  return sign + digits.padEnd(point, "0");
}
