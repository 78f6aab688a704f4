// Entry of dist/oci.cjs: what only works with the services of OCI, and Oracle's SDK. Loaded only where one of them is configured.
import type { Destination } from "./deliver/destination.ts";
import { createOns, type OnsSettings } from "./deliver/ons.ts";
import { sharedPrincipal } from "./principal.ts";
import { createClaims } from "./store/claims.ts";
import { createDeadLetters, type DeadLetters } from "./store/dead-letters.ts";
import { createObjectStorage } from "./store/object-storage.ts";
import { createVault, type Vault } from "./vault.ts";

export interface OciSettings {
  /** Instead of the region's own endpoints, for the emulator. */
  endpointUrl: URL | undefined;
  /** For a principal whose region the SDK does not know. */
  regionId: string | undefined;
  now: () => number;
}

/** What is made of the services of OCI. */
export interface OciServices {
  vault: Vault;
  ons: (settings: OnsSettings) => Destination;
  claims: (bucket: string) => ReturnType<typeof createClaims>;
  /** @param secrets the relay's own, as far as they are known by now */
  deadLetters: (bucket: string, secrets: () => readonly string[]) => DeadLetters;
}

export function createOciServices({ endpointUrl, regionId, now }: OciSettings): OciServices {
  const access = { endpointUrl, principal: sharedPrincipal(regionId) };
  const storage = createObjectStorage(access, now);
  return {
    vault: createVault(access, now),
    ons: (settings) => createOns(settings, access, now),
    claims: (bucket) => createClaims(bucket, storage),
    deadLetters: (bucket, secrets) => createDeadLetters(bucket, storage, secrets),
  };
}
