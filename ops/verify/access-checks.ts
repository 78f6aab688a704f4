import { createStore } from "../../local/emulator/store.ts";
import { createAuthorization } from "../../local/identity/authorization.ts";
import { parseStatement } from "../../local/identity/policy-statement.ts";
import { listAll, unlessGone } from "../provision/kind.ts";
import { type Check, failed, ok, skipped, type Walk, warning } from "./check.ts";
import { type Need, needsOf } from "./needs.ts";

/**
 * What the function may do, by the policies of its compartment, those above it and the root: read as OCI reads them, by the
 * evaluator of the local OCI. What cannot be read, or is not understood, may grant what seems to be missing: then it is a warning.
 */
export async function accessChecks(walk: Walk): Promise<Check[]> {
  if (!walk.fn?.relay.ok) return [];
  const read = await policiesOf(walk);
  const needs = await needsOf(walk);
  if (read === undefined) {
    return [skipped("policies", "you may not read them, or the dynamic groups: the synthetic event tells")];
  }
  const missing = needs.filter((need) => !isGranted(need, walk, read));
  return [
    ...(missing.length === 0 && needs.length > 0 ? [granted(needs)] : missing.map(missingCheck(read))),
    serviceCheck(read, walk),
  ];
}

const LINK = "policies of the function";

function granted(needs: readonly Need[]): Check {
  return ok(LINK, `it may ${needs.map(({ what }) => what).join(", ")}`);
}

function missingCheck({ isWhole }: Policies) {
  return ({ what, statement }: Need): Check => {
    const fix = `in a policy: ${statement}`;
    if (isWhole) return failed(LINK, `nothing lets it ${what}: OCI answers 404`, fix);
    return warning(LINK, `nothing that can be read here lets it ${what}; the synthetic event tells`, fix);
  };
}

function isGranted(
  { permissions, compartmentId, variables }: Need,
  { fn, place }: Walk,
  { allows }: Policies,
): boolean {
  const { tenancyId } = place;
  const caller = { kind: "function" as const, functionId: fn?.id ?? "", compartmentId: place.compartmentId, tenancyId };
  return permissions.every((permission) => allows(caller, permission, { compartmentId, variables }));
}

/** The events service may call functions without a statement, as Oracle's landing zones show; reports say otherwise. */
function serviceCheck({ serviceAllows }: Policies, { place }: Walk): Check {
  const link = "policy of the service cloudEvents";
  const { compartmentId } = place;
  if (serviceAllows("cloudEvents", "FN_INVOCATION", { compartmentId })) return ok(link, "it may call functions");
  const fix = `Allow service cloudEvents to use functions-family in compartment id ${compartmentId}`;
  return warning(
    link,
    "no statement lets it call functions; OCI may not ask for one",
    `if a rule matches and nothing comes: ${fix}`,
  );
}

interface Policies extends ReturnType<typeof createAuthorization> {
  /** All policies on the way up could be read, and all that they say of dynamic groups was understood. */
  isWhole: boolean;
}

/** All that policies say, as far as it can be read; undefined where nothing can be told from it. */
async function policiesOf({ place }: Walk): Promise<Policies | undefined> {
  const { identity } = place.clients;
  const { tenancyId, compartmentId } = place;
  const inTenancy = { compartmentId: tenancyId, compartmentIdInSubtree: true };
  const compartments = await seen(listAll((page) => identity.listCompartments({ ...inTenancy, ...page })));
  const parents = new Map((compartments ?? []).map((each) => [each.id, each.compartmentId]));
  const way = [tenancyId];
  for (let id = compartmentId; id !== tenancyId && !way.includes(id); id = parents.get(id) ?? tenancyId) way.push(id);
  const lists = await Promise.all(
    way.map((each) => seen(listAll((page) => identity.listPolicies({ compartmentId: each, ...page })))),
  );
  const groups = await seen(listAll((page) => identity.listDynamicGroups({ compartmentId: tenancyId, ...page })));
  if (groups === undefined || lists.every((list) => list === undefined)) return undefined;
  const policies = lists.flatMap((list) => list ?? []);
  const store = createStore(undefined);
  for (const [name, things] of Object.entries({
    compartments: compartments ?? [],
    policies,
    "dynamic-groups": groups,
  })) {
    const collection = store.collection(name);
    for (const thing of things) collection.set(thing.id, { ...thing });
  }
  const isWithin = (inner: string, outer: string): boolean => {
    for (let id: string | undefined = inner; id !== undefined; id = parents.get(id)) if (id === outer) return true;
    return outer === tenancyId;
  };
  const isUnderstood = policies.flatMap(({ statements }) => statements).every(isPlain);
  const isRead = compartments !== undefined && lists.every((list) => list !== undefined);
  return { ...createAuthorization({ store, tenancyId, isWithin }), isWhole: isRead && isUnderstood };
}

/** Does it speak of no dynamic group, or is it understood? */
function isPlain(statement: string): boolean {
  return !/dynamic-group|any-user|any-group/i.test(statement) || typeof parseStatement(statement) !== "string";
}

/** Undefined for what the operator may not see. */
async function seen<T>(asked: Promise<T>): Promise<T | undefined> {
  return unlessGone(asked).catch((error: { statusCode?: number }) => {
    if (error?.statusCode === 401 || error?.statusCode === 403) return undefined;
    throw error;
  });
}
