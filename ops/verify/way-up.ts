import type { OpenPlace } from "../provision/place.ts";

/** The compartments from the relay's own up to the root: their rules get its events, their policies count for it. */
export interface WayUp {
  /** The relay's own first, the root last. */
  ids: readonly string[];
  /** Of the relay's own, as events of it carry it; undefined where it cannot be read. */
  name: string | undefined;
  /** False where one could not be read: what is above that is not known, but for the root. */
  isWhole: boolean;
}

export async function wayUp({ clients, compartmentId, tenancyId }: OpenPlace): Promise<WayUp> {
  const read = (id: string) =>
    clients.identity.getCompartment({ compartmentId: id }).then(
      ({ compartment }) => compartment,
      () => undefined,
    );
  const own = await read(compartmentId);
  const ids = [compartmentId];
  let last = own;
  while (ids.at(-1) !== tenancyId && last?.compartmentId && !ids.includes(last.compartmentId)) {
    ids.push(last.compartmentId);
    if (last.compartmentId !== tenancyId) last = await read(last.compartmentId);
  }
  const isWhole = ids.at(-1) === tenancyId;
  return { ids: isWhole ? ids : [...ids, tenancyId], name: own?.name, isWhole };
}
