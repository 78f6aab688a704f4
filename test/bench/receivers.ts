import { createIssuer } from "../../local/emulator/principal.ts";
import { signatureProblem } from "../../local/emulator/signature.ts";
import { serveLoopback } from "../../local/loopback.ts";
import { type Received, startSink } from "../../local/sink.ts";
import { startTlsReceiver } from "../auth/tls-receiver.ts";
import { CA_FILE, pemOf } from "../faults/tls.ts";

/** Where the rows deliver to. */
export type Kind = "webhook" | "ons";

/** What a delivery may need beside. */
export type Option = "bearer" | "vault" | "oauth2" | "https" | "mutual-tls" | "text";

export interface Receivers {
  /** The function's configuration for a row that delivers to these. */
  config: (kinds: readonly Kind[], option?: Option) => Record<string, string>;
  /** Deliveries so far whose signature was verified. */
  count: (kind: Kind) => number;
  /** Milliseconds that the ONS itself has spent on verifying so far. */
  verifyingMs: () => number;
  close: () => Promise<void>;
}

const SECRET_KEY = "bench-secret-key-0123456789abcdef";
const SECRET_ID = "ocid1.vaultsecret.oc1.phx.aaaaaaaabenchexample";
const TOKEN = "bench-token-0123456789abcdef";

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
  const take = ({ headers: { authorization } }: Pick<Received, "headers">) => {
    if (authorization !== undefined && authorization !== `Bearer ${TOKEN}`) return { status: 401 };
    count.webhook++;
    return { status: 200, body: '{"result":"ok"}' };
  };
  sink.answer = (request) => {
    sink.received.length = 0;
    return take(request);
  };
  const https = await startTlsReceiver({ certificate: "trusted", clientAuth: "none" });
  const mutual = await startTlsReceiver({ certificate: "trusted", clientAuth: "required" });
  for (const receiver of [https, mutual]) receiver.answer = take;
  const tokens = await serveLoopback(() => ({
    status: 200,
    body: JSON.stringify({ access_token: TOKEN, token_type: "Bearer", expires_in: 3600 }),
  }));
  const ons = await serveLoopback((request) => {
    const startedMs = performance.now();
    const problem = signatureProblem(request, issuer.publicKey);
    if (problem === undefined && request.path.startsWith("/20190301/secretbundles/")) return SECRET_BUNDLE;
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
  const oauth2 = { type: "oauth2", tokenUrl: `${tokens.url}/token`, clientId: "bench", clientSecret: SECRET_KEY };
  const identity = { ca: pemOf("ca"), cert: pemOf("client"), key: pemOf("key") };
  const options: Record<Option, Record<string, string>> = {
    bearer: { WEBHOOK_AUTH: JSON.stringify({ type: "bearer", token: TOKEN }) },
    vault: { WEBHOOK_SECRET_KEY: `vault:${SECRET_ID}`, OCI_ENDPOINT_URL: ons.url, ...principal.variables },
    oauth2: { WEBHOOK_AUTH: JSON.stringify(oauth2) },
    https: { WEBHOOK_URL: `${https.url}/hook`, NODE_EXTRA_CA_CERTS: CA_FILE },
    "mutual-tls": { WEBHOOK_URL: `${mutual.url}/hook`, WEBHOOK_TLS: JSON.stringify(identity) },
    text: { ONS_FORMAT: "text" },
  };
  return {
    config: (kinds, option) =>
      Object.assign({}, ...kinds.map((kind) => configs[kind]), option === undefined ? {} : options[option]),
    count: (kind) => count[kind],
    verifyingMs: () => verifyingMs,
    async close() {
      await Promise.all([sink, ons, tokens, https, mutual].map((server) => server.close()));
      principal.remove();
    },
  };
}

const SECRET_BUNDLE = {
  status: 200,
  body: JSON.stringify({
    secretBundleContent: { contentType: "BASE64", content: Buffer.from(SECRET_KEY).toString("base64") },
  }),
};
