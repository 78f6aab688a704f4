import type { conditions, inputs, lists, maps } from "./inputs.ts";

/** What an attribute of a resource is, said so that it can be evaluated for given settings, and printed as HCL. */
export type Expression =
  | string
  | number
  | boolean
  | { is: "input"; name: keyof typeof inputs }
  | { is: "list-input"; name: keyof typeof lists }
  | { is: "map-input"; name: keyof typeof maps }
  /** A field of the item that a row with `each` is made for. */
  | { is: "item"; field: string }
  /** The element of the list that a `forEach` goes through. */
  | { is: "element" }
  /** An attribute of the resource of another row; between rows with the same `each`, of the same item. */
  | { is: "ref"; key: string; attribute: string }
  | { is: "text"; parts: readonly Expression[] }
  | { is: "list"; items: readonly ListItem[] }
  | { is: "map"; entries: Readonly<Record<string, Expression>> }
  /** Later maps win. */
  | { is: "merge"; maps: readonly Expression[] }
  | Block
  | { is: "blocks"; items: readonly (Block | When<Block>)[] };

/** An object; in Terraform a nested block. */
export interface Block {
  is: "block";
  attributes: Readonly<Record<string, Expression>>;
}

export interface When<T> {
  is: "when";
  condition: keyof typeof conditions;
  then: T;
}

export interface ForEach {
  is: "for-each";
  list: keyof typeof lists;
  then: Expression;
}

export type ListItem = Expression | When<Expression> | ForEach;

export const input = (name: keyof typeof inputs): Expression => ({ is: "input", name });
export const listInput = (name: keyof typeof lists): Expression => ({ is: "list-input", name });
export const mapInput = (name: keyof typeof maps): Expression => ({ is: "map-input", name });
export const item = (field: string): Expression => ({ is: "item", field });
export const element: Expression = { is: "element" };
export const ref = (key: string, attribute: string): Expression => ({ is: "ref", key, attribute });
export const list = (...items: ListItem[]): Expression => ({ is: "list", items });
export const map = (entries: Readonly<Record<string, Expression>>): Expression => ({ is: "map", entries });
export const merge = (...maps: Expression[]): Expression => ({ is: "merge", maps });
export const block = (attributes: Readonly<Record<string, Expression>>): Block => ({ is: "block", attributes });
export const blocks = (...items: (Block | When<Block>)[]): Expression => ({ is: "blocks", items });
export const when = <T>(condition: keyof typeof conditions, then: T): When<T> => ({ is: "when", condition, then });
export const forEach = (of: keyof typeof lists, then: Expression): ForEach => ({ is: "for-each", list: of, then });

/** text`${input("name")}-dedupe` */
export function text(literals: TemplateStringsArray, ...values: Expression[]): Expression {
  const parts = literals.flatMap((literal, at): Expression[] => {
    const value = values[at];
    return [...(literal === "" ? [] : [literal]), ...(value === undefined ? [] : [value])];
  });
  return { is: "text", parts };
}
