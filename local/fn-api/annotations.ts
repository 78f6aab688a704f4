import type { Refused } from "./answer.ts";

const MAX_KEY_BYTES = 128;
const MAX_VALUE_BYTES = 512;
const MAX_KEYS = 100;

/** Why annotations cannot be kept; undefined if they can. */
export function annotationsProblem(annotations: ReadonlyMap<string, unknown>): Refused | undefined {
  for (const [key, value] of annotations) {
    const refusal = keyProblem(key) ?? valueProblem(value);
    if (refusal !== undefined) return { status: 400, refusal };
  }
  if (annotations.size <= MAX_KEYS) return undefined;
  return {
    status: 400,
    refusal: `Invalid annotation change, new key(s) exceed maximum permitted number of annotations keys (${MAX_KEYS})`,
  };
}

/** Annotations with the changes in them; an empty value takes a key away. */
export function changedAnnotations(
  before: ReadonlyMap<string, unknown>,
  change: ReadonlyMap<string, unknown>,
): Map<string, unknown> {
  const after = new Map([...before, ...change]);
  for (const [key, value] of change) if (isEmpty(value)) after.delete(key);
  return after;
}

function keyProblem(key: string): string | undefined {
  if (!/^[!-~]+$/.test(key)) {
    return "Invalid annotation key, annotation keys must be non-empty ascii strings excluding whitespace";
  }
  if (key.length <= MAX_KEY_BYTES) return undefined;
  return `Invalid annotation key length, annotation keys may not be larger than ${MAX_KEY_BYTES} bytes`;
}

function valueProblem(value: unknown): string | undefined {
  if (isEmpty(value)) {
    return "Invalid annotation value, annotation values may only be non-empty strings, numbers, objects, or arrays";
  }
  if (Buffer.byteLength(JSON.stringify(value)) <= MAX_VALUE_BYTES) return undefined;
  return `Invalid annotation value length, annotation values may not be larger than ${MAX_VALUE_BYTES} bytes when serialized as JSON`;
}

function isEmpty(value: unknown): boolean {
  return value === "" || value === null;
}
