import { createIssuer } from "../../local/emulator/principal.ts";
import { signatureProblem } from "../../local/emulator/signature.ts";
import { serveLoopback } from "../../local/loopback.ts";
import { startSink } from "../../local/sink.ts";

/** Where the rows deliver to. */
export type Kind = "webhook" | "ons";

export interface Receivers {
  /** The function's configuration for a row that delivers to these. */
  config: (kinds: readonly Kind[]) => Record<string, string>;
  /** Deliveries so far whose signature was verified. */
  count: (kind: Kind) => number;
  /** Milliseconds that the ONS itself has spent on verifying so far. */
  verifyingMs: () => number;
  close: () => Promise<void>;
}

const SECRET_KEY = "bench-secret-key-0123456789abcdef";

/**
 * A webhook sink and an ONS, both on loopback and both verifying. They live in the bench's own process: while a function
 * works, that process has nothing else to do. Not local/emulator/ons.ts, which keeps ONS's limit of 60 messages a minute.
 */
export async function startReceivers(): Promise<Receivers> {
  let verifyingMs = 0;
  const count = { webhook: 0, ons: 0 };
  const issuer = createIssuer();
  const principal = issuer.principal();

  const sink = await startSink({ secretKey: SECRET_KEY });
  sink.answer = () => {
    sink.received.length = 0;
    count.webhook++;
    return { status: 200, body: '{"result":"ok"}' };
  };
  const ons = await serveLoopback((request) => {
    const startedMs = performance.now();
    const problem = signatureProblem(request, issuer.publicKey);
    if (problem === undefined) count.ons++;
    verifyingMs += performance.now() - startedMs;
    if (problem !== undefined)
      return { status: 401, body: JSON.stringify({ code: "NotAuthenticated", message: problem }) };
    return { status: 202, body: '{"messageId":"bench","timeStamp":"2026-01-01T00:00:00Z"}' };
  });

  const configs: Record<Kind, Record<string, string>> = {
    webhook: { WEBHOOK_URL: `${sink.url}/hook`, WEBHOOK_SECRET_KEY: SECRET_KEY },
    ons: {
      ONS_TOPIC_ID: "ocid1.onstopic.oc1.phx.aaaaaaaabenchexample",
      OCI_ENDPOINT_URL: ons.url,
      ...principal.variables,
    },
  };
  return {
    config: (kinds) => Object.assign({}, ...kinds.map((kind) => configs[kind])),
    count: (kind) => count[kind],
    verifyingMs: () => verifyingMs,
    async close() {
      await Promise.all([sink.close(), ons.close()]);
      principal.remove();
    },
  };
}
