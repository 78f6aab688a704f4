import type { OciPrincipal } from "./oci.ts";

/**
 * The function's resource principal, made at the first call and shared by all: loading Oracle's SDK takes longer than all the
 * rest of the start. A failure is not kept, so that the next call tries again.
 * @param regionId for a principal whose region the SDK does not know
 */
export function sharedPrincipal(regionId: string | undefined): () => Promise<OciPrincipal> {
  let made: Promise<OciPrincipal> | undefined;
  return () => {
    made ??= make(regionId).catch((error: unknown) => {
      made = undefined;
      throw error;
    });
    return made;
  };
}

async function make(regionId: string | undefined): Promise<OciPrincipal> {
  const { resourcePrincipal } = await import("./oci.ts");
  return resourcePrincipal(regionId);
}
