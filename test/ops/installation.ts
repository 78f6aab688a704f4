import { ConfigFileAuthenticationDetailsProvider } from "oci-common";
import { FunctionsManagementClient } from "oci-functions";
import { newThing } from "../../local/emulator/api.ts";
import type { ApiKeyUser } from "../../local/emulator/principal.ts";
import { type LocalCloud, type LocalCloudOptions, startCloud } from "../../local/emulator/start-cloud.ts";
import { type Sink, startSink } from "../../local/sink.ts";
import { stockEntry } from "../../local/stock.ts";
import { type Ran, type RunOptions, runTool } from "./tool.ts";

export const COMPARTMENT = "ocid1.compartment.oc1..aaaaaaaarelaycompartment";
const SUBNET = "ocid1.subnet.oc1.phx.aaaaaaaarelaysubnet";
export const SECRET_KEY = "installation-secret-key-of-32-char";

export interface Installation {
  local: LocalCloud;
  sink: Sink;
  user: ApiKeyUser;
  /** The OCID of the function that `fn deploy` has left. */
  functionId: string;
  /** The tool as a process, as this user, against this cloud; with nothing of this environment but what it is given. */
  relay: (args: readonly string[], options?: RunOptions) => Promise<Ran>;
  /** The tool with --compartment and access. */
  at: (args: readonly string[], options?: RunOptions) => Promise<Ran>;
  close: () => Promise<void>;
}

/** A local tenancy with a deployed function, and a receiver; no relay is wired up yet. */
export async function startInstallation(
  options: LocalCloudOptions & { isDeployed?: boolean } = {},
): Promise<Installation> {
  const { isDeployed = true, ...cloudOptions } = options;
  const entry = await stockEntry();
  const sink = await startSink({ secretKey: SECRET_KEY });
  const local = await startCloud({ ...cloudOptions, entryOf: () => entry });
  const user = local.issuer.user();
  const { cloud } = local;
  cloud.store.collection("compartments").set(COMPARTMENT, {
    ...newThing({ kind: "compartment" }, { compartmentId: cloud.tenancyId }),
    ...{ id: COMPARTMENT, name: "relay", description: "of the relay", lifecycleState: "ACTIVE" },
  });
  const functionId = isDeployed ? await deploy(local, user) : "";
  return {
    ...{ local, sink, user, functionId, relay: runTool },
    at: (args, { env, ...rest } = {}) =>
      runTool([...wordsOf(args), "--compartment", COMPARTMENT, "--config-file", user.configFile, ...optionsOf(args)], {
        ...rest,
        env: {
          OCI_ENDPOINT_URL: local.url,
          WEBHOOK_URL: `${sink.url}/hook`,
          WEBHOOK_SECRET_KEY: SECRET_KEY,
          ...env,
        },
      }),
    async close() {
      await local.close();
      await sink.close();
      user.remove();
    },
  };
}

const firstOption = (args: readonly string[]) => [...args, "--"].findIndex((arg) => arg.startsWith("--"));
const wordsOf = (args: readonly string[]) => args.slice(0, firstOption(args));
/** Given last, so that they count. */
const optionsOf = (args: readonly string[]) => args.slice(firstOption(args));

/** What `fn deploy` does, as far as OCI is concerned. */
async function deploy({ url }: LocalCloud, { configFile }: ApiKeyUser): Promise<string> {
  const functions = new FunctionsManagementClient({
    authenticationDetailsProvider: new ConfigFileAuthenticationDetailsProvider(configFile),
  });
  functions.endpoint = url;
  const createApplicationDetails = { compartmentId: COMPARTMENT, displayName: "relay", subnetIds: [SUBNET] };
  const { application } = await functions.createApplication({ createApplicationDetails });
  const image = "phx.ocir.io/tenancy/oci-event-relay:0.1.0";
  const made = await functions.createFunction({
    createFunctionDetails: { applicationId: application.id, displayName: "oci-event-relay", image, memoryInMBs: 256 },
  });
  functions.close();
  return made.function.id;
}

const KINDS = ["topics", "subscriptions", "dynamic-groups", "policies", "log-groups", "logs", "rules", "alarms"];

/** What of the relay's there is in the cloud: kind -> names, those of deleted things left out. */
export function ownedIn({ cloud }: LocalCloud): Record<string, string[]> {
  interface Owned {
    name?: string;
    displayName?: string;
    endpoint?: string;
    freeformTags?: Record<string, string>;
    lifecycleState?: string;
  }
  const ofKind = (kind: string) =>
    [...cloud.store.collection<Owned>(kind).values()]
      .filter(({ freeformTags }) => freeformTags?.["oci-event-relay"] !== undefined)
      .filter(({ lifecycleState }) => lifecycleState !== "DELETED" && lifecycleState !== "DELETING")
      .map(({ name, displayName, endpoint }) => name ?? displayName ?? endpoint ?? "?")
      .sort();
  return Object.fromEntries([...KINDS, "buckets"].map((kind) => [kind, ofKind(kind)]));
}

/** All that apply makes of the stock relay with one subscription. */
export const WHOLE = {
  topics: ["relay"],
  subscriptions: ["ops@example.com"],
  "dynamic-groups": ["relay-function"],
  policies: ["relay"],
  "log-groups": ["relay"],
  logs: ["relay-function-invoke"],
  rules: ["relay", "relay-identity"],
  alarms: ["relay-dead-letters", "relay-function-errors", "relay-identity-not-delivered", "relay-not-delivered"],
  buckets: ["relay-dead-letters", "relay-dedupe"],
};
export const NOTHING = Object.fromEntries(Object.keys(WHOLE).map((kind) => [kind, []]));
