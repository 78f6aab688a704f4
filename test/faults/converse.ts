import type { Behaviour } from "./behaviour.ts";
import { type Arrival, type Books, count } from "./books.ts";
import { misbehave } from "./misbehave.ts";
import { createRequestReader } from "./request.ts";
import type { Wire } from "./wire.ts";

/** The receiver, as its connections see it. */
export interface Host extends Books {
  /** What to do with the request whose head just came; 200 unless set. */
  programme: (request: { id: string; attempt: number; path: string }) => Behaviour;
  /** Sees every request that was read whole, with its body, before anything becomes of it. */
  onArrival?: (arrival: Arrival) => void;
}

const NO_BODY = Buffer.alloc(0);

/** Takes the requests of one connection. What is sent ahead of an answer (pipelining) is not kept waiting for it. */
export function converse(
  wire: Wire,
  host: Host,
  { origin, delayMs, keepBodies }: { origin: string; delayMs: number; keepBodies: boolean },
): void {
  let isReused = false;
  let isStale = false;

  const read = createRequestReader({
    head({ method, path, headers, isKeptAlive }) {
      const id = headers["webhook-id"] ?? "";
      const attempt = count(host.attempts, id);
      const behaviour = host.programme({ id, attempt, path });
      if (behaviour.kind === "reset-before") {
        wire.reset();
        return undefined;
      }
      return (body) => {
        const { kind } = behaviour;
        const request = { id, attempt, method, path, headers, body };
        const arrival: Arrival = { ...request, atMs: Date.now(), behaviour: kind, isAccepted: false, isReused };
        host.arrivals.push(arrival);
        host.onArrival?.(arrival);
        if (!keepBodies) arrival.body = NO_BODY;
        isReused = true;
        isStale = kind === "close-idle";
        misbehave(behaviour, { wire, isKeptAlive, url: origin + path, delayMs, accept: () => accept(host, arrival) });
      };
    },
    malformed(problem) {
      host.malformed.push(problem);
      wire.end("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    },
  });
  wire.socket.on("data", (chunk) => (isStale ? wire.reset() : read(chunk)));
}

function accept(books: Books, arrival: Arrival): void {
  arrival.isAccepted = true;
  count(books.accepted, arrival.id);
}
