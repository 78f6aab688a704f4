import { permissionsOf, VERBS } from "./permissions.ts";
import { readTokens, shown, type Token, type TokenReader, tokensOf } from "./token.ts";
import { readWhere, type Where } from "./where.ts";

/** `Allow <subject> to <verb> <resource type> in <location> where <conditions>`, taken apart. */
export interface Statement {
  subject: Subject;
  permissions: ReadonlySet<string>;
  location: Location;
  where: Where | undefined;
}

export type Subject =
  | { kind: "any-user" | "any-group" }
  | { kind: "group" | "dynamic-group"; members: Member[] }
  /** Names in small letters. */
  | { kind: "service"; names: string[] };

/** By OCID, or by name and identity domain. */
type Member = { id: string } | { name: string; domain: string };

export type Location =
  | { kind: "tenancy" }
  | { kind: "compartment"; id: string }
  /** From the policy's compartment downwards: A:B:C. */
  | { kind: "path"; names: string[] };

const DEFAULT_DOMAIN = "Default";

/**
 * @returns the statement, or a string that tells what is wrong with it
 * @see https://docs.oracle.com/en-us/iaas/Content/Identity/Concepts/policysyntax.htm
 */
export function parseStatement(text: string): Statement | string {
  const tokens = tokensOf(text);
  if (typeof tokens === "string") return tokens;
  const reader = readTokens(tokens);
  for (const word of ["endorse", "admit", "define"]) {
    if (reader.take(word)) return `${word} is for several tenancies, and there is only one here`;
  }
  if (!reader.take("allow")) return `Allow was expected, not ${shown(reader.peek())}`;
  const subject = readSubject(reader);
  if (typeof subject === "string") return subject;
  if (!reader.take("to")) return `to was expected, not ${shown(reader.peek())}`;
  const permissions = readPermissions(reader);
  if (typeof permissions === "string") return permissions;
  if (!reader.take("in")) return `in was expected, not ${shown(reader.peek())}`;
  const location = readLocation(reader);
  if (typeof location === "string") return location;
  const where = reader.take("where") ? readWhere(reader) : undefined;
  if (typeof where === "string") return where;
  if (reader.peek() !== undefined) return `nothing was expected at ${shown(reader.peek())}`;
  return { subject, permissions, location, where };
}

function readSubject(reader: TokenReader): Subject | string {
  for (const kind of ["any-user", "any-group"] as const) if (reader.take(kind)) return { kind };
  for (const kind of ["group", "dynamic-group"] as const) {
    if (!reader.take(kind)) continue;
    const members = readList(reader, () => {
      const isId = reader.take("id");
      const token = nameAt(reader);
      if (token === undefined) return undefined;
      return isId ? { id: token.text } : memberOf(token);
    });
    return members === undefined ? `a name was expected after ${kind}, not ${shown(reader.peek())}` : { kind, members };
  }
  if (!reader.take("service")) {
    return `a subject (group, dynamic-group, service, any-user, any-group) was expected, not ${shown(reader.peek())}`;
  }
  const names = readList(reader, () => nameAt(reader)?.text.toLowerCase());
  return names === undefined
    ? `a name was expected after service, not ${shown(reader.peek())}`
    : { kind: "service", names };
}

function memberOf(token: Token): Member {
  if (token.kind === "text") return { name: token.text, domain: token.domain ?? DEFAULT_DOMAIN };
  const [first = "", name] = token.text.split("/");
  return name === undefined ? { name: first, domain: DEFAULT_DOMAIN } : { name, domain: first };
}

function nameAt(reader: TokenReader): Token | undefined {
  const token = reader.peek();
  if ((token?.kind !== "word" && token?.kind !== "text") || token.text === "") return undefined;
  // `group to ...` lacks its name; a group that is called "to" stands in quotes.
  if (token.kind === "word" && ["to", "in", "where"].includes(token.text.toLowerCase())) return undefined;
  return reader.next();
}

/** Undefined if an item is missing. */
function readList<T>(reader: TokenReader, read: () => T | undefined): T[] | undefined {
  const items: T[] = [];
  do {
    const item = read();
    if (item === undefined) return undefined;
    items.push(item);
  } while (reader.take(","));
  return items;
}

/** `use ons-topics`, or permissions by name: {ONS_TOPIC_PUBLISH, ONS_TOPIC_READ}. */
function readPermissions(reader: TokenReader): ReadonlySet<string> | string {
  if (reader.take("{")) {
    const names = readList(reader, () => nameAt(reader)?.text.toUpperCase());
    if (names === undefined) return `a permission was expected, not ${shown(reader.peek())}`;
    return reader.take("}") ? new Set(names) : `, or } was expected, not ${shown(reader.peek())}`;
  }
  const verb = VERBS.find((word) => reader.take(word));
  if (verb === undefined) return `a verb (${VERBS.join(", ")}) was expected, not ${shown(reader.peek())}`;
  const type = nameAt(reader);
  if (type === undefined) return `a resource type was expected after ${verb}, not ${shown(reader.peek())}`;
  // The words of OCI.
  return permissionsOf(verb, type.text) ?? `No permissions found: there is no resource type ${shown(type)}`;
}

function readLocation(reader: TokenReader): Location | string {
  if (reader.take("tenancy")) return { kind: "tenancy" };
  if (!reader.take("compartment")) return `tenancy or compartment was expected, not ${shown(reader.peek())}`;
  const isId = reader.take("id");
  const token = nameAt(reader);
  if (token === undefined) return `a compartment was expected, not ${shown(reader.peek())}`;
  return isId ? { kind: "compartment", id: token.text } : { kind: "path", names: token.text.split(":") };
}
