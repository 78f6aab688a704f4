import { createServer, request as send } from "node:http";
import type { AddressInfo } from "node:net";
import { parse } from "node:querystring";
import { jwtVerify } from "jose";
import {
  type HttpAnswer,
  type LoopbackAnswer,
  type LoopbackRequest,
  type LoopbackServer,
  serveLoopback,
} from "../../local/loopback.ts";
import { createProvider, type TokenClient, type TokenSettings } from "./token-provider.ts";

export interface TokenRequest {
  method: string;
  path: string;
  headers: LoopbackRequest["headers"];
  /** The body, read as a form; a name that comes twice has a list. */
  form: Record<string, string | string[] | undefined>;
  /** Undefined until it is. */
  answered: number | Exclude<LoopbackAnswer, object> | undefined;
}

/** What a valid token says. */
export interface TokenFacts {
  clientId: string;
  scopes: string[];
  audience: string;
}

/** The settings count from the next request on; a token keeps those that it was given with. */
export interface AuthorizationServer extends LoopbackServer, TokenSettings {
  tokenUrl: string;
  /** In order of arrival. */
  requests: TokenRequest[];
  /** Asked first, from now on. What it gives comes instead of a token; what it waits for makes the server slow. */
  fault: ((request: TokenRequest) => LoopbackAnswer | undefined | Promise<LoopbackAnswer | undefined>) | undefined;
  /** From now on the client's secret is this one, and no other. Its tokens stay good. */
  rotate: (clientId: string, secret: string) => void;
  revoke: (token: string) => void;
  /** Ends a token as if its time had passed. */
  expire: (token: string) => void;
  /** Undefined of a token that has expired, was revoked or is not of this server. */
  check: (token: string) => Promise<TokenFacts | undefined>;
  /** What the server does with a request, for another server (of TLS, say) to give it one. */
  answer: (request: LoopbackRequest) => Promise<LoopbackAnswer>;
}

export interface AuthorizationServerOptions extends Partial<TokenSettings> {
  clients: TokenClient[];
}

/** Of one connection only. */
const HOP_HEADERS = ["connection", "content-length", "keep-alive", "transfer-encoding"];

/** An OAuth 2.0 authorization server on 127.0.0.1 that gives tokens for client credentials: the package oidc-provider. */
export async function startAuthorizationServer(options: AuthorizationServerOptions): Promise<AuthorizationServer> {
  const front = await serveLoopback((request) => server.answer(request));
  const server: AuthorizationServer = {
    resources: ["urn:relay-tests:hooks"],
    lifetimeS: 3600,
    format: "opaque",
    ...options,
    ...front,
    tokenUrl: `${front.url}/token`,
    requests: [],
    fault: undefined,
    rotate(clientId, secret) {
      const client = records.get(`Client:${clientId}`);
      if (client === undefined) throw new Error(`there is no client ${clientId}`);
      records.set(`Client:${clientId}`, { ...client, client_secret: secret });
    },
    revoke(token) {
      if (!records.delete(recordOf(token))) ended.set(token, "revoked");
    },
    expire(token) {
      const record = records.get(recordOf(token));
      if (record === undefined) ended.set(token, "expired");
      else record.exp = 1;
    },
    async check(token) {
      return token.split(".").length === 3 ? checkJwt(token) : checkOpaque(token);
    },
    async answer({ method, path, headers, body }) {
      const entry: TokenRequest = { method, path, headers, form: { ...parse(body.toString()) }, answered: undefined };
      server.requests.push(entry);
      const answer = (await server.fault?.(entry)) ?? (await answerOf(port, { method, path, headers, body }));
      entry.answered = typeof answer === "string" ? answer : answer.status;
      return answer;
    },
    async close() {
      inner.close();
      inner.closeAllConnections();
      await front.close();
    },
  };

  const { provider, publicKey, records } = createProvider(front.url, options.clients, server);
  /** JWTs that no record is kept of. */
  const ended = new Map<string, "revoked" | "expired">();
  const inner = createServer(provider.callback());
  await new Promise<void>((resolve) => inner.listen(0, "127.0.0.1", resolve));
  const { port } = inner.address() as AddressInfo;
  return server;

  async function checkOpaque(token: string): Promise<TokenFacts | undefined> {
    const found = await provider.ClientCredentials.find(token);
    return found && { clientId: found.clientId ?? "", scopes: [...found.scopes], audience: String(found.aud) };
  }

  async function checkJwt(token: string): Promise<TokenFacts | undefined> {
    const end = ended.get(token);
    if (end === "revoked") return undefined;
    const currentDate = end === "expired" ? new Date("9999-01-01") : new Date();
    return jwtVerify(token, publicKey, { issuer: front.url, typ: "at+jwt", currentDate }).then(
      ({ payload: { client_id, scope, aud } }) => ({
        clientId: String(client_id),
        scopes: scope === undefined ? [] : String(scope).split(" "),
        audience: String(aud),
      }),
      () => undefined,
    );
  }
}

const recordOf = (token: string) => `ClientCredentials:${token}`;

/** What the provider says. It stands behind a server of ours, which can record a request whole, and hang before it. */
function answerOf(port: number, { method, path, headers, body }: LoopbackRequest): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const outgoing = send({ host: "127.0.0.1", port, method, path, headers, agent: false }, async (response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of response) chunks.push(chunk);
      const kept = Object.entries(response.headers).filter(([name]) => !HOP_HEADERS.includes(name));
      resolve({
        status: response.statusCode ?? 0,
        headers: Object.fromEntries(kept.map(([name, value]) => [name, String(value)])),
        body: Buffer.concat(chunks),
      });
    });
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}
