import { type Node, parseTemplate } from "./expression.ts";
import type { Body, Stack } from "./stack.ts";

/** Attributes of the provider's. */
export type Table = Record<string, { type: string; required?: boolean; attributes?: Table }>;
export interface ProviderFacts {
  resource: Record<string, { attributes: Table; exported: string[] }>;
  data: Record<string, { attributes: Table; exported: string[] }>;
}

interface Found {
  address: string;
  type: string;
  body: Body;
}

export function bodiesOf(blocks: Stack["resources"]): Found[] {
  return Object.entries(blocks).flatMap(([type, labels]) =>
    Object.entries(labels).map(([label, [body = {}]]) => ({ address: `${type}.${label}`, type, body })),
  );
}

/** a.b[0].c: as far as it is constant. */
type Path = string[];

/** Every reference in a value of a file, by what it begins with: ["var", "name"] */
function pathsIn(value: unknown): Path[] {
  if (typeof value === "string") return pathsOf(parseTemplate(value), []);
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap(pathsIn);
}

function pathsOf(node: Node, bound: readonly string[]): Path[] {
  const all = (...nodes: (Node | undefined)[]) =>
    nodes.flatMap((one) => (one === undefined ? [] : pathsOf(one, bound)));
  switch (node.is) {
    case "literal":
      return [];
    case "name":
      return bound.includes(node.name) ? [] : [[node.name]];
    case "get": {
      const path = pathOf(node);
      if (path !== undefined) return bound.includes(path[0] ?? "") ? [] : [path];
      return all(node.of, node.key);
    }
    case "template":
      return all(...node.parts);
    case "list":
      return all(...node.items);
    case "call":
      return all(...node.args);
    case "object":
      return node.entries.flatMap(([key, one]) => all(key, one));
    case "not":
      return all(node.of);
    case "binary":
      return all(node.left, node.right);
    case "if":
      return all(node.condition, node.then, node.otherwise);
    case "for": {
      const inner = [...bound, ...node.names];
      const parts = [node.key, node.value, node.condition].filter((one) => one !== undefined);
      return [...all(node.of), ...parts.flatMap((one) => pathsOf(one, inner))];
    }
  }
}

function pathOf(node: Node): Path | undefined {
  if (node.is === "name") return [node.name];
  if (node.is !== "get") return undefined;
  const of = pathOf(node.of);
  if (of === undefined) return undefined;
  return [...of, node.key.is === "literal" ? String(node.key.value) : "*"];
}

/** The things that are referred to: "var.name", "local.rules", "data.oci_x.y" */
export function namesIn(value: unknown): Set<string> {
  return new Set(pathsIn(value).map((path) => path.slice(0, path[0] === "data" ? 3 : 2).join(".")));
}

/** Every reference that leads nowhere, every attribute that the provider does not have or that has another type, and what is missing. */
export function problemsOf(stack: Stack, facts: ProviderFacts): string[] {
  const resources = bodiesOf(stack.resources);
  const data = bodiesOf(stack.data);
  return [
    ...[...Object.entries(stack.locals), ...Object.entries(stack.outputs)].flatMap(([name, value]) =>
      misleading(value, stack, facts, name, {}),
    ),
    ...resources.flatMap((one) => misleading(one.body, stack, facts, one.address, one.body)),
    ...data.flatMap((one) => misleading(one.body, stack, facts, one.address, one.body)),
    ...resources.flatMap((one) => unlike(one, facts.resource[one.type], stack)),
    ...data.flatMap((one) => unlike(one, facts.data[one.type], stack)),
  ];
}

function misleading(value: unknown, stack: Stack, facts: ProviderFacts, where: string, body: Body): string[] {
  return pathsIn(value).flatMap((path) =>
    leads(path, stack, facts, body) ? [] : [`${where}: ${path.join(".")} leads nowhere`],
  );
}

function leads([root = "", first = "", ...rest]: Path, stack: Stack, facts: ProviderFacts, body: Body): boolean {
  if (root === "var") return Object.hasOwn(stack.variables, first);
  if (root === "local") return Object.hasOwn(stack.locals, first);
  if (root === "each") return body.for_each !== undefined && ["key", "value"].includes(first);
  if (root === "self") return body.lifecycle !== undefined;
  if (root === "oci") return stack.providers.some(({ alias }) => alias === first);
  const of = root === "data" ? stack.data : stack.resources;
  const [type, label = "", ...path] = root === "data" ? [first, ...rest] : [root, first, ...rest];
  const [block] = of[type ?? ""]?.[label] ?? [];
  const known = (root === "data" ? facts.data : facts.resource)[type ?? ""]?.exported ?? [];
  if (block === undefined) return false;
  const isMany = block.count !== undefined || block.for_each !== undefined;
  const [attribute] = isMany ? path.slice(1) : path;
  return attribute === undefined || known.includes(attribute);
}

const META = ["provider", "for_each", "count", "lifecycle", "depends_on", "dynamic"];

function unlike({ address, type, body }: Found, known: { attributes: Table } | undefined, stack: Stack): string[] {
  return known === undefined ? [`${type}: no such type`] : unlikeTable(body, known.attributes, address, stack);
}

function unlikeTable(body: Body, table: Table, where: string, stack: Stack): string[] {
  const dynamic = (body.dynamic ?? {}) as Record<string, { content: Body[] }[]>;
  const given = [...Object.keys(body).filter((name) => !META.includes(name)), ...Object.keys(dynamic)];
  const missing = Object.entries(table).filter(([name, { required }]) => required && !given.includes(name));
  return [
    ...missing.map(([name]) => `${where}: ${name} is missing`),
    ...given.flatMap((name): string[] => {
      const { type, attributes } = table[name] ?? {};
      if (type === undefined) return [`${where}: there is no ${name}`];
      const contents = (dynamic[name] ?? []).flatMap(({ content }) => content);
      const own = body[name] === undefined ? [] : [body[name]].flat();
      if (attributes !== undefined) {
        const blocks = [...own, ...contents] as Body[];
        const isOne = type === "blocks" || blocks.length <= 1;
        return [
          ...(isOne ? [] : [`${where}: ${name} may stand once`]),
          ...blocks.flatMap((one) => unlikeTable(one, attributes, `${where}.${name}`, stack)),
        ];
      }
      const found = typeIn(body[name], stack);
      return fits(found, type) ? [] : [`${where}: ${name} is ${found}, expected ${type}`];
    }),
  ];
}

/** Undefined where only running it would tell. */
function typeIn(value: unknown, stack: Stack): string | undefined {
  if (typeof value === "boolean") return "bool";
  if (typeof value === "number") return "number";
  if (Array.isArray(value)) return "list(string)";
  if (typeof value === "object") return "map(string)";
  return typeOfNode(parseTemplate(String(value)), stack);
}

function typeOfNode(node: Node, stack: Stack): string | undefined {
  if (node.is === "literal") return typeof node.value === "boolean" ? "bool" : typeof node.value;
  if (node.is === "template") return "string";
  if (node.is === "list") return "list(string)";
  if (node.is === "object") return "map(string)";
  if (node.is === "call")
    return node.name === "concat" ? "list(string)" : node.name === "merge" ? "map(string)" : undefined;
  const [root, name = ""] = pathOf(node) ?? [];
  if (root !== "var") return undefined;
  return String(stack.variables[name]?.type).replace(/^\$\{(.*)\}$/, "$1");
}

/** Terraform makes a string of a number or a bool by itself. */
function fits(found: string | undefined, type: string): boolean {
  return found === undefined || found === type || (type === "string" && (found === "number" || found === "bool"));
}
