// Enough of HCL's expressions for what the stack is made of: parsed into a tree, which can be evaluated and searched for references.

export type Node =
  | { is: "literal"; value: unknown }
  | { is: "template"; parts: Node[] }
  | { is: "name"; name: string }
  | { is: "get"; of: Node; key: Node }
  | { is: "call"; name: string; args: Node[] }
  | { is: "list"; items: Node[] }
  | { is: "object"; entries: [Node, Node][] }
  | { is: "for"; names: string[]; of: Node; key: Node | undefined; value: Node; condition: Node | undefined }
  | { is: "not"; of: Node }
  | { is: "binary"; sign: string; left: Node; right: Node }
  | { is: "if"; condition: Node; then: Node; otherwise: Node };

const PRECEDENCE: readonly (readonly string[])[] = [["||"], ["&&"], ["==", "!="], ["<=", ">=", "<", ">"]];

class Reader {
  text: string;
  at = 0;
  constructor(text: string) {
    this.text = text;
  }
  space(): void {
    while (/\s/.test(this.text[this.at] ?? "")) this.at++;
  }
  peek(sign: string): boolean {
    this.space();
    return this.text.startsWith(sign, this.at);
  }
  take(sign: string): boolean {
    if (!this.peek(sign)) return false;
    this.at += sign.length;
    return true;
  }
  need(sign: string): void {
    if (!this.take(sign)) throw new Error(`expected ${sign} at ${this.at}: ${this.text.slice(this.at, this.at + 40)}`);
  }
  match(pattern: RegExp): string | undefined {
    this.space();
    const sticky = new RegExp(pattern, "y");
    sticky.lastIndex = this.at;
    const [found] = sticky.exec(this.text) ?? [];
    if (found !== undefined) this.at += found.length;
    return found;
  }
}

export function parseExpression(text: string): Node {
  const reader = new Reader(text);
  const node = expression(reader);
  reader.space();
  if (reader.at !== text.length) throw new Error(`more than an expression: ${text.slice(reader.at)}`);
  return node;
}

/** A string as the parser of files hands it out: text with ${…} in it. */
export function parseTemplate(text: string): Node {
  const whole = /^\$\{([\s\S]*)\}$/.exec(text)?.[1];
  if (whole !== undefined) {
    try {
      return parseExpression(whole);
    } catch {
      // Two of them, with text between.
    }
  }
  return template(new Reader(text), undefined);
}

/** @param end the quote that ends it; undefined for the end of the text */
function template(reader: Reader, end: string | undefined): Node {
  const parts: Node[] = [];
  let text = "";
  const close = () => {
    if (text !== "") parts.push({ is: "literal", value: text });
    text = "";
  };
  for (;;) {
    const char = reader.text[reader.at];
    if (char === undefined && end === undefined) break;
    if (char === undefined) throw new Error(`an unended string: ${reader.text}`);
    if (char === end) {
      reader.at++;
      break;
    }
    if (reader.text.startsWith("$${", reader.at) || reader.text.startsWith("%%{", reader.at)) {
      text += `${char}{`;
      reader.at += 3;
    } else if (reader.text.startsWith("${", reader.at)) {
      close();
      reader.at += 2;
      parts.push(expression(reader));
      reader.need("}");
    } else if (char === "\\" && end !== undefined) {
      text += JSON.parse(`"${reader.text.slice(reader.at, reader.at + 2)}"`);
      reader.at += 2;
    } else {
      text += char;
      reader.at++;
    }
  }
  close();
  const [only] = parts;
  if (parts.length === 1 && only?.is === "literal") return only;
  return parts.length === 0 ? { is: "literal", value: "" } : { is: "template", parts };
}

function expression(reader: Reader): Node {
  const condition = binary(reader, 0);
  if (!reader.take("?")) return condition;
  const then = expression(reader);
  reader.need(":");
  return { is: "if", condition, then, otherwise: expression(reader) };
}

function binary(reader: Reader, level: number): Node {
  const signs = PRECEDENCE[level];
  if (signs === undefined) return unary(reader);
  let left = binary(reader, level + 1);
  for (;;) {
    const sign = signs.find((one) => reader.peek(one) && !(one.length === 1 && reader.peek(`${one}=`)));
    if (sign === undefined) return left;
    reader.need(sign);
    left = { is: "binary", sign, left, right: binary(reader, level + 1) };
  }
}

function unary(reader: Reader): Node {
  if (reader.peek("!") && !reader.peek("!=")) {
    reader.need("!");
    return { is: "not", of: unary(reader) };
  }
  let node = primary(reader);
  for (;;) {
    if (reader.text[reader.at] === ".") {
      reader.at++;
      node = { is: "get", of: node, key: { is: "literal", value: reader.match(/[A-Za-z0-9_-]+/) } };
    } else if (reader.text[reader.at] === "[") {
      reader.at++;
      node = { is: "get", of: node, key: expression(reader) };
      reader.need("]");
    } else return node;
  }
}

function primary(reader: Reader): Node {
  if (reader.take('"')) return template(reader, '"');
  if (reader.take("(")) {
    const node = expression(reader);
    reader.need(")");
    return node;
  }
  if (reader.take("[")) return bracketed(reader);
  if (reader.take("{")) return braced(reader);
  const number = reader.match(/-?\d+(?:\.\d+)?/);
  if (number !== undefined) return { is: "literal", value: Number(number) };
  const name = reader.match(/[A-Za-z_][A-Za-z0-9_-]*/);
  if (name === undefined) throw new Error(`no expression at ${reader.at}: ${reader.text}`);
  if (name === "true" || name === "false") return { is: "literal", value: name === "true" };
  if (name === "null") return { is: "literal", value: null };
  if (reader.text[reader.at] !== "(") return { is: "name", name };
  reader.need("(");
  return { is: "call", name, args: items(reader, ")") };
}

function items(reader: Reader, end: string): Node[] {
  const found: Node[] = [];
  while (!reader.take(end)) {
    found.push(expression(reader));
    if (!reader.take(",") && !reader.peek(end))
      throw new Error(`expected , or ${end}: ${reader.text.slice(reader.at)}`);
  }
  return found;
}

function bracketed(reader: Reader): Node {
  if (reader.match(/for\s/) === undefined) return { is: "list", items: items(reader, "]") };
  return forOf(reader, false);
}

function braced(reader: Reader): Node {
  if (reader.match(/for\s/) !== undefined) return forOf(reader, true);
  const entries: [Node, Node][] = [];
  while (!reader.take("}")) {
    const name = reader.match(/[A-Za-z_][A-Za-z0-9_-]*/);
    const key: Node = name === undefined ? expression(reader) : { is: "literal", value: name };
    reader.need("=");
    entries.push([key, expression(reader)]);
    reader.take(",");
  }
  return { is: "object", entries };
}

function forOf(reader: Reader, isObject: boolean): Node {
  const names: string[] = [];
  do names.push(reader.match(/[A-Za-z_][A-Za-z0-9_]*/) ?? "");
  while (reader.take(","));
  reader.need("in");
  const of = expression(reader);
  reader.need(":");
  const first = expression(reader);
  if (isObject) reader.need("=>");
  const value = isObject ? expression(reader) : first;
  const condition = reader.match(/if\s/) === undefined ? undefined : expression(reader);
  reader.need(isObject ? "}" : "]");
  return { is: "for", names, of, key: isObject ? first : undefined, value, condition };
}
