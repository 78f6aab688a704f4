import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { type SecureContext, TLSSocket } from "node:tls";
import type { Books } from "./books.ts";

/** The receiver's end of one connection. */
export interface Wire {
  /** Where HTTP is spoken: the connection, or the TLS over it. */
  socket: Duplex;
  /** The last bytes, and FIN. */
  end: (last: string | Uint8Array) => void;
  /** An RST, under TLS too; nothing if the connection is gone. */
  reset: () => void;
  /** Does it after so many milliseconds (0: at once), unless the connection is gone before. */
  later: (ms: number, act: () => void) => void;
}

/** @param secureContext TLS is spoken if there is one */
export function openWire(
  connection: Socket,
  { secureContext, connections }: { secureContext: SecureContext | undefined; connections: Books["connections"] },
): Wire {
  const socket =
    secureContext === undefined ? connection : new TLSSocket(connection, { isServer: true, secureContext });
  // The peer breaks off as it likes, and thinks what it likes of the certificate.
  connection.on("error", () => {});
  if (socket !== connection) socket.on("error", () => {});

  connections.total++;
  connections.open++;
  connections.peak = Math.max(connections.peak, connections.open);
  let isOpen = true;
  const over = () => {
    if (isOpen) connections.open--;
    isOpen = false;
  };
  connection.once("close", over);

  return {
    socket,
    end(last) {
      // Before the peer can know and open its next connection.
      over();
      socket.end(last);
    },
    reset() {
      if (connection.destroyed) return;
      over();
      connections.reset++;
      connection.resetAndDestroy();
    },
    later(ms, act) {
      if (ms === 0) {
        act();
        return;
      }
      const cancel = () => clearTimeout(timer);
      const timer = setTimeout(() => {
        connection.off("close", cancel);
        act();
      }, ms);
      connection.once("close", cancel);
    },
  };
}
