import type { Node } from "./expression.ts";

/** What the names mean. */
export type Names = (name: string) => unknown;

type Call = (args: unknown[]) => unknown;
const texts = (value: unknown): string[] => (value as unknown[]).map(String);

const FUNCTIONS = new Map<string, Call>([
  ["merge", (maps) => Object.assign({}, ...maps)],
  ["concat", (lists) => (lists as unknown[][]).flat()],
  ["compact", ([list]) => texts(list).filter((text) => text !== "")],
  ["flatten", ([list]) => (list as unknown[]).flat(9)],
  ["distinct", ([list]) => [...new Set(list as unknown[])]],
  ["nonsensitive", ([value]) => value],
  ["values", ([map]) => entriesOf(recordOf(map)).map(([, value]) => value)],
  ["keys", ([map]) => entriesOf(recordOf(map)).map(([key]) => key)],
  ["sort", ([list]) => texts(list).sort()],
  ["length", ([list]) => (list as unknown[]).length],
  ["alltrue", ([list]) => (list as unknown[]).every((one) => one === true)],
  ["contains", ([list, one]) => (list as unknown[]).includes(one)],
  ["floor", ([number]) => Math.floor(Number(number))],
  ["tomap", ([map]) => recordOf(map)],
  ["split", ([by, text]) => String(text).split(String(by))],
  ["join", ([by, list]) => texts(list).join(String(by))],
  ["jsonencode", ([value]) => JSON.stringify(value)],
  ["jsondecode", ([text]) => JSON.parse(String(text))],
  ["one", ([list]) => (list as unknown[])[0] ?? null],
  [
    "regexall",
    ([pattern, text]) => [...String(text).matchAll(new RegExp(String(pattern), "g"))].map((m) => m.slice(1)),
  ],
  ["regex", ([pattern, text]) => matched(String(pattern), text)],
]);

function matched(pattern: string, text: unknown): unknown {
  if (typeof text === "object") throw new Error("regex takes a string");
  const found = new RegExp(pattern).exec(String(text));
  if (found === null) throw new Error(`${text} does not match ${pattern}`);
  return found.length > 1 ? found.slice(1) : found[0];
}

/** A map's, in the order of its keys: that in which they were written is lost. */
function entriesOf(map: object): [string, unknown][] {
  return Object.entries(map).sort(([one], [other]) => (one < other ? -1 : 1));
}

function recordOf(value: unknown): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new Error("expected an object");
  return value as Record<string, unknown>;
}

/** As Terraform would. @throws Error where Terraform would refuse */
export function evaluate(node: Node, names: Names): unknown {
  const value = (one: Node) => evaluate(one, names);
  switch (node.is) {
    case "literal":
      return node.value;
    case "template":
      return node.parts.map((part) => textOf(value(part))).join("");
    case "name":
      return names(node.name);
    case "get":
      return got(value(node.of), value(node.key));
    case "list":
      return node.items.map(value);
    case "object":
      return Object.fromEntries(node.entries.map(([key, one]) => [String(value(key)), value(one)]));
    case "not":
      return !value(node.of);
    case "if":
      return value(node.condition) ? value(node.then) : value(node.otherwise);
    case "binary":
      return compared(node.sign, value(node.left), () => value(node.right));
    case "call":
      return called(node, names);
    case "for":
      return collected(node, names);
  }
}

function textOf(value: unknown): string {
  if (typeof value === "object" || value === undefined) throw new Error(`no text: ${JSON.stringify(value)}`);
  return String(value);
}

function got(of: unknown, key: unknown): unknown {
  const name = String(key);
  if (typeof of !== "object" || of === null || !Object.hasOwn(of, name)) throw new Error(`there is no ${name}`);
  return (of as Record<string, unknown>)[name];
}

function compared(sign: string, left: unknown, right: () => unknown): unknown {
  if (sign === "&&") return left === true && right() === true;
  if (sign === "||") return left === true || right() === true;
  if (sign === "==") return left === right();
  if (sign === "!=") return left !== right();
  const [a, b] = [Number(left), Number(right())];
  return sign === "<" ? a < b : sign === ">" ? a > b : sign === "<=" ? a <= b : a >= b;
}

function called({ name, args }: Extract<Node, { is: "call" }>, names: Names): unknown {
  if (name === "can" || name === "try") {
    for (const one of args) {
      try {
        const value = evaluate(one, names);
        return name === "can" ? true : value;
      } catch {
        // The next one.
      }
    }
    if (name === "can") return false;
    throw new Error("nothing that was tried can be had");
  }
  const call = FUNCTIONS.get(name);
  if (call === undefined) throw new Error(`no function ${name}`);
  return call(args.map((one) => evaluate(one, names)));
}

function collected(node: Extract<Node, { is: "for" }>, names: Names): unknown {
  const of = evaluate(node.of, names);
  if (typeof of !== "object" || of === null) throw new Error("for takes a collection");
  const isList = Array.isArray(of);
  const found: [unknown, unknown][] = [];
  for (const [key, one] of isList ? Object.entries(of) : entriesOf(of)) {
    const bound = node.names.length === 2 ? [isList ? Number(key) : key, one] : [one];
    const inner: Names = (name) => (node.names.includes(name) ? bound[node.names.indexOf(name)] : names(name));
    if (node.condition !== undefined && evaluate(node.condition, inner) !== true) continue;
    const at = node.key === undefined ? undefined : evaluate(node.key, inner);
    found.push([at, evaluate(node.value, inner)]);
  }
  if (node.key === undefined) return found.map(([, one]) => one);
  const keys = found.map(([key]) => String(key));
  if (new Set(keys).size < keys.length) throw new Error("a key stands twice");
  return Object.fromEntries(found.map(([key, one]) => [String(key), one]));
}
