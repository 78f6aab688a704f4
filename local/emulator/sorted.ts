import type { HttpAnswer } from "../loopback.ts";
import { type Call, refuse } from "./api.ts";

/**
 * A list by `sortBy` and `sortOrder` of the query: times from the newest, all else ascending unless told. Without
 * sortBy: as it was made.
 * @param keys what sortBy may say
 */
export function sorted<T>(
  call: Call,
  items: readonly T[],
  keys: Record<string, (item: T) => string>,
): { items: readonly T[] } | { answer: HttpAnswer } {
  const refused = (name: string, expected: string) => ({
    answer: refuse(call, 400, "InvalidParameter", `${name}: one of ${expected}`),
  });
  const order = call.query.get("sortOrder")?.toUpperCase();
  if (order !== undefined && order !== "ASC" && order !== "DESC") return refused("sortOrder", "ASC, DESC");
  const sortBy = call.query.get("sortBy");
  if (sortBy === null) return { items: order === "DESC" ? items.toReversed() : items };
  const keyOf = Object.hasOwn(keys, sortBy) ? keys[sortBy] : undefined;
  if (keyOf === undefined) return refused("sortBy", Object.keys(keys).join(", "));
  const ascending = items.toSorted((a, b) => compare(keyOf(a), keyOf(b)));
  const isDescending = order === undefined ? sortBy.toLowerCase().startsWith("time") : order === "DESC";
  return { items: isDescending ? ascending.toReversed() : ascending };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
