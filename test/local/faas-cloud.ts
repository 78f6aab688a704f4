import { FunctionsInvokeClient, FunctionsManagementClient, type models } from "oci-functions";
import type { Cloud } from "../../local/emulator/cloud.ts";
import { createIssuer } from "../../local/emulator/principal.ts";
import { createFaas, type Faas, type FaasOptions } from "../../local/functions/faas.ts";
import { COMPARTMENT, startTestCloud, type TestCloud } from "./cloud.ts";
import { apiKeyUser, oneTry, resourcePrincipal } from "./sdk.ts";

export const SUBNET = "ocid1.subnet.oc1.phx.example";
export const IMAGE = "phx.ocir.io/tenancy/oci-event-relay:0.1.0";

// Once for a whole file: keys take time.
const issuer = createIssuer();
const user = issuer.user();
const principal = issuer.principal();

export interface FaasCloud extends TestCloud {
  faas: Faas;
  admin: FunctionsManagementClient;
  /** Of a user. */
  invoker: FunctionsInvokeClient;
  /** Of a function. */
  functionInvoker: FunctionsInvokeClient;
  application: (more?: Partial<models.CreateApplicationDetails>) => Promise<models.Application>;
  fn: (applicationId: string, more?: Partial<models.CreateFunctionDetails>) => Promise<models.Function>;
}

/** OCI Functions with a cloud around it, and the SDK's own clients, unmodified. */
export async function startFaasCloud(options: FaasOptions & { cloud?: Partial<Cloud> } = {}): Promise<FaasCloud> {
  let faas: Faas | undefined;
  const started = await startTestCloud(
    (cloud) => {
      faas = createFaas(cloud, options);
      return faas.operations;
    },
    { issuer, ...options.cloud },
  );
  if (faas === undefined) throw new Error("the services were not asked for");
  const made = faas;
  const authenticationDetailsProvider = apiKeyUser(user);
  const admin = new FunctionsManagementClient({ authenticationDetailsProvider }, oneTry());
  const invoker = new FunctionsInvokeClient({ authenticationDetailsProvider }, oneTry());
  const functionInvoker = new FunctionsInvokeClient(
    { authenticationDetailsProvider: resourcePrincipal(principal) },
    oneTry(),
  );
  for (const client of [admin, invoker, functionInvoker]) client.endpoint = started.url;
  return {
    ...started,
    faas: made,
    admin,
    invoker,
    functionInvoker,
    async application(more = {}) {
      const details = { compartmentId: COMPARTMENT, displayName: "app", subnetIds: [SUBNET], ...more };
      return (await admin.createApplication({ createApplicationDetails: details })).application;
    },
    async fn(applicationId, more = {}) {
      const details = { applicationId, displayName: "relay", image: IMAGE, memoryInMBs: 256, ...more };
      return (await admin.createFunction({ createFunctionDetails: details })).function;
    },
    async close() {
      for (const client of [admin, invoker, functionInvoker]) client.close();
      await made.close();
      await started.close();
    },
  };
}
