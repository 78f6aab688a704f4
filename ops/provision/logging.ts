import type { Clients } from "./clients.ts";
import type { Actual, Attributes, KindOfThing } from "./kind.ts";
import { isOwned, listAll, unlessGone, until } from "./kind.ts";

export const logGroup: KindOfThing = {
  noun: "log group",
  async list(place) {
    const { clients, compartmentId } = place;
    const groups = await listAll((page) => clients.logging.listLogGroups({ compartmentId, ...page }));
    return groups.map((thing): Actual => {
      const { id, displayName, description, freeformTags } = thing;
      const attributes = { compartmentId: thing.compartmentId, displayName, description, freeformTags };
      return { kind: "log-group", id, name: displayName, attributes, isOurs: isOwned(thing, place) };
    });
  },
  isSame: (actual, wanted) => actual.name === wanted.displayName,
  async create(wanted, { clients }) {
    const { opcWorkRequestId } = await clients.logging.createLogGroup({ createLogGroupDetails: wanted as never });
    return madeBy(opcWorkRequestId, `log group ${wanted.displayName}`, clients);
  },
  async update({ id }, { displayName, description, freeformTags }, { clients }) {
    const updateLogGroupDetails = { displayName, description, freeformTags } as never;
    await clients.logging.updateLogGroup({ logGroupId: id, updateLogGroupDetails });
  },
  async remove({ id, name }, { clients }) {
    const asked = await unlessGone(clients.logging.deleteLogGroup({ logGroupId: id }));
    if (asked !== undefined) await finished(asked.opcWorkRequestId, `log group ${name}`, clients);
  },
};

export const log: KindOfThing = {
  noun: "log",
  // Of an application's invocations there can be but one.
  mayBeOthers: true,
  fixed: ["configuration", "logType"],
  async list(place) {
    const { clients, found } = place;
    const groups = found.filter(({ kind }) => kind === "log-group");
    const lists = groups.map(({ id: logGroupId }) =>
      listAll((page) => clients.logging.listLogs({ logGroupId, ...page })),
    );
    return (await Promise.all(lists)).flat().map((thing): Actual => {
      const { id, logGroupId, displayName, logType, isEnabled, retentionDuration, configuration, freeformTags } = thing;
      const attributes = {
        ...{ logGroupId, displayName, logType, isEnabled, retentionDuration, configuration, freeformTags },
      };
      return { kind: "log", id, name: displayName, attributes, isOurs: isOwned(thing, place) };
    });
  },
  isSame: ({ name, attributes }, wanted) =>
    isOfSameSource(attributes, wanted) || (name === wanted.displayName && attributes.logGroupId === wanted.logGroupId),
  async create({ logGroupId, ...wanted }, { clients }) {
    const asked = { logGroupId: String(logGroupId), createLogDetails: wanted as never };
    const { opcWorkRequestId } = await clients.logging.createLog(asked);
    return madeBy(opcWorkRequestId, `log ${wanted.displayName}`, clients);
  },
  async update({ id, attributes }, wanted, { clients }) {
    const { displayName, isEnabled, retentionDuration, freeformTags } = wanted;
    const updateLogDetails = { displayName, isEnabled, retentionDuration, freeformTags } as never;
    const { opcWorkRequestId } = await clients.logging.updateLog({
      ...{ logGroupId: String(attributes.logGroupId), logId: id, updateLogDetails },
    });
    await finished(opcWorkRequestId, `log ${displayName}`, clients);
  },
  async remove({ id, name, attributes }, { clients }) {
    const which = { logGroupId: String(attributes.logGroupId), logId: id };
    const asked = await unlessGone(clients.logging.deleteLog(which));
    if (asked !== undefined) await finished(asked.opcWorkRequestId, `log ${name}`, clients);
  },
};

/** Logging answers with a work request, which knows the new thing's OCID once it is done. */
async function madeBy(workRequestId: string, what: string, clients: Clients): Promise<string> {
  const { resources } = await finished(workRequestId, what, clients);
  const made = resources.find(({ actionType }) => String(actionType) === "CREATED") ?? resources[0];
  if (made === undefined) throw new Error(`${what}: its work request ${workRequestId} names nothing that was made`);
  return made.identifier;
}

async function finished(workRequestId: string, what: string, { logging }: Clients) {
  return until(`${what} was not ready`, async () => {
    const { workRequest } = await logging.getWorkRequest({ workRequestId });
    const status = String(workRequest.status);
    if (status === "FAILED" || status === "CANCELED") {
      const errors = await logging.listWorkRequestErrors({ workRequestId });
      const why = errors.items.map(({ message }) => message).join("; ");
      throw new Error(`${what}: its work request ${workRequestId} is ${status}${why ? `: ${why}` : ""}`);
    }
    return status === "SUCCEEDED" ? workRequest : undefined;
  });
}

function isOfSameSource(one: Attributes, other: Attributes): boolean {
  const sourceOf = ({ configuration }: Attributes) =>
    (configuration as { source?: { resource?: unknown; category?: unknown } } | undefined)?.source;
  const [first, second] = [sourceOf(one), sourceOf(other)];
  return first?.resource !== undefined && first.resource === second?.resource && first.category === second?.category;
}
