import { createStore } from "../../local/emulator/store.ts";
import { createAuthorization } from "../../local/identity/authorization.ts";
import { listAll, unlessGone } from "../provision/kind.ts";
import { bucketsOf, type Check, failed, ok, skipped, topicsOf, type Walk, warning } from "./check.ts";

/** One thing that must be permitted, and the statement that permits it. */
interface Need {
  what: string;
  isAllowed: boolean;
  statement: string;
}

/**
 * What the function may do, by the policies of its compartment, those above it and the root: read as OCI reads them, by the
 * evaluator of the local OCI. A group of another identity domain cannot be judged.
 */
export async function accessChecks(walk: Walk): Promise<Check[]> {
  const { fn, place } = walk;
  if (!fn?.relay.ok) return [];
  const read = await policiesOf(walk).catch((error: { statusCode?: number }) => {
    if (error?.statusCode === 404 || error?.statusCode === 403 || error?.statusCode === 401) return undefined;
    throw error;
  });
  if (read === undefined) {
    return [
      skipped(
        "policies",
        "you may not read them (inspect policies, dynamic-groups, compartments): the synthetic event tells",
      ),
    ];
  }
  const needs = needsOf(walk, read);
  const missing = needs.filter(({ isAllowed }) => !isAllowed);
  const link = "policies of the function";
  if (missing.length === 0 && needs.length > 0)
    return [ok(link, `${needs.length} permissions granted`), serviceCheck(read, walk)];
  return [
    ...missing.map(({ what, statement }) =>
      failed(link, `nothing lets it ${what}: OCI answers 404`, `in a policy: ${statement}`),
    ),
    serviceCheck(read, walk),
  ].filter((check) => place.found.length > 0 || check.verdict !== "ok");
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

type Policies = ReturnType<typeof createAuthorization>;

/** All that policies say, as far as it can be read. */
async function policiesOf({ place }: Walk): Promise<Policies> {
  const { identity } = place.clients;
  const { tenancyId, compartmentId } = place;
  const compartments = await listAll((page) =>
    identity.listCompartments({ compartmentId: tenancyId, compartmentIdInSubtree: true, ...page }),
  );
  const parents = new Map(compartments.map((each) => [each.id, each.compartmentId]));
  const above: string[] = [];
  for (let id: string | undefined = compartmentId; id !== undefined && id !== tenancyId; id = parents.get(id))
    above.push(id);
  const lists = [...above, tenancyId].map((each) =>
    unlessGone(listAll((page) => identity.listPolicies({ compartmentId: each, ...page }))),
  );
  const policies = (await Promise.all(lists)).flatMap((list) => list ?? []);
  const groups = await listAll((page) => identity.listDynamicGroups({ compartmentId: tenancyId, ...page }));
  const store = createStore(undefined);
  for (const [name, things] of Object.entries({ compartments, policies, "dynamic-groups": groups })) {
    const collection = store.collection(name);
    for (const thing of things) collection.set(thing.id, { ...thing });
  }
  const isWithin = (inner: string, outer: string): boolean => {
    for (let id: string | undefined = inner; id !== undefined; id = parents.get(id)) if (id === outer) return true;
    return outer === tenancyId;
  };
  return createAuthorization({ store, tenancyId, isWithin });
}

function needsOf(walk: Walk, { allows }: Policies): Need[] {
  const { place, fn } = walk;
  if (!fn?.relay.ok) return [];
  const { compartmentId, tenancyId } = place;
  const caller = { kind: "function" as const, functionId: fn.id, compartmentId, tenancyId };
  const may = (permission: string, variables: Record<string, string> = {}) =>
    allows(caller, permission, { compartmentId, variables });
  const group = `dynamic-group ${place.owner}-function`;
  const { dedupeBucket } = fn.relay.relay;
  const secrets = fn.relay.relay.destinations.flatMap((each) => (each.type === "webhook" ? each.secretIds : []));
  return [
    ...topicsOf(walk).map((topic) => ({
      what: `publish on ${topic}`,
      isAllowed: may("ONS_TOPIC_PUBLISH"),
      statement: `Allow ${group} to use ons-topics in compartment id ${compartmentId} where request.permission='ONS_TOPIC_PUBLISH'`,
    })),
    ...bucketsOf(walk).map((bucket) => {
      const isDedupe = bucket === dedupeBucket;
      const wanted = isDedupe
        ? ["OBJECT_CREATE", "OBJECT_OVERWRITE", "OBJECT_READ", "OBJECT_DELETE"]
        : ["OBJECT_CREATE"];
      return {
        what: `write to the bucket ${bucket}`,
        isAllowed: wanted.every((permission) => may(permission, { "target.bucket.name": bucket })),
        statement: `Allow ${group} to manage objects in compartment id ${compartmentId} where target.bucket.name='${bucket}'`,
      };
    }),
    ...[...new Set(secrets)].map((secret) => ({
      what: `read the secret ${secret}`,
      isAllowed: may("SECRET_BUNDLE_READ", { "target.secret.id": secret }),
      statement: `Allow ${group} to read secret-bundles in compartment id ${compartmentId} where target.secret.id='${secret}'`,
    })),
  ];
}
