import type { Actual, Attributes, KindOfThing, Place } from "./kind.ts";
import { isOwned, listAll, unlessGone, untilActive, untilGone } from "./kind.ts";

export const application: KindOfThing = {
  noun: "Functions application",
  fixed: ["subnetIds"],
  async list(place) {
    const { clients, compartmentId } = place;
    const fetchPage = async (page: { page?: string }) => clients.functions.listApplications({ compartmentId, ...page });
    return (await listAll(fetchPage))
      .filter(({ lifecycleState }) => !["DELETING", "DELETED"].includes(String(lifecycleState)))
      .map((thing): Actual => {
        const { id, displayName, subnetIds, freeformTags } = thing;
        const attributes = { displayName, compartmentId: thing.compartmentId, subnetIds, freeformTags };
        return { kind: "application", id, name: displayName ?? "", attributes, isOurs: isOwned(thing, place) };
      });
  },
  isSame: (actual, wanted) => actual.name === wanted.displayName,
  async create(wanted, { clients }) {
    const made = await clients.functions.createApplication({ createApplicationDetails: wanted as never });
    const { id: applicationId, displayName } = made.application;
    await untilActive(`application ${displayName}`, () => applicationState(applicationId, clients));
    return applicationId;
  },
  async update({ id }, { freeformTags }, { clients }) {
    await clients.functions.updateApplication({
      applicationId: id,
      updateApplicationDetails: { freeformTags } as never,
    });
  },
  async remove({ id, name }, { clients }) {
    await unlessGone(clients.functions.deleteApplication({ applicationId: id }));
    await untilGone(`application ${name}`, () => applicationState(id, clients));
  },
};

async function applicationState(applicationId: string, { functions }: Place["clients"]): Promise<string | undefined> {
  return (await functions.getApplication({ applicationId })).application.lifecycleState;
}

export const fn: KindOfThing = {
  noun: "function",
  obstacle: (wanted, actual) => servesAnother(wanted, actual) ?? tooLarge(wanted, actual),
  async list(place) {
    const { clients, found, applicationName } = place;
    const applications = found.filter(({ kind, name }) => kind === "application" && name === applicationName);
    const lists = applications.map(({ id: applicationId }) =>
      listAll(async (page) => clients.functions.listFunctions({ applicationId, ...page })),
    );
    const summaries = (await Promise.all(lists)).flat();
    const there = summaries.filter(({ lifecycleState }) => !["DELETING", "DELETED"].includes(String(lifecycleState)));
    return Promise.all(there.map(({ id }) => functionOf(id, place)));
  },
  isSame: (actual, wanted) => actual.name === wanted.displayName,
  async create(wanted, { clients }) {
    const made = await clients.functions.createFunction({ createFunctionDetails: wanted as never });
    const { id: functionId, displayName } = made.function;
    await untilActive(`function ${displayName}`, () => functionState(functionId, clients));
    return functionId;
  },
  async update({ id, name, isOurs }, wanted, { clients }) {
    const { image, memoryInMBs, timeoutInSeconds, config, freeformTags } = wanted;
    // An update replaces the whole configuration: what others have set stays, unless it was set meanwhile.
    const { function: now, etag: ifMatch } = await clients.functions.getFunction({ functionId: id });
    const merged = { ...now.config, ...(config as Record<string, string>) };
    const made = isOurs ? { image, memoryInMBs, timeoutInSeconds, freeformTags } : {};
    const updateFunctionDetails = { ...made, config: merged } as never;
    await clients.functions.updateFunction({ functionId: id, updateFunctionDetails, ifMatch });
    await untilActive(`function ${name}`, () => functionState(id, clients));
  },
  async remove({ id, name }, { clients }) {
    await unlessGone(clients.functions.deleteFunction({ functionId: id }));
    await untilGone(`function ${name}`, () => functionState(id, clients));
  },
};

async function functionState(functionId: string, { functions }: Place["clients"]): Promise<string | undefined> {
  return (await functions.getFunction({ functionId })).function.lifecycleState;
}

async function functionOf(functionId: string, place: Place): Promise<Actual> {
  const { function: thing } = await place.clients.functions.getFunction({ functionId });
  const { displayName, applicationId, image, memoryInMBs, timeoutInSeconds, config, freeformTags } = thing;
  const attributes: Attributes = {
    ...{ displayName, applicationId, image, memoryInMBs, timeoutInSeconds, config, freeformTags },
  };
  return { kind: "function", id: thing.id, name: displayName ?? "", attributes, isOurs: isOwned(thing, place) };
}

/**
 * Takes names out of a function's configuration, of a function that stays.
 * @param values only where the value is still this one
 */
export async function takeOutOfConfig(functionId: string, values: Readonly<Record<string, string>>, place: Place) {
  const { functions } = place.clients;
  const { function: now, etag: ifMatch } = await functions.getFunction({ functionId });
  const left = Object.entries(now.config ?? {}).filter(([name, value]) => values[name] !== value);
  const updateFunctionDetails = { config: Object.fromEntries(left) };
  await functions.updateFunction({ functionId, updateFunctionDetails, ifMatch });
}

const configOf = (attributes: Attributes = {}) => (attributes.config ?? {}) as Record<string, unknown>;

/** A function keeps its things in one pair of buckets: with others it is another relay's, which must not lose its own. */
function servesAnother(wanted: Attributes, actual: Actual | undefined): string | undefined {
  const [is, config] = [configOf(actual?.attributes), configOf(wanted)];
  const other = ["DEAD_LETTER_BUCKET", "DEDUPE_BUCKET"].find((each) => is[each] && is[each] !== config[each]);
  if (other === undefined) return undefined;
  return `${actual?.name} keeps its things in ${is[other]} (${other}): it serves another relay. Name a function of its own with --application and --function, or take that setting out of it first`;
}

/** Keys and values together. */
const MAX_CONFIG_BYTES = 4_096;
/** At least, of a topic that is not there yet. */
const OCID_BYTES = 70;

function tooLarge(wanted: Attributes, actual: Actual | undefined): string | undefined {
  // What others have set stays.
  const config = Object.entries({ ...configOf(actual?.attributes), ...configOf(wanted) });
  const sizes = config.map(([name, value]) => ({
    name,
    bytes: Buffer.byteLength(name) + (typeof value === "string" ? Buffer.byteLength(value) : OCID_BYTES),
  }));
  const bytes = sizes.reduce((sum, each) => sum + each.bytes, 0);
  if (bytes <= MAX_CONFIG_BYTES) return undefined;
  const biggest = sizes.sort((one, other) => other.bytes - one.bytes).slice(0, 3);
  return `${wanted.displayName}: its configuration has ${bytes} bytes, keys and values together, and OCI takes ${MAX_CONFIG_BYTES}; the biggest are ${biggest.map((each) => `${each.name} (${each.bytes})`).join(", ")}. Put keys and certificates into OCI Vault, and here vault:<OCID of the secret>; shorten the others, or take out what the relay does not need`;
}
