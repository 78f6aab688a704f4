import type { Actual, Place } from "./kind.ts";
import { GIVEN } from "./settings-of.ts";

/** A function that stays, and those of its settings that name what goes, or is gone already. */
export type Stale = readonly [Actual, Readonly<Record<string, string>>];

export async function staleSettings(ours: readonly Actual[], place: Place): Promise<Stale[]> {
  const { found, owner } = place;
  const going = ours.flatMap(({ kind, id }) => (kind === "topic" || kind === "bucket" ? [id] : []));
  // A function whose buckets have our names is served by this relay, though they may be gone.
  const known = [...going, `${owner}-dead-letters`, `${owner}-dedupe`];
  const staying = found.filter(({ kind, isOurs }) => kind === "function" && !isOurs);
  const stale = staying.map(async (actual): Promise<Stale[]> => {
    const config = Object.entries((actual.attributes.config ?? {}) as Record<string, string>);
    const given = config.filter(([name]) => GIVEN.includes(name));
    if (!given.some(([, value]) => known.includes(value))) return [];
    const isStale = await Promise.all(
      given.map(([name, value]) => going.includes(value) || isGone(name, value, place)),
    );
    const settings = given.filter((_, index) => isStale[index]);
    return settings.length > 0 ? [[actual, Object.fromEntries(settings)]] : [];
  });
  return (await Promise.all(stale)).flat();
}

/** What OCI does not say is taken to be there. */
async function isGone(name: string, value: string, { clients, namespaceName }: Place): Promise<boolean> {
  const asked =
    name === "ONS_TOPIC_ID"
      ? clients.topics.getTopic({ topicId: value })
      : clients.storage.getBucket({ namespaceName, bucketName: value });
  return asked.then(
    () => false,
    (error: { statusCode?: number }) => error?.statusCode === 404,
  );
}
