import { type AddressInfo, createServer, type Socket } from "node:net";
import { createBooks } from "./books.ts";
import { converse, type Host } from "./converse.ts";
import { type Certificate, secureContextOf } from "./tls.ts";
import { openWire } from "./wire.ts";

export interface Receiver extends Host {
  /** http://127.0.0.1:<port>/hook, or https://localhost:<port>/hook; other paths are taken as well. */
  url: string;
  /** What to do with the nth connection, from 1, before a byte of it (or of its TLS) is read. */
  onConnect?: (nth: number) => "reset" | "hang" | undefined;
  close: () => Promise<void>;
}

export interface ReceiverOptions {
  /** Speaks TLS with this certificate; `not-tls` speaks plain HTTP behind an https URL. */
  tls?: Certificate | "not-tls";
  /** Every proper answer takes this long; 0 unless told. */
  delayMs?: number;
  /** True unless told. */
  keepBodies?: boolean;
}

/**
 * A webhook receiver on 127.0.0.1 that misbehaves on the wire as it is told, and books what it got. On bare sockets:
 * node:http would put right what is to go wrong.
 */
export async function startReceiver(options: ReceiverOptions = {}): Promise<Receiver> {
  const { tls, delayMs = 0, keepBodies = true } = options;
  const secureContext = tls === undefined || tls === "not-tls" ? undefined : secureContextOf(tls);
  const books = createBooks();
  const { connections } = books;
  const open = new Set<Socket>();

  const server = createServer({ noDelay: true }, (connection) => {
    open.add(connection);
    connection.once("close", () => open.delete(connection));
    const atOnce = receiver.onConnect?.(connections.total + 1);
    const wire = openWire(connection, { secureContext: atOnce === undefined ? secureContext : undefined, connections });
    if (atOnce === "reset") wire.reset();
    else if (atOnce === "hang") wire.socket.resume();
    else converse(wire, receiver, { origin, delayMs, keepBodies });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  const origin = tls === undefined ? `http://127.0.0.1:${port}` : `https://localhost:${port}`;

  const receiver: Receiver = {
    ...books,
    url: `${origin}/hook`,
    programme: () => ({ kind: "answer", status: 200 }),
    async close() {
      server.close();
      await Promise.all(Array.from(open, end));
    },
  };
  return receiver;
}

/** Resolves once the connection is gone and its timers with it. */
function end(connection: Socket): Promise<void> {
  return new Promise((resolve) => {
    connection.once("close", () => resolve());
    connection.destroy();
  });
}
