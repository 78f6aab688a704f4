import { EventsClient } from "oci-events";
import { FunctionsManagementClient } from "oci-functions";
import { IdentityClient } from "oci-identity";
import { LoggingManagementClient } from "oci-logging";
import { MonitoringClient } from "oci-monitoring";
import { ObjectStorageClient } from "oci-objectstorage";
import { NotificationControlPlaneClient, NotificationDataPlaneClient } from "oci-ons";
import { StreamAdminClient } from "oci-streaming";
import type { Access } from "../access.ts";
import { type SdkClient, sdkClient } from "../sdk-client.ts";

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

export function clientsOf(access: Access): Clients {
  const made: SdkClient[] = [];
  function client<T>(Client: Parameters<typeof sdkClient<T>>[0]): T {
    const each = sdkClient(Client, access);
    made.push(each);
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
