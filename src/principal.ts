import { madeOnce } from "./made-once.ts";
import { type OciPrincipal, resourcePrincipal } from "./oci.ts";

/**
 * The function's resource principal, made at the first call and shared by all.
 * @param regionId for a principal whose region the SDK does not know
 */
export function sharedPrincipal(regionId: string | undefined): () => Promise<OciPrincipal> {
  return madeOnce(async () => resourcePrincipal(regionId));
}
