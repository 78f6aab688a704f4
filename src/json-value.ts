/** What JSON can say; a bigint is an integer of 64 bits, as src/json.ts reads it. */
export type JsonValue = string | number | bigint | boolean | null | readonly JsonValue[] | JsonObject;

export type JsonObject = { readonly [key: string]: JsonValue };

// As deep as src/json.ts reads.
const MAX_DEPTH = 100;

/** Why a value cannot be sent as JSON, with the path of what is in the way: ".blocks[0].text is a function". */
export function jsonProblem(value: unknown): string | undefined {
  return problemOf(value, "", []);
}

/** @param around the arrays and objects that the value stands in, outermost first */
function problemOf(value: unknown, path: string, around: readonly object[]): string | undefined {
  const at = path === "" ? "it" : path;
  if (typeof value === "number") return Number.isFinite(value) ? undefined : `${at} is ${value}`;
  if (typeof value === "bigint") {
    return BigInt.asIntN(64, value) === value ? undefined : `${at} is an integer of more than 64 bits`;
  }
  if (value === undefined) return `${at} is undefined`;
  if (typeof value === "function" || typeof value === "symbol") return `${at} is a ${typeof value}`;
  if (typeof value !== "object" || value === null) return undefined;
  if (around.includes(value)) return `${at} holds itself`;
  if (around.length === MAX_DEPTH) return `${at} is nested more than ${MAX_DEPTH} levels deep`;
  const within = [...around, value];
  if (Array.isArray(value)) {
    // By index: a hole is undefined, and forEach would step over it.
    return firstProblem(value.keys(), (index) => problemOf(value[index], `${path}[${index}]`, within));
  }
  if (!isPlain(value)) return `${at} is an instance of ${value.constructor?.name || "a class"}`;
  return firstProblem(Object.entries(value), ([key, item]) => problemOf(item, path + step(key), within));
}

function firstProblem<Item>(items: Iterable<Item>, check: (item: Item) => string | undefined): string | undefined {
  for (const item of items) {
    const problem = check(item);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** Anything with a class has a form of its own in JSON, or none: a Map would be {}. */
function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

function step(key: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
}
