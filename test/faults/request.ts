/** The head of one HTTP/1.1 request. */
export interface RequestHead {
  method: string;
  /** As it was sent, with the query. */
  path: string;
  /** Names in lower case, values one character a byte, as node:http has them; a repeated name is joined by commas. */
  headers: Record<string, string>;
  /** May the connection carry another request after this one? */
  isKeptAlive: boolean;
}

export interface RequestEvents {
  /** A head is there; what it returns is called with the body. Undefined: nothing more is read. */
  head: (head: RequestHead) => ((body: Buffer) => void) | undefined;
  /** The peer does not speak HTTP/1.1 as it should; nothing more is read. */
  malformed: (problem: string) => void;
}

/** A generator that is handed the next bytes of the connection at each yield. */
type Reading<T> = Generator<undefined, T, Buffer>;

const A = 0x41;
const Z = 0x5a;
const MAX_HEAD_BYTES = 64 * 1024;
const MAX_LINE_BYTES = 1024;

/** Reads the requests of one connection, one after the other. Returns what takes the bytes, cut up however they come. */
export function createRequestReader(events: RequestEvents): (chunk: Buffer) => void {
  const reading = readRequests(events);
  reading.next();
  return (chunk) => {
    reading.next(chunk);
  };
}

function* readRequests(events: RequestEvents): Reading<void> {
  const bytes = createBytes();
  while (true) {
    const first = yield* bytes.peek();
    if (first < A || first > Z) return events.malformed(`a request that begins with byte 0x${first.toString(16)}`);
    const text = yield* bytes.upTo("\r\n\r\n", MAX_HEAD_BYTES);
    if (text === undefined) return events.malformed(`a head of more than ${MAX_HEAD_BYTES} bytes`);
    const head = parseHead(text);
    if (typeof head === "string") return events.malformed(head);
    const whole = events.head(head);
    if (whole === undefined) return;
    const isChunked = head.headers["transfer-encoding"] !== undefined;
    const body = isChunked ? yield* readChunked(bytes) : yield* bytes.take(Number(head.headers["content-length"] ?? 0));
    if (body === undefined) return events.malformed("a chunked body with a chunk that is none");
    whole(body);
  }
}

/** The head, or what is wrong with it. A strict judge: what it lets pass, every server does. */
function parseHead(text: string): RequestHead | string {
  const [requestLine = "", ...lines] = text.split("\r\n");
  const [, method, path, minor] = /^([A-Z]+) (\S+) HTTP\/1\.([01])$/.exec(requestLine) ?? [];
  if (method === undefined || path === undefined) return `the request line ${JSON.stringify(requestLine)}`;
  const headers: Record<string, string> = {};
  for (const line of lines) {
    const [, name, value = ""] = /^([\w!#$%&'*+.^`|~-]+):[ \t]*(.*?)[ \t]*$/.exec(line) ?? [];
    if (name === undefined) return `the header line ${JSON.stringify(line)}`;
    const known = headers[name.toLowerCase()];
    headers[name.toLowerCase()] = known === undefined ? value : `${known}, ${value}`;
  }
  const { host, "content-length": length, "transfer-encoding": encoding } = headers;
  if (host === undefined && minor === "1") return "no Host";
  if (length !== undefined && !/^\d{1,15}$/.test(length)) return `Content-Length: ${length}`;
  if (encoding !== undefined && encoding.toLowerCase() !== "chunked") return `Transfer-Encoding: ${encoding}`;
  if (length !== undefined && encoding !== undefined) return "Content-Length and Transfer-Encoding in one request";
  const connection = headers.connection?.toLowerCase();
  return { method, path, headers, isKeptAlive: minor === "1" ? connection !== "close" : connection === "keep-alive" };
}

/** The body of a chunked request without its trailers; undefined if it is broken. */
function* readChunked(bytes: Bytes): Reading<Buffer | undefined> {
  const chunks: Buffer[] = [];
  while (true) {
    const [, size] = /^([\da-f]{1,8})(?:;.*)?$/i.exec((yield* bytes.upTo("\r\n", MAX_LINE_BYTES)) ?? "") ?? [];
    if (size === undefined) return undefined;
    if (/^0+$/.test(size)) break;
    chunks.push(yield* bytes.take(Number.parseInt(size, 16)));
    if ((yield* bytes.upTo("\r\n", 2)) !== "") return undefined;
  }
  while (true) {
    const trailer = yield* bytes.upTo("\r\n", MAX_LINE_BYTES);
    if (trailer === undefined) return undefined;
    if (trailer === "") return Buffer.concat(chunks);
  }
}

type Bytes = ReturnType<typeof createBytes>;

/** What has come over the connection and was not read yet. */
function createBytes() {
  let pending: Buffer = Buffer.alloc(0);
  return {
    /** The next byte, which stays there. */
    *peek(): Reading<number> {
      while (pending.length === 0) pending = yield;
      return pending[0] ?? 0;
    },

    /** The text before the mark, which is skipped; undefined if it is longer than the limit. */
    *upTo(mark: string, limit: number): Reading<string | undefined> {
      let from = 0;
      while (true) {
        const at = pending.indexOf(mark, from, "latin1");
        if (at > limit || (at < 0 && pending.length > limit + mark.length)) return undefined;
        if (at >= 0) {
          const text = pending.toString("latin1", 0, at);
          pending = pending.subarray(at + mark.length);
          return text;
        }
        // The mark may be cut in two.
        from = Math.max(0, pending.length - mark.length + 1);
        pending = Buffer.concat([pending, yield]);
      }
    },

    *take(count: number): Reading<Buffer> {
      const parts: Buffer[] = [];
      let missing = count;
      while (true) {
        const part = pending.subarray(0, missing);
        parts.push(part);
        pending = pending.subarray(part.length);
        missing -= part.length;
        if (missing === 0) return parts.length === 1 ? part : Buffer.concat(parts);
        pending = yield;
      }
    },
  };
}
