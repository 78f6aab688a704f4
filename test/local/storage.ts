import type { AuthenticationDetailsProvider } from "oci-common";
import { ObjectStorageClient, type requests } from "oci-objectstorage";
import { startOci } from "../../local/emulator/oci.ts";
import { createIssuer } from "../../local/emulator/principal.ts";
import { LOCAL_NAMESPACE, type ObjectStorageEmulator } from "../../local/object-storage/object-storage.ts";
import { apiKeyUser, oneTry } from "./sdk.ts";

export const BUCKET = "relay";
export const inBucket = { namespaceName: LOCAL_NAMESPACE, bucketName: BUCKET };
export const issuer = createIssuer();

/** A bucket of the emulator and the SDK's own client, unmodified, of somebody who may use it. */
export interface StorageSetup {
  url: string;
  storage: ObjectStorageEmulator;
  client: ObjectStorageClient;
  provider: AuthenticationDetailsProvider;
  put: (
    name: string,
    body?: string | Buffer,
    more?: Partial<requests.PutObjectRequest>,
  ) => ReturnType<ObjectStorageClient["putObject"]>;
  close: () => Promise<void>;
}

export async function startStorage(
  options: { provider?: AuthenticationDetailsProvider; timeoutMs?: number } = {},
): Promise<StorageSetup> {
  const oci = await startOci({ issuer, topics: [], buckets: [BUCKET] });
  const user = issuer.user();
  const provider = options.provider ?? apiKeyUser(user);
  const client = new ObjectStorageClient({ authenticationDetailsProvider: provider }, oneTry(options));
  client.endpoint = oci.url;
  return {
    url: oci.url,
    storage: oci.storage,
    client,
    provider,
    put: (objectName, putObjectBody = "b", more = {}) =>
      client.putObject({ ...inBucket, objectName, putObjectBody, ...more }),
    async close() {
      client.close();
      await oci.close();
      user.remove();
    },
  };
}

/** What a call came to, or the status and code of its refusal. */
export function outcomeOf(call: Promise<unknown>): Promise<unknown> {
  return call.then(
    () => "done",
    ({ statusCode, serviceCode }) => [statusCode, serviceCode],
  );
}
