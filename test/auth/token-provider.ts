import { generateKeyPairSync, type KeyObject } from "node:crypto";
import type {
  Adapter,
  AdapterPayload,
  ClientMetadata,
  KoaContextWithOIDC,
  Provider as TokenProvider,
} from "oidc-provider";

export interface TokenClient {
  id: string;
  secret: string;
  /** How it must show its secret; client_secret_basic unless told. */
  method?: "client_secret_basic" | "client_secret_post";
  /** All that it may ask for. */
  scopes: string[];
}

/** Read at every request for a token. */
export interface TokenSettings {
  /** What `resource` or `audience` may name; the first, if a request names none. */
  resources: string[];
  lifetimeS: number;
  format: "opaque" | "jwt";
}

export interface ProviderParts {
  provider: TokenProvider;
  /** Verifies JWTs. */
  publicKey: KeyObject;
  /** Clients and opaque tokens, as `<model>:<id>`. What is changed here is changed. */
  records: Map<string, AdapterPayload>;
}

const { Provider, errors } = await importQuietly();

/** The package oidc-provider, set up for client credentials and nothing else. */
export function createProvider(
  issuer: string,
  clients: readonly TokenClient[],
  settings: TokenSettings,
): ProviderParts {
  const records = new Map<string, AdapterPayload>(clients.map((client) => [`Client:${client.id}`, metadataOf(client)]));
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const provider = new Provider(issuer, {
    adapter: (model: string) => adapterOf(model, records),
    clientAuthMethods: ["client_secret_basic", "client_secret_post"],
    clientDefaults: { id_token_signed_response_alg: "ES256" },
    enabledJWA: { idTokenSigningAlgValues: ["ES256"] },
    jwks: { keys: [{ ...privateKey.export({ format: "jwk" }), kty: "EC", alg: "ES256", use: "sig", kid: "tests" }] },
    scopes: [...new Set(clients.flatMap(({ scopes }) => scopes))],
    ttl: { ClientCredentials: () => settings.lifetimeS },
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: false },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => settings.resources[0] ?? "",
        getResourceServerInfo(ctx, resource, client) {
          // It takes either method for the other; the servers out there do not.
          if ((client.tokenEndpointAuthMethod === "client_secret_basic") !== (ctx.get("authorization") !== "")) {
            throw new errors.InvalidClientAuth("not the client's registered method");
          }
          const audience = audienceOf(ctx) ?? resource;
          if (!settings.resources.includes(audience)) throw new errors.InvalidTarget();
          // It leaves out of a token what it does not know; the servers out there refuse.
          const allowed = String(client.scope ?? "").split(" ");
          const foreign = scopesOf(ctx).filter((scope) => !allowed.includes(scope));
          if (foreign.length > 0) throw new errors.InvalidScope("requested scope is not allowed", foreign.join(" "));
          return {
            audience,
            scope: allowed.join(" "),
            accessTokenTTL: settings.lifetimeS,
            accessTokenFormat: settings.format,
            jwt: { sign: { alg: "ES256" } },
          };
        },
      },
    },
  });
  return { provider, publicKey, records };
}

function metadataOf({ id, secret, method = "client_secret_basic", scopes }: TokenClient): ClientMetadata {
  return {
    client_id: id,
    client_secret: secret,
    token_endpoint_auth_method: method,
    scope: scopes.join(" "),
    grant_types: ["client_credentials"],
    response_types: [],
    redirect_uris: [],
  };
}

/** In Auth0's manner, beside RFC 8707's `resource`. */
function audienceOf(ctx: KoaContextWithOIDC): string | undefined {
  const audience = ctx.oidc.body?.audience;
  return typeof audience === "string" ? audience : undefined;
}

function scopesOf(ctx: KoaContextWithOIDC): string[] {
  const scope = ctx.oidc.params?.scope;
  return typeof scope === "string" ? scope.split(" ").filter(Boolean) : [];
}

function adapterOf(model: string, records: Map<string, AdapterPayload>): Adapter {
  const unused = () => Promise.reject(new Error("not a thing of client credentials"));
  return {
    find: async (id) => records.get(`${model}:${id}`),
    async upsert(id, payload) {
      records.set(`${model}:${id}`, payload);
    },
    async destroy(id) {
      records.delete(`${model}:${id}`);
    },
    consume: unused,
    findByUid: unused,
    findByUserCode: unused,
    revokeByGrantId: unused,
  };
}

/** It warns of every Node before 22, and runs on 20 all the same. */
async function importQuietly() {
  const { warn } = console;
  console.warn = () => {};
  try {
    return await import("oidc-provider");
  } finally {
    console.warn = warn;
  }
}
