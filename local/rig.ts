import type { Reply } from "../src/outcome.ts";
import { type OciEmulator, startOci } from "./emulator/oci.ts";
import { createIssuer } from "./emulator/principal.ts";
import { createFnHost, type FnHost, type FnHostOptions, type FnResponse } from "./fn-host.ts";
import type { OnsEmulator } from "./notifications/ons.ts";
import type { ObjectStorageEmulator } from "./object-storage/object-storage.ts";
import { type Sink, startSink } from "./sink.ts";
import { stockEntry } from "./stock.ts";
import type { SecretsEmulator } from "./vault/secrets.ts";

/** A whole relay on this machine: the function under the Fn host, a webhook sink and the services of OCI that it uses. */
export interface Rig {
  host: FnHost;
  /** One more container of the same function, beside `host`: same entry, configuration and logs. */
  anotherHost: () => FnHost;
  sink: Sink;
  oci: OciEmulator;
  ons: OnsEmulator;
  storage: ObjectStorageEmulator;
  secrets: SecretsEmulator;
  /** The function's configuration; a change counts from the next cold start. */
  config: Record<string, string>;
  /** Every line that the function has logged. */
  logs: string[];
  close: () => Promise<void>;
}

export const LOCAL_SECRET_KEY = "local-secret-key-of-32-characters";
export const LOCAL_TOPIC_ID = "ocid1.onstopic.oc1.phx.aaaaaaaalocalexampletopic";
/** Always there; used only where the configuration names it. */
export const LOCAL_BUCKET = "relay-local";

/** @param options config: added to that of the two local destinations; an empty value takes one of those away */
export async function startRig(options: Partial<FnHostOptions> & { webhookPath?: string } = {}): Promise<Rig> {
  const issuer = createIssuer();
  const principal = issuer.principal();
  const oci = await startOci({ issuer, topics: [LOCAL_TOPIC_ID], buckets: [LOCAL_BUCKET] });
  const sink = await startSink({ secretKey: LOCAL_SECRET_KEY });
  const logs: string[] = [];
  const config = {
    ...localConfig(sink.url + (options.webhookPath ?? "/webhook"), oci.url),
    ...principal.variables,
    ...options.config,
  };
  const entry = options.entry ?? (await stockEntry());
  const hosts: FnHost[] = [];
  const anotherHost = () => {
    const host = createFnHost({
      ...options,
      entry,
      config,
      onLog: (line) => {
        logs.push(line);
        options.onLog?.(line);
      },
    });
    hosts.push(host);
    return host;
  };
  return {
    host: anotherHost(),
    anotherHost,
    sink,
    oci,
    ons: oci.ons,
    storage: oci.storage,
    secrets: oci.secrets,
    config,
    logs,
    async close() {
      await Promise.all(hosts.map((host) => host.stop()));
      await Promise.all([sink.close(), oci.close()]);
      principal.remove();
    },
  };
}

function localConfig(webhookUrl: string, ociUrl: string): Record<string, string> {
  return {
    WEBHOOK_URL: webhookUrl,
    WEBHOOK_SECRET_KEY: LOCAL_SECRET_KEY,
    ONS_TOPIC_ID: LOCAL_TOPIC_ID,
    OCI_ENDPOINT_URL: ociUrl,
  };
}

/** The relay's reply, also where the caller sees no more of it than "function failed": then it is the last that was thrown. */
export function replyOf(response: FnResponse, logs: readonly string[]): Reply | { message: string } {
  const body = JSON.parse(response.body);
  if (body.message !== "function failed") return body;
  const thrown = logs.findLast((line) => line.startsWith(THROWN));
  return thrown === undefined ? body : JSON.parse(thrown.slice(THROWN.length));
}

const THROWN = "Error in function: ";
