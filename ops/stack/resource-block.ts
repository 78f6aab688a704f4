import type { Block, Expression, When } from "../expression.ts";
import { expressionText, type Line, quoted, type Scope } from "../hcl.ts";
import { collections, conditions } from "../inputs.ts";
import { type Row, resources } from "../resources.ts";
import { type Check, providerTypes, snakeCase } from "./provider-types.ts";

/** A row as Terraform has it: the resource, and where somebody else may have made it, the data source that finds it. */
export function resourceBlocks(row: Row): Line[] {
  const { type, isAtHome, more = {}, precondition } = providerTypes[row.kind];
  const scope: Scope = { each: row.each, address: (key, attribute) => address(key, attribute, row) };
  const own = Object.entries(row.attributes).filter(([, value]) => !isNested(value));
  const nested = Object.entries(row.attributes).filter(([, value]) => isNested(value));
  const meta: Line[] = [
    ...(isAtHome ? [{ name: "provider", value: "oci.home" }] : []),
    ...(row.each === undefined ? [] : [{ name: "for_each", value: collections[row.each].hcl }]),
    ...(row.found === undefined ? [] : [{ name: "count", value: `${conditions.hasImage.hcl} ? 1 : 0` }]),
  ];
  const body: Line[] = [
    ...meta,
    ...(meta.length === 0 ? [] : [""]),
    ...Object.entries(more).map(([name, value]) => ({ name, value })),
    ...own.map(([name, value]) => ({ name: nameOf(row, name), value: expressionText(value, scope) })),
    ...nested.flatMap(([name, value]) => ["", ...nestedLines(nameOf(row, name), value, scope)]),
    ...(precondition === undefined ? [] : checkLines("precondition", precondition)),
    ...afterLines(row),
  ];
  return ["", ...dataBlock(row, scope), { block: `resource ${quoted(type)} ${quoted(labelOf(row))}`, body }];
}

/** What Terraform cannot infer. */
function afterLines({ after = [] }: Row): Line[] {
  if (after.length === 0) return [];
  return ["", { name: "depends_on", value: `[${after.map((key) => resourceAddress(rowOf(key))).join(", ")}]` }];
}

function dataBlock(row: Row, scope: Scope): Line[] {
  const { data } = providerTypes[row.kind];
  if (row.found === undefined || data === undefined) return [];
  const by = Object.entries(row.attributes).filter(([name]) => row.found?.by.includes(name));
  const body: Line[] = [
    { name: "count", value: `${conditions.hasImage.hcl} ? 0 : 1` },
    "",
    ...by.map(([name, value]) => ({ name: nameOf(row, name), value: expressionText(value, scope) })),
    { name: "state", value: '"ACTIVE"' },
    ...checkLines("postcondition", {
      condition: `length(self.${data.list}) == 1`,
      message: `There is no active ${row.kind} of that name: deploy it first, or set image so that the stack makes it.`,
    }),
  ];
  return [{ block: `data ${quoted(data.type)} ${quoted(labelOf(row))}`, body }, ""];
}

function checkLines(when: string, { condition, message }: Check): Line[] {
  const body: Line[] = [
    { name: "condition", value: condition },
    { name: "error_message", value: quoted(message) },
  ];
  return ["", { block: "lifecycle", body: [{ block: when, body }] }];
}

function isNested(value: Expression): boolean {
  return typeof value === "object" && (value.is === "block" || value.is === "blocks");
}

function nestedLines(name: string, value: Expression, scope: Scope): Line[] {
  if (typeof value !== "object") return [];
  if (value.is === "block") return [{ block: name, body: blockBody(value, scope) }];
  if (value.is !== "blocks") return [];
  return value.items.flatMap((one, at) => [...(at === 0 ? [] : [""]), oneOf(name, one, scope)]);
}

function oneOf(name: string, one: Block | When<Block>, scope: Scope): Line {
  if (one.is === "block") return { block: name, body: blockBody(one, scope) };
  const body: Line[] = [
    { name: "for_each", value: `${conditions[one.condition].hcl} ? [1] : []` },
    "",
    { block: "content", body: blockBody(one.then, scope) },
  ];
  return { block: `dynamic ${quoted(name)}`, body };
}

function blockBody({ attributes }: Block, scope: Scope): Line[] {
  return Object.entries(attributes).flatMap(([name, value], at): Line[] => {
    if (!isNested(value)) return [{ name: snakeCase(name), value: expressionText(value, scope) }];
    return [...(at === 0 ? [] : [""]), ...nestedLines(snakeCase(name), value, scope)];
  });
}

function nameOf({ kind }: Row, name: string): string {
  return providerTypes[kind].renamed?.[name] ?? snakeCase(name);
}

/** "bucket dead-letters" -> dead_letters; "topic" -> topic */
export function labelOf({ key }: Row): string {
  const [kind = "", ...rest] = key.split(" ");
  return (rest.length === 0 ? kind : rest.join("_")).replaceAll("-", "_");
}

export function rowOf(key: string): Row {
  const row = resources.find((one) => one.key === key);
  if (row === undefined) throw new Error(`the table of resources refers to ${key}, which it does not have`);
  return row;
}

export function resourceAddress(row: Row): string {
  return `${providerTypes[row.kind].type}.${labelOf(row)}`;
}

/** @param from the row that refers; undefined for an output */
export function address(key: string, attribute: string, from?: Row): string {
  const row = rowOf(key);
  // Made or found.
  if (row.found !== undefined) return `local.${labelOf(row)}_${snakeCase(attribute)}`;
  const instance = row.each !== undefined && row.each === from?.each ? "[each.key]" : "";
  return `${resourceAddress(row)}${instance}.${snakeCase(attribute)}`;
}
