import { parse } from "@cdktn/hcl2json";
import { evaluate, type Names } from "./evaluate.ts";
import { parseTemplate } from "./expression.ts";

export type Body = Record<string, unknown>;
type Blocks = Record<string, Record<string, Body[]>>;

/** The .tf files of a stack, read by HashiCorp's own parser. */
export interface Stack {
  variables: Record<string, Body>;
  locals: Body;
  data: Blocks;
  resources: Blocks;
  outputs: Record<string, Body>;
  providers: Body[];
}

export async function parseStack(files: Readonly<Record<string, string>>): Promise<Stack> {
  const stack: Stack = { variables: {}, locals: {}, data: {}, resources: {}, outputs: {}, providers: [] };
  for (const [file, text] of Object.entries(files).filter(([name]) => name.endsWith(".tf"))) {
    const parsed = (await parse(file, text)) as Record<string, never>;
    for (const [name, [body]] of Object.entries<Body[]>(parsed.variable ?? {})) stack.variables[name] = body ?? {};
    for (const [name, [body]] of Object.entries<Body[]>(parsed.output ?? {})) stack.outputs[name] = body ?? {};
    for (const body of (parsed.locals ?? []) as Body[]) Object.assign(stack.locals, body);
    Object.assign(stack.data, parsed.data);
    Object.assign(stack.resources, parsed.resource);
    stack.providers.push(...((parsed.provider as Record<string, Body[]> | undefined)?.oci ?? []));
  }
  return stack;
}

/** A resource as it would be applied: `address` with its instance key, blocks as lists of bodies. */
export interface Applied {
  type: string;
  label: string;
  key: string | undefined;
  body: Body;
}

/** What Terraform would make of the stack for these variables, given what the data sources and OCI answer. */
export function applied(
  stack: Stack,
  variables: Body,
  answers: { data: Blocks; id: (one: Omit<Applied, "body">) => string },
) {
  const given = Object.fromEntries(
    Object.entries(stack.variables).map(([name, body]) => [name, variables[name] ?? plain(body.default)]),
  );
  const locals = lazily(Object.keys(stack.locals), (name) => deep(stack.locals[name], root));
  const made = new Map<string, unknown>();
  const root: Names = (name) => {
    if (name === "var") return given;
    if (name === "local") return locals;
    if (name === "data") return answers.data;
    if (Object.hasOwn(stack.resources, name)) {
      return lazily(Object.keys(stack.resources[name] ?? {}), (label) => resource(name, label));
    }
    throw new Error(`nothing is called ${name}`);
  };
  const all: Applied[] = [];
  const resource = (type: string, label: string): unknown => {
    const address = `${type}.${label}`;
    if (!made.has(address)) made.set(address, instances(type, label));
    return made.get(address);
  };
  const instances = (type: string, label: string): unknown => {
    const {
      for_each,
      count,
      lifecycle: _,
      depends_on: __,
      provider: ___,
      ...body
    } = stack.resources[type]?.[label]?.[0] ?? {};
    const one = (key: string | undefined, names: Names) => {
      const applied: Applied = { type, label, key, body: expanded(body, names) };
      all.push(applied);
      return { ...applied.body, id: answers.id(applied) };
    };
    if (for_each !== undefined) {
      const items = deep(for_each, root) as Body;
      return Object.fromEntries(
        Object.entries(items).map(([key, value]) => [key, one(key, (n) => (n === "each" ? { key, value } : root(n)))]),
      );
    }
    if (count !== undefined) return Array.from({ length: Number(deep(count, root)) }, () => one(undefined, root));
    return one(undefined, root);
  };
  for (const [type, labels] of Object.entries(stack.resources))
    for (const label of Object.keys(labels)) resource(type, label);
  const outputs = Object.fromEntries(
    Object.entries(stack.outputs).map(([name, body]) => [name, deep(body.value, root)]),
  );
  const searched = (type: string, label: string): Body[] => {
    const { count = 1, lifecycle: _, ...body } = stack.data[type]?.[label]?.[0] ?? {};
    return Array.from({ length: Number(deep(count, root)) }, () => expanded(body, root));
  };
  return { resources: all, outputs, locals, searched, holds: (condition: unknown) => deep(condition, root) };
}

/** Its attributes evaluated, its dynamic blocks made static. */
function expanded(body: Body, names: Names): Body {
  const found: Body = {};
  for (const [name, value] of Object.entries(body)) {
    if (name === "dynamic") continue;
    const isBlocks = Array.isArray(value) && value.every((one) => typeof one === "object" && one !== null);
    found[name] = isBlocks ? value.map((one: Body) => expanded(one, names)) : deep(value, names);
  }
  for (const [name, blocks] of Object.entries((body.dynamic ?? {}) as Record<string, Body[]>)) {
    for (const { for_each, content } of blocks) {
      const items = Object.values(deep(for_each, names) as object);
      const [block = {}] = content as Body[];
      found[name] = [...((found[name] as Body[]) ?? []), ...items.map(() => expanded(block, names))];
    }
  }
  return found;
}

function deep(value: unknown, names: Names): unknown {
  if (typeof value === "string") return evaluate(parseTemplate(value), names);
  if (Array.isArray(value)) return value.map((one) => deep(one, names));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, deep(one, names)]));
}

/** A constant. */
function plain(value: unknown): unknown {
  return deep(value, (name) => {
    throw new Error(`a default names ${name}`);
  });
}

function lazily(names: readonly string[], of: (name: string) => unknown): Body {
  const object: Body = {};
  for (const name of names) Object.defineProperty(object, name, { enumerable: true, get: () => of(name) });
  return object;
}
