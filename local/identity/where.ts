import { shown, type TokenReader } from "./token.ts";

/** What must hold for variables: the `where` of a policy statement, or the matching rule of a dynamic group. */
export type Where =
  | { kind: "compare"; variable: string; isNegated: boolean; value: { isPattern: boolean; text: string } }
  /** `tag.<namespace>.<key>.value` alone: the tag is there. */
  | { kind: "present"; variable: string }
  | { kind: "all" | "any"; of: Where[] };

/**
 * Reads one condition: a variable, = or !=, a 'value' or a pattern between slashes; or several in `any {...}`, `all {...}`.
 * @returns it, or a string that tells what is wrong
 * @see https://docs.oracle.com/en-us/iaas/Content/Identity/policysyntax/conditions.htm
 */
export function readWhere(tokens: TokenReader, { mayStandAlone = false } = {}): Where | string {
  for (const kind of ["all", "any"] as const) {
    if (tokens.take(kind)) return readGroup(tokens, kind, { mayStandAlone });
  }
  const name = tokens.next();
  if (name?.kind !== "word") return `a variable was expected, not ${shown(name)}`;
  const variable = name.text.toLowerCase();
  const isNegated = tokens.take("!=");
  if (!isNegated && !tokens.take("=")) {
    return mayStandAlone ? { kind: "present", variable } : `= or != was expected, not ${shown(tokens.peek())}`;
  }
  const value = tokens.next();
  if (value?.kind !== "text" && value?.kind !== "pattern") {
    return `Invalid right-hand side in condition: 'value' or /pattern*/ was expected, not ${shown(value)}`;
  }
  return { kind: "compare", variable, isNegated, value: { isPattern: value.kind === "pattern", text: value.text } };
}

function readGroup(tokens: TokenReader, kind: "all" | "any", options: { mayStandAlone: boolean }): Where | string {
  if (!tokens.take("{")) return `{ was expected after ${kind}, not ${shown(tokens.peek())}`;
  const of: Where[] = [];
  do {
    const inner = readWhere(tokens, options);
    if (typeof inner === "string") return inner;
    of.push(inner);
  } while (tokens.take(","));
  return tokens.take("}") ? { kind, of } : `, or } was expected, not ${shown(tokens.peek())}`;
}

/**
 * A comparison with a variable that the request does not have is false, also with !=: OCI declines such a request. Case
 * does not count.
 * @param variables their names in small letters
 */
export function holds(where: Where, variables: ReadonlyMap<string, string>): boolean {
  switch (where.kind) {
    case "all":
      return where.of.every((inner) => holds(inner, variables));
    case "any":
      return where.of.some((inner) => holds(inner, variables));
    case "present":
      return variables.has(where.variable);
    case "compare": {
      const value = variables.get(where.variable)?.toLowerCase();
      if (value === undefined) return false;
      const text = where.value.text.toLowerCase();
      return (where.value.isPattern ? matchesPattern(value, text) : value === text) !== where.isNegated;
    }
  }
}

/** `*` stands for any text, also for none. Piece by piece, so that no pattern takes longer than its length times the value's. */
function matchesPattern(value: string, pattern: string): boolean {
  const [first = "", ...rest] = pattern.split("*");
  const last = rest.pop();
  if (last === undefined) return value === first;
  if (!value.startsWith(first) || !value.endsWith(last) || value.length < first.length + last.length) return false;
  let at = first.length;
  for (const piece of rest) {
    const found = value.indexOf(piece, at);
    if (found < 0 || found + piece.length > value.length - last.length) return false;
    at = found + piece.length;
  }
  return true;
}
