import { inParallel } from "../../src/parallel.ts";
import type { Actual, KindOfThing, Place } from "./kind.ts";
import { isOwned, listAll, unlessGone, until } from "./kind.ts";

const DELETES_AT_ONCE = 16;

export const bucket: KindOfThing = {
  noun: "bucket",
  async list(place) {
    const { clients, compartmentId, namespaceName } = place;
    const summaries = await listAll((page) =>
      clients.storage.listBuckets({ namespaceName, compartmentId, fields: ["tags" as never], ...page }),
    );
    return Promise.all(
      summaries.map(async ({ name, ...summary }): Promise<Actual> => {
        const isOurs = isOwned(summary, place);
        // Only of ours is there more to know.
        const attributes = isOurs ? await bucketAttributes(name, place) : { name };
        return { kind: "bucket", id: name, name, attributes, isOurs };
      }),
    );
  },
  isSame: (actual, wanted) => actual.name === wanted.name,
  async create(wanted, { clients, namespaceName }) {
    await clients.storage.createBucket({ namespaceName, createBucketDetails: wanted as never });
    return String(wanted.name);
  },
  async update({ name }, wanted, { clients, namespaceName }) {
    const { publicAccessType, objectEventsEnabled, freeformTags } = wanted;
    const updateBucketDetails = { publicAccessType, objectEventsEnabled, freeformTags } as never;
    await clients.storage.updateBucket({ namespaceName, bucketName: name, updateBucketDetails });
  },
  async remove({ name }, { clients, namespaceName }) {
    const place = { namespaceName, bucketName: name };
    const names: string[] = [];
    for await (const objectName of objectNames(name, { clients, namespaceName })) names.push(objectName);
    await inParallel(names, DELETES_AT_ONCE, async (objectName) => {
      await unlessGone(clients.storage.deleteObject({ ...place, objectName }));
    });
    await unlessGone(clients.storage.deleteBucket(place));
  },
};

async function bucketAttributes(bucketName: string, { clients, namespaceName }: Place): Promise<Actual["attributes"]> {
  const { bucket: thing } = await clients.storage.getBucket({ namespaceName, bucketName });
  const { name, compartmentId, publicAccessType, storageTier, objectEventsEnabled, versioning, freeformTags } = thing;
  return { name, compartmentId, publicAccessType, storageTier, objectEventsEnabled, versioning, freeformTags };
}

/** The names of all objects of a bucket that begin so. */
export async function* objectNames(
  bucketName: string,
  { clients, namespaceName }: Pick<Place, "clients" | "namespaceName">,
  prefix = "",
): AsyncIterable<string> {
  let start: string | undefined;
  do {
    const { listObjects } = await clients.storage.listObjects({
      ...{ namespaceName, bucketName, prefix },
      ...(start !== undefined && { start }),
    });
    for (const { name } of listObjects.objects) yield name;
    start = listObjects.nextStartWith;
  } while (start !== undefined);
}

export const lifecycle: KindOfThing = {
  noun: "lifecycle policy",
  async list({ found, clients, namespaceName }) {
    const buckets = found.filter(({ kind, isOurs }) => kind === "bucket" && isOurs);
    const policies = buckets.map(async ({ name }): Promise<Actual[]> => {
      const policy = await unlessGone(clients.storage.getObjectLifecyclePolicy({ namespaceName, bucketName: name }));
      if (policy === undefined) return [];
      const attributes = { bucketName: name, items: policy.objectLifecyclePolicy.items };
      return [{ kind: "lifecycle", id: name, name, attributes, isOurs: true }];
    });
    return (await Promise.all(policies)).flat();
  },
  isSame: (actual, wanted) => actual.name === wanted.bucketName,
  async create(wanted, place) {
    await put(wanted, place);
    return String(wanted.bucketName);
  },
  update: (_, wanted, place) => put(wanted, place),
  async remove({ name }, { clients, namespaceName }) {
    await unlessGone(clients.storage.deleteObjectLifecyclePolicy({ namespaceName, bucketName: name }));
  },
};

/** A policy that lets Object Storage delete takes a while to be known everywhere. */
async function put({ bucketName, items }: Actual["attributes"], { clients, namespaceName }: Place): Promise<void> {
  await until("Object Storage was not allowed to delete by lifecycle", async () => {
    const putObjectLifecyclePolicyDetails = { items } as never;
    const request = { namespaceName, bucketName: String(bucketName), putObjectLifecyclePolicyDetails };
    return clients.storage.putObjectLifecyclePolicy(request).catch((error: { serviceCode?: string }) => {
      if (error?.serviceCode === "InsufficientServicePermissions") return undefined;
      throw error;
    });
  });
}
