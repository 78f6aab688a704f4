/** What becomes of one request. "Accepted" is the receiver's own view: it has booked the webhook as delivered. */
export type Behaviour =
  /** A proper answer with Content-Length; keep-alive honoured. Accepted if it is a 2xx. */
  | { kind: "answer"; status: number; headers?: Record<string, string>; body?: string }
  /** RST once the head is there (without it no programme knows the id), before the body is read: no arrival. */
  | { kind: "reset-before" }
  /** Read whole, not accepted, RST. */
  | { kind: "reset-after" }
  /** Read whole and accepted, RST instead of the 200: a success whose reply is lost. */
  | { kind: "lost" }
  /** Read whole, never answered. */
  | { kind: "hang" }
  /** A proper answer after `ms`, 200 unless told; accepted when written, so not if the peer is gone by then. */
  | { kind: "slow-headers"; ms: number; status?: number }
  /** The headers at once, then a byte of body every `everyMs`, until the peer closes. */
  | { kind: "slow-body"; status: number; everyMs: number }
  /** The headers at once, then body as fast as the peer takes it, until the peer closes. */
  | { kind: "endless-body"; status: number }
  /** A Content-Length of 100, 50 bytes of body, FIN. */
  | { kind: "half"; status: number }
  /** "HTTP/1.1 20", FIN. */
  | { kind: "half-status-line" }
  /** Bytes that are no HTTP, FIN. */
  | { kind: "garbage" }
  /** 302 to where the request went. */
  | { kind: "redirect-loop" }
  /** 200 over a connection that stays open, and gets an RST at the first byte of the next request: a stale keep-alive connection. */
  | { kind: "close-idle" };

/** What can become of a request that was read whole. */
export type BehaviourOfWhole = Exclude<Behaviour, { kind: "reset-before" }>;
