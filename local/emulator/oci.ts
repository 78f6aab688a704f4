import { answerForFunction, type InvokedFunction } from "../functions/functions.ts";
import { type LoopbackServer, serveLoopback } from "../loopback.ts";
import { createOns, type OnsEmulator } from "../notifications/ons.ts";
import { createObjectStorage, type ObjectStorageEmulator } from "../object-storage/object-storage.ts";
import { createSecrets, type SecretsEmulator } from "../vault/secrets.ts";
import type { Issuer } from "./principal.ts";
import { refusal } from "./wire.ts";

export interface OciEmulator extends LoopbackServer {
  ons: OnsEmulator;
  storage: ObjectStorageEmulator;
  secrets: SecretsEmulator;
  /** By OCID; one that is added counts at once. */
  functions: Map<string, InvokedFunction>;
}

export interface OciOptions {
  issuer: Issuer;
  /** OCIDs of the topics of ONS that there are. */
  topics: string[];
  buckets: string[];
  functions?: Map<string, InvokedFunction>;
}

/** All of the local OCI behind one URL, because the relay has one for all services (OCI_ENDPOINT_URL). */
export async function startOci({ issuer, topics, buckets, functions = new Map() }: OciOptions): Promise<OciEmulator> {
  const ons = createOns({ issuer, topics });
  const storage = createObjectStorage({ issuer, buckets });
  const secrets = createSecrets({ issuer });
  const server = await serveLoopback((request) => {
    if (request.path.startsWith("/20181201/topics/")) return ons.answer(request);
    if (/^\/n(?:[/?]|$)/.test(request.path)) return storage.answer(request);
    if (request.path.startsWith("/20190301/secretbundles/")) return secrets.answer(request);
    if (request.path.startsWith("/20181201/functions/")) return answerForFunction(request, { issuer, functions });
    return refusal(request, 404, "NotFound", "no such service here");
  });
  return { ...server, ons, storage, secrets, functions };
}
