import { STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import type { BehaviourOfWhole } from "./behaviour.ts";
import type { Wire } from "./wire.ts";

/** A request that was read whole, and how to be done with it. */
export interface Exchange {
  wire: Wire;
  /** Did the peer leave the connection open for another request? */
  isKeptAlive: boolean;
  /** Where the request went. */
  url: string;
  /** Every proper answer takes this long. */
  delayMs: number;
  /** Books the request as delivered. */
  accept: () => void;
}

const BODY = Buffer.alloc(64 * 1024, "x");
const GARBAGE = Buffer.from("\x00\x01 no HTTP \xff\r\n\r\n", "latin1");

/** What the behaviour does on the wire. A status that is a success counts as accepted as soon as it is written. */
export function misbehave(behaviour: BehaviourOfWhole, exchange: Exchange): void {
  const { wire, delayMs, accept } = exchange;
  switch (behaviour.kind) {
    case "answer":
      answer(exchange, behaviour, delayMs);
      break;
    case "slow-headers":
      answer(exchange, { status: behaviour.status ?? 200 }, behaviour.ms);
      break;
    case "redirect-loop":
      answer(exchange, { status: 302, headers: { Location: exchange.url } }, delayMs);
      break;
    case "close-idle":
      // Kept open even where the peer announced to close.
      answer({ ...exchange, isKeptAlive: true }, { status: 200 }, delayMs);
      break;
    case "reset-after":
      wire.reset();
      break;
    case "lost":
      accept();
      wire.reset();
      break;
    case "hang":
      break;
    case "slow-body":
      begin(exchange, behaviour.status);
      dribble(wire.socket, behaviour.everyMs);
      break;
    case "endless-body":
      begin(exchange, behaviour.status);
      pour(wire.socket);
      break;
    case "half":
      begin(exchange, behaviour.status, { "Content-Length": "100" });
      wire.end(BODY.subarray(0, 50));
      break;
    case "half-status-line":
      wire.end("HTTP/1.1 20");
      break;
    case "garbage":
      wire.end(GARBAGE);
      break;
  }
}

interface Answer {
  status: number;
  headers?: Record<string, string>;
  body?: string;
}

/** A proper answer, in one write. */
function answer({ wire, isKeptAlive, accept }: Exchange, { status, headers, body = "" }: Answer, ms: number): void {
  wire.later(ms, () => {
    if (isSuccess(status)) accept();
    const isBodiless = status < 200 || status === 204 || status === 304;
    const head = headOf(status, {
      ...(!isBodiless && { "Content-Length": String(Buffer.byteLength(body)) }),
      Connection: isKeptAlive ? "keep-alive" : "close",
      ...headers,
    });
    const whole = isBodiless ? head : head + body;
    if (isKeptAlive) wire.socket.write(whole);
    else wire.end(whole);
  });
}

/** The headers of an answer whose body goes wrong; without a length it ends with the connection. */
function begin({ wire, accept }: Exchange, status: number, headers: Record<string, string> = {}): void {
  if (isSuccess(status)) accept();
  wire.socket.write(headOf(status, { ...headers, Connection: "close" }));
}

function headOf(status: number, headers: Record<string, string>): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}\r\n${lines.join("")}\r\n`;
}

function isSuccess(status: number): boolean {
  return status >= 200 && status < 300;
}

function dribble(socket: Duplex, everyMs: number): void {
  const timer = setInterval(() => socket.write("x"), everyMs);
  socket.once("close", () => clearInterval(timer));
}

/** The next block once the last one is gone, and others had their turn. */
function pour(socket: Duplex): void {
  socket.write(BODY, (error) => {
    if (!error) setImmediate(pour, socket);
  });
}
