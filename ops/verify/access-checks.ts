import { createStore } from "../../local/emulator/store.ts";
import { type Authorization, createAuthorization } from "../../local/identity/authorization.ts";
import { withinBy } from "../../local/identity/compartments.ts";
import { parseStatement } from "../../local/identity/policy-statement.ts";
import { listAll } from "../provision/kind.ts";
import { allCompartments } from "./all-compartments.ts";
import { type Check, failed, ok, skipped, type Walk, warning } from "./check.ts";
import { type Need, needsOf } from "./needs.ts";
import { seen } from "./seen.ts";
import { generousGroup, generousStatement } from "./unknown-holds.ts";

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
  const missing = needs.filter((need) => !isGranted(need, walk, read.strict));
  return [
    ...(missing.length === 0 && needs.length > 0
      ? [granted(needs)]
      : missing.map((need) => missingCheck(need, walk, read))),
    serviceCheck(read.strict, walk),
  ];
}

const LINK = "policies of the function";

function granted(needs: readonly Need[]): Check {
  return ok(LINK, `it may ${needs.map(({ what }) => what).join(", ")}`);
}

function missingCheck(need: Need, walk: Walk, { isWhole, generous }: Policies): Check {
  const { what, statement } = need;
  const fix = `in a policy: ${statement}`;
  if (isGranted(need, walk, generous)) {
    const found = `a policy may let it ${what}, and asks for what cannot be known here, such as a tag or the network`;
    return warning(LINK, `${found}; the synthetic event tells`, `if it may not, ${fix}`);
  }
  if (isWhole) return failed(LINK, `nothing lets it ${what}: OCI answers 404`, fix);
  return warning(LINK, `nothing that can be read here lets it ${what}; the synthetic event tells`, fix);
}

function isGranted(
  { permissions, compartmentId, variables }: Need,
  { fn, place }: Walk,
  { allows }: Authorization,
): boolean {
  const { tenancyId } = place;
  const caller = { kind: "function" as const, functionId: fn?.id ?? "", compartmentId: place.compartmentId, tenancyId };
  return permissions.every((permission) => allows(caller, permission, { compartmentId, variables }));
}

/** The events service may call functions without a statement, as Oracle's landing zones show; reports say otherwise. */
function serviceCheck({ serviceAllows }: Authorization, { place }: Walk): Check {
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

interface Policies {
  strict: Authorization;
  /** As if all held that cannot be known here. */
  generous: Authorization;
  /** All policies on the way up could be read, and all that they say of dynamic groups was understood. */
  isWhole: boolean;
}

/** All that policies say, as far as it can be read; undefined where nothing can be told from it. */
async function policiesOf({ place, way }: Walk): Promise<Policies | undefined> {
  const { identity } = place.clients;
  const { tenancyId } = place;
  const compartments = await allCompartments(place);
  const lists = await Promise.all(
    way.ids.map((each) => seen(listAll((page) => identity.listPolicies({ compartmentId: each, ...page })))),
  );
  const groups = await seen(listAll((page) => identity.listDynamicGroups({ compartmentId: tenancyId, ...page })));
  if (groups === undefined || lists.every((list) => list === undefined)) return undefined;
  const policies = lists.flatMap((list) => list ?? []);
  const isUnderstood = policies.flatMap(({ statements }) => statements).every(isPlain);
  const isRead = way.isWhole && compartments !== undefined && lists.every((list) => list !== undefined);
  const authorizationBy = (things: Record<string, readonly { id: string }[]>): Authorization => {
    const store = createStore(undefined);
    for (const [name, each] of Object.entries(things)) {
      const collection = store.collection(name);
      for (const thing of each) collection.set(thing.id, { ...thing });
    }
    return createAuthorization({ store, tenancyId, isWithin: withinBy({ store, tenancyId }) });
  };
  const known = { compartments: compartments ?? [], policies, "dynamic-groups": groups };
  const strict = authorizationBy(known);
  const generous = authorizationBy({
    ...known,
    policies: policies.map((each) => ({
      ...each,
      statements: each.statements.map((text) => generousStatement(text, groups)),
    })),
    "dynamic-groups": groups.map((each) => ({ ...each, matchingRule: generousGroup(each.matchingRule) })),
  });
  return { strict, generous, isWhole: isRead && isUnderstood };
}

/** Does it speak of no dynamic group, or is it understood? */
function isPlain(statement: string): boolean {
  return !/dynamic-group|any-user|any-group/i.test(statement) || typeof parseStatement(statement) !== "string";
}
