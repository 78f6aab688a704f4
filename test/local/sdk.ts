import {
  type AuthenticationDetailsProvider,
  CircuitBreaker,
  ConfigFileAuthenticationDetailsProvider,
  DefaultRequestSigner,
  NoRetryConfigurationDetails,
  ResourcePrincipalAuthenticationDetailsProvider,
} from "oci-common";
import type { ApiKeyUser, Issuer, ResourcePrincipal } from "../../local/emulator/principal.ts";

/** One try, so that a test sees what became of it, and an end to waiting for an answer that does not come. */
export function oneTry({ timeoutMs = 10_000 } = {}) {
  return {
    retryConfiguration: NoRetryConfigurationDetails,
    // Never opens: every request is to come.
    circuitBreaker: new CircuitBreaker({ timeout: timeoutMs, volumeThreshold: 1_000 }),
  };
}

export function resourcePrincipal({ variables }: ResourcePrincipal): AuthenticationDetailsProvider {
  Object.assign(process.env, variables);
  return ResourcePrincipalAuthenticationDetailsProvider.builder();
}

export function apiKeyUser({ configFile }: ApiKeyUser): AuthenticationDetailsProvider {
  return new ConfigFileAuthenticationDetailsProvider(configFile);
}

/** Both kinds of identity, as rows of a table. */
export const IDENTITIES: [
  string,
  (issuer: Issuer) => { provider: AuthenticationDetailsProvider; remove: () => void },
][] = [
  [
    "a resource principal",
    (issuer) => {
      const principal = issuer.principal();
      return { provider: resourcePrincipal(principal), remove: principal.remove };
    },
  ],
  [
    "a user with an API key",
    (issuer) => {
      const user = issuer.user();
      return { provider: apiKeyUser(user), remove: user.remove };
    },
  ],
];

type Method = Parameters<DefaultRequestSigner["signHttpRequest"]>[0]["method"];

/** A request that no client of the SDK makes, signed by the SDK. */
export async function sendSigned(
  provider: AuthenticationDetailsProvider,
  url: string,
  {
    method = "GET",
    body = "",
    sent = body,
    excludesBody = false,
    unsigned = {},
  }: { method?: string; body?: string; sent?: string; excludesBody?: boolean; unsigned?: Record<string, string> } = {},
): Promise<Response> {
  const headers = new Headers();
  const request = { method: method as Method, uri: url, headers, body };
  await new DefaultRequestSigner(provider).signHttpRequest(request, excludesBody);
  for (const [name, value] of Object.entries(unsigned)) headers.set(name, value);
  return fetch(url, { method, headers, ...(sent !== "" && { body: sent }) });
}
