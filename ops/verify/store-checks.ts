import { unlessGone } from "../provision/kind.ts";
import { type Check, failed, ok, type Walk, warning } from "./check.ts";

/** The buckets that the function keeps things in: are they there, and closed, and do their events not come back? */
export async function storeChecks(walk: Walk): Promise<Check[]> {
  const { fn } = walk;
  if (!fn?.relay.ok) return [];
  const { deadLetterBucket, dedupeBucket } = fn.relay.relay;
  const named: [string, string | undefined, string][] = [
    ["DEAD_LETTER_BUCKET", deadLetterBucket, "what cannot be delivered is not kept"],
    ["DEDUPE_BUCKET", dedupeBucket, "repeats are delivered again"],
  ];
  const checks = named.map(async ([variable, bucketName, without]): Promise<Check[]> => {
    if (bucketName !== undefined) return bucketChecks(bucketName, variable, walk);
    return [warning(variable, `not set: ${without}`, "let provision apply make the bucket, or set it")];
  });
  return (await Promise.all(checks)).flat();
}

async function bucketChecks(bucketName: string, variable: string, walk: Walk): Promise<Check[]> {
  const link = `bucket ${bucketName}`;
  const { clients, namespaceName } = walk.place;
  const answer = await unlessGone(clients.storage.getBucket({ namespaceName, bucketName }));
  if (answer === undefined) {
    return [failed(link, "404: it is not there, or no policy lets you see it", `make it, or set ${variable} anew`)];
  }
  const { publicAccessType, objectEventsEnabled } = answer.bucket;
  const problems: Check[] = [];
  if (publicAccessType !== undefined && String(publicAccessType) !== "NoPublicAccess") {
    const fix = `oci os bucket update --name ${bucketName} --public-access-type NoPublicAccess`;
    problems.push(failed(link, `anybody may read what is in it: its public access is ${publicAccessType}`, fix));
  }
  if (objectEventsEnabled) {
    const fix = `oci os bucket update --name ${bucketName} --object-events-enabled false`;
    problems.push(warning(link, "it emits object events: each would call the function, which ignores it", fix));
  }
  if (keepsForEver(bucketName, walk)) {
    const found = "nothing is ever deleted from it: its lifecycle policy is gone, or deletes nothing";
    problems.push(warning(link, found, walk.commands.apply));
  }
  return problems.length > 0 ? problems : [ok(link, "there, object events off")];
}

/** How long others keep things in buckets of their own is theirs to say. */
function keepsForEver(bucketName: string, { place, refused }: Walk): boolean {
  const ofBucket = place.found.filter(({ name, isOurs }) => name === bucketName && isOurs);
  if (refused.has("lifecycle") || !ofBucket.some(({ kind }) => kind === "bucket")) return false;
  const policy = ofBucket.find(({ kind }) => kind === "lifecycle");
  const items = (policy?.attributes.items ?? []) as { action?: string; isEnabled?: boolean }[];
  return !items.some(({ action, isEnabled }) => action === "DELETE" && isEnabled !== false);
}
