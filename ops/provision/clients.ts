import { MaxAttemptsTerminationStrategy, type RetryConfiguration } from "oci-common";
import { EventsClient } from "oci-events";
import { FunctionsManagementClient } from "oci-functions";
import { IdentityClient } from "oci-identity";
import { LoggingManagementClient } from "oci-logging";
import { MonitoringClient } from "oci-monitoring";
import { ObjectStorageClient } from "oci-objectstorage";
import { NotificationControlPlaneClient, NotificationDataPlaneClient } from "oci-ons";
import { StreamAdminClient } from "oci-streaming";
import type { Access } from "../access.ts";

/** A client of the SDK for each service, as one operator in one region. */
export interface Clients {
  topics: NotificationControlPlaneClient;
  subscriptions: NotificationDataPlaneClient;
  events: EventsClient;
  functions: FunctionsManagementClient;
  storage: ObjectStorageClient;
  logging: LoggingManagementClient;
  monitoring: MonitoringClient;
  streams: StreamAdminClient;
  /** For the tenancy's home region: identity is written there only. */
  identity: IdentityClient;
  close: () => void;
}

const MAX_ATTEMPTS = 3;

/** As the SDK comes a client tries eight times, a minute and a half, before it says that nobody answers. */
const THREE_TRIES = { terminationStrategy: new MaxAttemptsTerminationStrategy(MAX_ATTEMPTS) };

/** What all clients of the SDK have in common. */
interface SdkClient {
  regionId: string;
  endpoint: string;
  close: () => void;
}

export function clientsOf({ identity, endpoint, region }: Access): Clients {
  const made: SdkClient[] = [];
  type Parameters = ConstructorParameters<typeof EventsClient>;
  function client<T>(
    Client: new (...parameters: Parameters) => T,
    retryConfiguration: RetryConfiguration = THREE_TRIES,
  ): T {
    const each = new Client({ authenticationDetailsProvider: identity }, { retryConfiguration });
    const known = each as unknown as SdkClient;
    made.push(known);
    if (region !== undefined) known.regionId = region;
    if (endpoint !== undefined) known.endpoint = endpoint;
    return each;
  }
  return {
    topics: client(NotificationControlPlaneClient),
    subscriptions: client(NotificationDataPlaneClient),
    events: client(EventsClient),
    functions: client(FunctionsManagementClient),
    storage: client(ObjectStorageClient),
    logging: client(LoggingManagementClient),
    monitoring: client(MonitoringClient),
    streams: client(StreamAdminClient),
    identity: client(IdentityClient),
    close: () => {
      for (const each of made) each.close();
    },
  };
}
