import type { Expression, ListItem } from "./expression.ts";
import { collections, conditions, inputs, lists, maps } from "./inputs.ts";
import type { Row } from "./resources.ts";

/** What stands in a body: `name = value`, a block, or a line of its own such as a comment; "" is an empty line. */
export type Line = { name: string; value: string } | { block: string; body: readonly Line[] } | string;

/** As `terraform fmt` has it: two spaces a level, and the signs of neighbouring lines in one column. */
export function bodyText(lines: readonly Line[], level = 0): string {
  return lines.map((line, at) => lineText(line, widthAt(lines, at), level)).join("");
}

function lineText(line: Line, width: number, level: number): string {
  const margin = "  ".repeat(level);
  if (typeof line === "string") return line === "" ? "\n" : `${margin}${line}\n`;
  if ("block" in line) return `${margin}${line.block} {\n${bodyText(line.body, level + 1)}${margin}}\n`;
  return `${margin}${line.name.padEnd(width)} = ${indented(line.value, level)}\n`;
}

/** A value of several lines, and whatever is no value, ends a column. */
function widthAt(lines: readonly Line[], at: number): number {
  const name = (index: number): string | undefined => {
    const line = lines[index];
    return typeof line === "object" && "name" in line && isColumn(line.value) ? line.name : undefined;
  };
  let width = name(at)?.length ?? 0;
  if (width === 0) return 0;
  for (let before = at - 1; name(before) !== undefined; before--) width = Math.max(width, name(before)?.length ?? 0);
  for (let after = at + 1; name(after) !== undefined; after++) width = Math.max(width, name(after)?.length ?? 0);
  return width;
}

/** A heredoc begins on a line that is whole. */
function isColumn(value: string): boolean {
  return !value.includes("\n") || value.startsWith("<<-");
}

/** All but the first line, as much further in; a heredoc takes its margin away itself. */
export function indented(value: string, level: number): string {
  return value.replaceAll(/\n(?=[^\n])/g, `\n${"  ".repeat(level)}`);
}

/** A string of HCL: the escapes of JSON, and nothing that would be a template. */
export function quoted(text: string): string {
  return `"${escaped(text)}"`;
}

function escaped(text: string): string {
  return JSON.stringify(text).slice(1, -1).replaceAll("${", "$${").replaceAll("%{", "%%{");
}

/** What an expression is printed for. */
export interface Scope {
  /** "topic", "id" -> oci_ons_notification_topic.topic.id */
  address: (key: string, attribute: string) => string;
  each: Row["each"];
}

/** One of HCL's own; blocks are none. */
export function expressionText(expression: Expression, scope: Scope): string {
  if (typeof expression === "string") return quoted(expression);
  if (typeof expression !== "object") return String(expression);
  switch (expression.is) {
    case "input":
      return inputs[expression.name].hcl;
    case "list-input":
      return lists[expression.name].hcl;
    case "map-input":
      return maps[expression.name].hcl;
    case "item":
      return fieldText(expression.field, scope);
    case "element":
      return "element";
    case "ref":
      return scope.address(expression.key, expression.attribute);
    case "text":
      return `"${expression.parts.map((part) => templateText(part, scope)).join("")}"`;
    case "list":
      return listText(expression.items, scope);
    case "map":
      return mapText(expression.entries, scope);
    case "merge":
      return `merge(${expression.maps.map((map) => expressionText(map, scope)).join(", ")})`;
    default:
      throw new Error("the table of resources has a block where Terraform takes a value");
  }
}

function fieldText(field: string, { each }: Scope): string {
  const fields: Readonly<Record<string, string>> = each === undefined ? {} : collections[each].fields;
  const text = fields[field];
  if (text === undefined) throw new Error(`the table of resources names the item's ${field} where there is none`);
  return text;
}

function templateText(part: Expression, scope: Scope): string {
  if (typeof part === "string") return escaped(part);
  // What is itself a text is spliced in: no template in a template.
  if (typeof part === "object" && part.is === "text") return expressionText(part, scope).slice(1, -1);
  return `\${${expressionText(part, scope)}}`;
}

function mapText(entries: Readonly<Record<string, Expression>>, scope: Scope): string {
  const lines = Object.entries(entries).map(([name, value]) => ({
    name: /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) ? name : quoted(name),
    value: expressionText(value, scope),
  }));
  const [only] = lines;
  if (lines.length === 1 && only !== undefined) return `{ ${only.name} = ${only.value} }`;
  return `{\n${bodyText(lines, 1)}}`;
}

/** One list, or several put together where some are there only under a condition. */
function listText(items: readonly ListItem[], scope: Scope): string {
  const [only, ...more] = items;
  if (only !== undefined && more.length === 0 && isPlain(only)) return `[${expressionText(only, scope)}]`;
  const groups: string[] = [];
  let plain: string[] = [];
  const close = (): void => {
    if (plain.length > 0) groups.push(`[\n${plain.map((one) => `  ${indented(one, 1)},\n`).join("")}]`);
    plain = [];
  };
  for (const item of items) {
    if (isPlain(item)) plain.push(expressionText(item, scope));
    else {
      close();
      groups.push(
        item.is === "when"
          ? `${conditions[item.condition].hcl} ? [${expressionText(item.then, scope)}] : []`
          : `[for element in ${lists[item.list].hcl} : ${expressionText(item.then, scope)}]`,
      );
    }
  }
  close();
  if (groups.length === 1) return groups.join("");
  return `concat(\n${groups.map((group) => `  ${indented(group, 1)},\n`).join("")})`;
}

function isPlain(item: ListItem): item is Expression {
  return typeof item !== "object" || (item.is !== "when" && item.is !== "for-each");
}
