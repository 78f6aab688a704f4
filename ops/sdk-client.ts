import {
  type AuthenticationDetailsProvider,
  CircuitBreaker,
  DefaultRequestSigner,
  FetchHttpClient,
  type HttpClient,
  MaxAttemptsTerminationStrategy,
} from "oci-common";
import type { EventsClient } from "oci-events";
import { isRecord } from "../src/problem.ts";
import type { Access } from "./access.ts";

/** What all clients of the SDK have in common. */
export interface SdkClient {
  regionId: string;
  endpoint: string;
  /** Its service, for people: Events, ObjectStorage. */
  targetService: string;
  close: () => void;
}

type Parameters = ConstructorParameters<typeof EventsClient>;

const MAX_ATTEMPTS = 3;
const TIMEOUT_MS = 60_000;

/**
 * A client of any service, as this operator. As the SDK comes it tries eight times, a minute and a half, before it says that nobody answers,
 * and waits for an answer that does not come for as long as fetch does: five minutes.
 */
export function sdkClient<T>(
  Client: new (...parameters: Parameters) => T & SdkClient,
  { identity, endpoint, region }: Access,
  timeoutMs = TIMEOUT_MS,
): T & SdkClient {
  // It takes both, whatever its type says: the region is the identity's.
  const who = { authenticationDetailsProvider: identity, httpClient: httpClient(identity, timeoutMs) };
  const client = new Client(who as object as Parameters[0], {
    retryConfiguration: { terminationStrategy: new MaxAttemptsTerminationStrategy(MAX_ATTEMPTS) },
    circuitBreaker: new CircuitBreaker({ disableClientCircuitBreaker: true }),
  });
  if (region !== undefined) client.regionId = region;
  if (endpoint !== undefined) client.endpoint = endpoint;
  return tellingForeignAnswers(client);
}

/** The SDK's own, but that it waits for the beginning of an answer no longer than this. */
function httpClient(identity: AuthenticationDetailsProvider, timeoutMs: number): HttpClient {
  const signer = new DefaultRequestSigner(identity);
  return {
    async send(request, ...rest) {
      const silence = new AbortController();
      const timer = setTimeout(() => silence.abort(), timeoutMs);
      try {
        const client = new FetchHttpClient(signer, undefined, { signal: silence.signal });
        return await withWait(await client.send(request, ...rest));
      } catch (error) {
        const { host } = new URL(request.uri);
        // fetch says no more than "fetch failed"; why is in its cause.
        const cause = error instanceof Error && isRecord(error.cause) ? error.cause : {};
        if (!silence.signal.aborted) throw new Error(`${host}: ${String(cause.code ?? cause.message ?? error)}`);
        const message = `${host} said nothing for ${timeoutMs / 1000} s`;
        throw Object.assign(new Error(message), { shouldBeRetried: false });
      } finally {
        clearTimeout(timer);
      }
    },
  };
}

/** Of a refusal the SDK keeps code and message alone: how long to wait has to be said there. */
async function withWait(response: Response): Promise<Response> {
  const wait = response.headers.get("retry-after");
  if (response.status !== 429 || wait === null) return response;
  const said: unknown = await response.json().catch(() => undefined);
  const { code = "TooManyRequests", message = "" } = isRecord(said) ? said : {};
  return Response.json({ code, message: `${message} (Retry-After: ${wait})`.trim() }, { status: 429 });
}

/** Over an answer of 200 that is not its service's the SDK stumbles, as code with a fault does. */
function tellingForeignAnswers<T extends SdkClient>(client: T): T {
  return new Proxy(client, {
    get(target, name) {
      const value = Reflect.get(target, name);
      if (typeof value !== "function") return value;
      return async (...parameters: unknown[]) => {
        try {
          return await value.apply(target, parameters);
        } catch (error) {
          if (!(error instanceof SyntaxError || error instanceof TypeError)) throw error;
          const what = `answered 200 with something that is no answer of ${target.targetService}`;
          throw new Error(`${what}: is there a proxy in between?`);
        }
      };
    },
    // The SDK's setters want the client itself.
    set: (target, name, value) => Reflect.set(target, name, value),
  });
}
