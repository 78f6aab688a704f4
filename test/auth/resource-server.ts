import { type LoopbackAnswer, type LoopbackRequest, type LoopbackServer, serveLoopback } from "../../local/loopback.ts";
import type { AuthorizationServer, TokenFacts } from "./authorization-server.ts";

export interface ResourceRequest extends LoopbackRequest {
  /** Whose token it bore; undefined if that was not valid. */
  clientId: string | undefined;
  /** Why it was refused, as RFC 6750 calls it; undefined if it was not. */
  refused: "no_token" | "invalid_token" | "insufficient_scope" | undefined;
  answered: number | Exclude<LoopbackAnswer, object>;
}

export interface ResourceServer extends LoopbackServer {
  hookUrl: string;
  /** Every request, refused ones too, in order of arrival. */
  received: ResourceRequest[];
  /** What to answer from now on to a request with a good token. */
  accept: (request: ResourceRequest) => LoopbackAnswer | Promise<LoopbackAnswer>;
  /** What the server does with a request, for another server (of TLS, say) to give it one. */
  answer: (request: LoopbackRequest) => Promise<LoopbackAnswer>;
}

export interface ResourceServerOptions {
  /** Knows which tokens are good. */
  authorization: Pick<AuthorizationServer, "check">;
  scope: string;
  /** Whom a token must be for; anybody, unless told. */
  audience?: string;
  /** 403, as RFC 6750 has it, unless told. */
  insufficientScopeStatus?: 401 | 403;
}

/** A webhook receiver on 127.0.0.1 that takes only what bears a token of the authorization server with the scope. */
export async function startResourceServer(options: ResourceServerOptions): Promise<ResourceServer> {
  const { authorization, scope, audience, insufficientScopeStatus = 403 } = options;
  const loopback = await serveLoopback((request) => server.answer(request));
  const server: ResourceServer = {
    ...loopback,
    hookUrl: `${loopback.url}/hook`,
    received: [],
    accept: () => ({ status: 200, body: '{"result":"ok"}' }),
    async answer(request) {
      const token = tokenOf(request);
      const facts = token === undefined ? undefined : await authorization.check(token);
      const refused = token === undefined ? "no_token" : refusalOf(facts);
      const entry: ResourceRequest = { ...request, clientId: facts?.clientId, refused, answered: 200 };
      server.received.push(entry);
      const answer = refused === undefined ? await server.accept(entry) : answerTo(refused);
      entry.answered = typeof answer === "string" ? answer : answer.status;
      return answer;
    },
  };
  return server;

  function refusalOf(facts: TokenFacts | undefined): ResourceRequest["refused"] {
    if (facts === undefined || (audience !== undefined && facts.audience !== audience)) return "invalid_token";
    return facts.scopes.includes(scope) ? undefined : "insufficient_scope";
  }

  function answerTo(refused: NonNullable<ResourceRequest["refused"]>): LoopbackAnswer {
    const challenge = {
      no_token: "Bearer",
      invalid_token:
        'Bearer error="invalid_token", error_description="The access token is expired, revoked or unknown"',
      insufficient_scope: `Bearer error="insufficient_scope", scope="${scope}"`,
    }[refused];
    return {
      status: refused === "insufficient_scope" ? insufficientScopeStatus : 401,
      headers: { "WWW-Authenticate": challenge },
      body: JSON.stringify({ error: refused }),
    };
  }
}

/** The scheme in any case, as RFC 9110 has it. */
function tokenOf({ headers }: LoopbackRequest): string | undefined {
  return /^Bearer +([\w.~+/-]+=*)$/i.exec(headers.authorization ?? "")?.[1];
}
