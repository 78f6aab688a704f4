import { CircuitBreaker, MaxAttemptsTerminationStrategy } from "oci-common";
import type { EventsClient } from "oci-events";
import type { Access } from "./access.ts";

/** What all clients of the SDK have in common. */
export interface SdkClient {
  regionId: string;
  endpoint: string;
  close: () => void;
}

type Parameters = ConstructorParameters<typeof EventsClient>;

const MAX_ATTEMPTS = 3;

/** A client of any service, as this operator. As the SDK comes it tries eight times, a minute and a half, before it says that nobody answers. */
export function sdkClient<T>(
  Client: new (...parameters: Parameters) => T & SdkClient,
  { identity, endpoint, region }: Access,
): T & SdkClient {
  const client = new Client(
    { authenticationDetailsProvider: identity },
    {
      retryConfiguration: { terminationStrategy: new MaxAttemptsTerminationStrategy(MAX_ATTEMPTS) },
      circuitBreaker: new CircuitBreaker({ disableClientCircuitBreaker: true }),
    },
  );
  if (region !== undefined) client.regionId = region;
  if (endpoint !== undefined) client.endpoint = endpoint;
  return client;
}
