import { ObjectStorageClient } from "oci-objectstorage";
import type { Cloud } from "../../local/emulator/cloud.ts";
import { createIssuer } from "../../local/emulator/principal.ts";
import { serveLoopback } from "../../local/loopback.ts";
import {
  createObjectStorage,
  LOCAL_NAMESPACE,
  type ObjectStorageEmulator,
  type ObjectStorageOptions,
} from "../../local/object-storage/object-storage.ts";
import { startTestCloud, type TestCloud } from "./cloud.ts";
import { apiKeyUser, oneTry, resourcePrincipal } from "./sdk.ts";

export const inNamespace = { namespaceName: LOCAL_NAMESPACE };

// Once for a whole file: keys take time.
const issuer = createIssuer();
const user = issuer.user();
const principal = issuer.principal();

export interface StorageCloud {
  cloud: Cloud;
  asked: TestCloud["asked"];
  storage: ObjectStorageEmulator;
  url: string;
  /** Of a user, who may do everything unless told. */
  client: ObjectStorageClient;
  /** Of a function. */
  functionClient: ObjectStorageClient;
  close: () => Promise<void>;
}

/** Object Storage with a cloud around it: its buckets are kept, its callers need permissions, its events go on the bus. */
export async function startStorageCloud(
  overrides: Partial<Cloud> = {},
  options: Partial<ObjectStorageOptions> = {},
): Promise<StorageCloud> {
  const { cloud, asked, close: closeCloud } = await startTestCloud(() => [], { issuer, ...overrides });
  const storage = createObjectStorage({ issuer: cloud.issuer, buckets: [], cloud, ...options });
  const server = await serveLoopback(async (request) => {
    const answer = await storage.answer(request);
    cloud.store.save();
    return answer;
  });
  const [client, functionClient] = [apiKeyUser(user), resourcePrincipal(principal)].map((provider) => {
    const made = new ObjectStorageClient({ authenticationDetailsProvider: provider }, oneTry());
    made.endpoint = server.url;
    return made;
  }) as [ObjectStorageClient, ObjectStorageClient];
  return {
    cloud,
    asked,
    storage,
    url: server.url,
    client,
    functionClient,
    async close() {
      client.close();
      functionClient.close();
      await Promise.all([server.close(), closeCloud()]);
    },
  };
}
