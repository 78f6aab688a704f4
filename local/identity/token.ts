/** A part of a policy statement or a matching rule. */
export type Token =
  | { kind: "word" | "pattern" | "symbol"; text: string }
  /** Was quoted; `domain` as in 'Default'/'name'. */
  | { kind: "text"; text: string; domain?: string };

/** What tokens are made of, tried in order at each place. A pattern ends where a value can: it may hold slashes. */
const SHAPES: [RegExp, (match: RegExpExecArray) => Token | undefined][] = [
  [/\s+/y, () => undefined],
  [/(?:'([^']*)'|([\w.-]+))\/'([^']*)'/y, ([, quoted, bare, text = ""]) => named(text, quoted ?? bare)],
  [/'([^']*)'(?:\/([\w.-]+))?/y, ([, first = "", name]) => (name === undefined ? named(first) : named(name, first))],
  [/\/([^'{}]*?)\/(?=[\s,}]|$)/y, ([, text = ""]) => ({ kind: "pattern", text })],
  [/!=|[={},]/y, ([text]) => ({ kind: "symbol", text })],
  [/[^\s{},=!'/][^\s{},=!']*/y, ([text]) => ({ kind: "word", text })],
];

function named(text: string, domain?: string): Token {
  return { kind: "text", text, ...(domain !== undefined && { domain }) };
}

/** @returns the text's tokens; a string that tells what is none */
export function tokensOf(text: string): Token[] | string {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    const found = shapeAt(text, at);
    if (found === undefined) return `nothing can begin with ${JSON.stringify(text.slice(at, at + 20))}`;
    if (found.token !== undefined) tokens.push(found.token);
    at = found.end;
  }
  return tokens;
}

function shapeAt(text: string, at: number): { token: Token | undefined; end: number } | undefined {
  for (const [shape, tokenOf] of SHAPES) {
    shape.lastIndex = at;
    const match = shape.exec(text);
    if (match !== null) return { token: tokenOf(match), end: shape.lastIndex };
  }
  return undefined;
}

/** Reads tokens from left to right. */
export interface TokenReader {
  /** The next token, which stays. */
  peek: () => Token | undefined;
  next: () => Token | undefined;
  /** Takes the next token if it is this word or symbol, in any case. */
  take: (text: string) => boolean;
}

export function readTokens(tokens: readonly Token[]): TokenReader {
  let at = 0;
  return {
    peek: () => tokens[at],
    next: () => tokens[at++],
    take(text) {
      const token = tokens[at];
      const isIt = (token?.kind === "word" || token?.kind === "symbol") && token.text.toLowerCase() === text;
      if (isIt) at += 1;
      return isIt;
    },
  };
}

/** For a message. */
export function shown(token: Token | undefined): string {
  return token === undefined ? "the end" : JSON.stringify(token.text);
}
