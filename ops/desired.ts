import { isRecord } from "../src/problem.ts";
import type { Expression, ListItem } from "./expression.ts";
import { collections, conditions, type Item, inputs, lists, maps } from "./inputs.ts";
import { type Row, resources } from "./resources.ts";
import type { Settings } from "./settings.ts";

export type Kind =
  | "application"
  | "function"
  | "topic"
  | "subscription"
  | "bucket"
  | "lifecycle"
  | "dynamic-group"
  | "policy"
  | "log-group"
  | "log"
  | "rule"
  | "alarm";

/** An attribute of another desired resource, known once that is there. */
export interface Ref {
  /** Its key. */
  ref: string;
  attribute: string;
}

/** JSON, but for what is known only later; a text is the join of its parts. */
export type Value =
  | string
  | number
  | boolean
  | Ref
  | { text: readonly (string | Ref)[] }
  | readonly Value[]
  | { readonly [name: string]: Value };

export interface Desired {
  /** Unique and stable: "topic", "subscription EMAIL ops@example.com", "rule relay-identity" */
  key: string;
  kind: Kind;
  /** Somebody else makes it: it is looked for, never created or destroyed; of a function the configuration is set. */
  mustExist?: true;
  /** By the names of the SDK's Create…Details; what stands in the path of the request (logGroupId, bucketName) is among them. */
  attributes: Readonly<Record<string, Value>>;
}

/**
 * All that an installation needs, in the order of creation: a resource refers only to those before it. Rules for identity are left
 * out where the region is not the home region: no identity event is told of there.
 */
export function desiredOf(settings: Settings): Desired[] {
  return resources.flatMap((row): Desired[] => {
    if (row.each === undefined) return [desiredOfRow(row, settings)];
    return collections[row.each].of(settings).map((item) => desiredOfRow(row, settings, item));
  });
}

function desiredOfRow(row: Row, settings: Settings, item?: Item): Desired {
  const { kind, found } = row;
  const isFound = found !== undefined && !conditions.hasImage.of(settings);
  const names = isFound ? [...found.by, ...found.sets] : Object.keys(row.attributes);
  const place: Place = { settings, item, each: row.each };
  const attributes = Object.entries(row.attributes).filter(([name]) => names.includes(name));
  return {
    key: keyOf(row.key, item),
    kind,
    ...(isFound && { mustExist: true as const }),
    attributes: Object.fromEntries(attributes.map(([name, value]) => [name, evaluate(value, place)])),
  };
}

function keyOf(key: string, item: Item | undefined): string {
  return item === undefined ? key : `${key} ${item.key}`;
}

interface Place {
  settings: Settings;
  item: Item | undefined;
  each: Row["each"];
  element?: string;
}

function evaluate(expression: Expression, place: Place): Value {
  if (typeof expression !== "object") return expression;
  const { settings, item } = place;
  const each = (record: Readonly<Record<string, Expression>>): Record<string, Value> =>
    Object.fromEntries(Object.entries(record).map(([name, value]) => [name, evaluate(value, place)]));
  switch (expression.is) {
    case "input":
      return inputs[expression.name].of(settings);
    case "list-input":
      return lists[expression.name].of(settings);
    case "map-input":
      return maps[expression.name].of(settings);
    case "item":
      return known(item?.[expression.field], `the item's ${expression.field}`);
    case "element":
      return known(place.element, "the element of a list");
    case "ref":
      return { ref: refKey(expression.key, place), attribute: expression.attribute };
    case "text":
      return joined(expression.parts.map((part) => evaluate(part, place)));
    case "list":
      return expression.items.flatMap((one) => evaluateItem(one, place));
    case "blocks":
      return expression.items.flatMap((one) => evaluateItem(one, place));
    case "map":
      return each(expression.entries);
    case "block":
      return each(expression.attributes);
    case "merge":
      return Object.assign({}, ...expression.maps.map((map) => evaluate(map, place)));
  }
}

function evaluateItem(item: ListItem, place: Place): Value[] {
  if (typeof item !== "object") return [item];
  if (item.is === "when") return conditions[item.condition].of(place.settings) ? [evaluate(item.then, place)] : [];
  if (item.is !== "for-each") return [evaluate(item, place)];
  return lists[item.list].of(place.settings).map((element) => evaluate(item.then, { ...place, element }));
}

function refKey(key: string, { item, each }: Place): string {
  const row = resources.find((other) => other.key === key);
  return row?.each === undefined || row.each !== each ? key : keyOf(key, item);
}

function known(value: string | undefined, what: string): string {
  if (value === undefined) throw new Error(`the table of resources names ${what} where there is none`);
  return value;
}

function joined(values: readonly Value[]): Value {
  const parts: (string | Ref)[] = [];
  for (const value of values) {
    const last = parts.at(-1);
    if (isRef(value)) parts.push(value);
    else if (isText(value)) parts.push(...value.text);
    else if (typeof last === "string") parts[parts.length - 1] = `${last}${value}`;
    else parts.push(String(value));
  }
  const [first = "", ...more] = parts;
  return more.length === 0 && typeof first === "string" ? first : { text: parts };
}

/** The value with all that is known put in. What `lookup` does not know stays as it is: a Ref, or a text with a Ref in it. */
export function resolve(value: Value, lookup: (ref: Ref) => string | undefined): unknown {
  if (typeof value !== "object") return value;
  if (Array.isArray(value)) return value.map((one: Value) => resolve(one, lookup));
  if (isRef(value)) return lookup(value) ?? value;
  if (isText(value))
    return joined(value.text.map((part) => (typeof part === "string" ? part : (lookup(part) ?? part))));
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, resolve(one, lookup)]));
}

/** All that a value refers to, each once. */
export function refsIn(value: Value): Ref[] {
  if (typeof value !== "object") return [];
  if (isRef(value)) return [value];
  const all = (isText(value) ? value.text : Object.values(value)).flatMap((one: Value) => refsIn(one));
  return [...new Map(all.map((one) => [`${one.ref} ${one.attribute}`, one])).values()];
}

function isRef(value: unknown): value is Ref {
  // Exactly these: a map may have keys of such names.
  return isRecord(value) && typeof value.ref === "string" && typeof value.attribute === "string" && sizeOf(value) === 2;
}

function isText(value: unknown): value is { text: readonly (string | Ref)[] } {
  return isRecord(value) && Array.isArray(value.text);
}

function sizeOf(value: object): number {
  return Object.keys(value).length;
}
