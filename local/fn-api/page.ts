import type { Refused } from "./answer.ts";

const DEFAULT_PER_PAGE = 30;
const MAX_PER_PAGE = 100;

/** One page, by name; the cursor is the name that the page before ended with. */
export function page<T extends { name: string }>(
  things: readonly T[],
  query: URLSearchParams,
): { items: T[]; nextCursor?: string } | Refused {
  const perPage = perPageOf(query.get("per_page") ?? "");
  const cursor = query.get("cursor") ?? "";
  // Fn has no words of its own for a cursor that it did not give out.
  if (!/^[\w-]*$/.test(cursor)) return { status: 500, refusal: "internal server error" };
  const after = Buffer.from(cursor, "base64url");
  const items = things
    .filter(({ name }) => cursor === "" || Buffer.compare(Buffer.from(name), after) > 0)
    .sort((one, other) => Buffer.compare(Buffer.from(one.name), Buffer.from(other.name)))
    .slice(0, perPage);
  const last = items.at(-1);
  if (last === undefined || items.length < perPage) return { items };
  return { items, nextCursor: Buffer.from(last.name).toString("base64url") };
}

function perPageOf(asked: string): number {
  const perPage = /^[+-]?\d+$/.test(asked) ? Number(asked) : 0;
  return perPage <= 0 ? DEFAULT_PER_PAGE : Math.min(perPage, MAX_PER_PAGE);
}
