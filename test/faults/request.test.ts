import { describe, expect, test } from "vitest";
import { createRequestReader } from "./request.ts";

/** What the reader makes of bytes that come in pieces of one size: a line for each head and body, then what was malformed. */
function readInPieces(bytes: string, size: number): string[] {
  const events: string[] = [];
  const read = createRequestReader({
    head({ method, path, headers, isKeptAlive }) {
      events.push([method, path, isKeptAlive ? "keep" : "close", headers["x-note"]].join(" ").trim());
      return (body) => events.push(`body ${body}`);
    },
    malformed: (problem) => events.push(`malformed: ${problem}`),
  });
  const all = Buffer.from(bytes, "latin1");
  for (let at = 0; at < all.length; at += size) read(all.subarray(at, at + size));
  return events;
}

const chunked = "POST /c HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
const sized = "POST /s HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello";

describe.each([1, 7, 100_000])("of bytes in pieces of %i", (size) => {
  test.each<[string, string, string[]]>([
    ["a body with a length", sized, ["POST /s keep", "body hello"]],
    ["no length at all: no body", "GET /?a=b HTTP/1.1\r\nHost: x\r\n\r\n", ["GET /?a=b keep", "body "]],
    ["chunks", `${chunked}3\r\nhel\r\n2;x=y\r\nlo\r\n0\r\n\r\n`, ["POST /c keep", "body hello"]],
    ["chunks with a trailer", `${chunked}A\r\n0123456789\r\n0\r\nA: b\r\n\r\n`, ["POST /c keep", "body 0123456789"]],
    [
      "one request after the other",
      `${sized}${chunked}1\r\n!\r\n0\r\n\r\n${sized}`,
      ["POST /s keep", "body hello", "POST /c keep", "body !", "POST /s keep", "body hello"],
    ],
    [
      "a client that will close, a header twice, space around a value",
      "GET / HTTP/1.1\r\nHost: x\r\nConnection: Close\r\nX-Note: \t a b \r\nx-note:c\r\n\r\n",
      ["GET / close a b, c", "body "],
    ],
    ["HTTP/1.0, which closes unless told", "GET / HTTP/1.0\r\n\r\n", ["GET / close", "body "]],
    ["HTTP/1.0 that keeps the connection", "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", ["GET / keep", "body "]],
    ["a body that is not there yet", sized.slice(0, -1), ["POST /s keep"]],
  ])("the reader understands %s", (_, bytes, events) => {
    expect(readInPieces(bytes, size)).toEqual(events);
  });

  test.each<[string, string]>([
    ["a request that begins with byte 0x16", "\x16\x03\x01"],
    ['the request line "POST /a b HTTP/1.1"', "POST /a b HTTP/1.1\r\nHost: x\r\n\r\n"],
    ['the header line "No colon"', "GET / HTTP/1.1\r\nHost: x\r\nNo colon\r\n\r\n"],
    ['the header line "X-Note : a"', "GET / HTTP/1.1\r\nHost: x\r\nX-Note : a\r\n\r\n"],
    ['the header line "X-Note: a\\nb"', "GET / HTTP/1.1\r\nHost: x\r\nX-Note: a\nb\r\n\r\n"],
    ["no Host", "GET / HTTP/1.1\r\nX-Note: a\r\n\r\n"],
    ["Content-Length: -1", "GET / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n"],
    ["Content-Length: 5, 5", "GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\n"],
    ["Transfer-Encoding: gzip", "GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n"],
    [
      "Content-Length and Transfer-Encoding in one request",
      `${chunked.slice(0, -2)}Content-Length: 5\r\n\r\n5\r\nhello\r\n0\r\n\r\n`,
    ],
    ["a head of more than 65536 bytes", `GET / HTTP/1.1\r\nX-Note: ${"a".repeat(70_000)}`],
  ])("the reader refuses %s, and reads no further", (problem, bytes) => {
    expect(readInPieces(`${bytes}${sized}`, size)).toEqual([`malformed: ${problem}`]);
  });

  test.each([
    ["a size that is no number", "x\r\n"],
    ["a chunk longer than its size", "2\r\nhello\r\n"],
  ])("the reader refuses %s", (_, body) => {
    const broken = "malformed: a chunked body with a chunk that is none";
    expect(readInPieces(`${chunked}${body}${sized}`, size)).toEqual(["POST /c keep", broken]);
  });
});
