export type Verb = (typeof VERBS)[number];

export const VERBS = ["inspect", "read", "use", "manage"] as const;

/**
 * resource type: what each verb adds to the one before, as the policy reference has it.
 * @see https://docs.oracle.com/en-us/iaas/Content/Identity/Reference/policyreference.htm
 */
const ADDED = new Map(
  `
ons-topics: ONS_TOPIC_INSPECT | ONS_TOPIC_READ | ONS_TOPIC_PUBLISH ONS_TOPIC_SUBSCRIBE | ONS_TOPIC_CREATE ONS_TOPIC_MOVE ONS_TOPIC_UPDATE ONS_TOPIC_DELETE
ons-subscriptions: ONS_SUBSCRIPTION_INSPECT | | | ONS_SUBSCRIPTION_MOVE ONS_TOPIC_SUBSCRIBE
fn-app: FN_APP_LIST | FN_APP_READ | | FN_APP_CREATE FN_APP_DELETE FN_APP_UPDATE
fn-function: FN_FUNCTION_LIST | FN_FUNCTION_READ | | FN_FUNCTION_CREATE FN_FUNCTION_DELETE FN_FUNCTION_UPDATE
fn-invocation: | | FN_INVOCATION |
objectstorage-namespaces: | OBJECTSTORAGE_NAMESPACE_READ | | OBJECTSTORAGE_NAMESPACE_UPDATE
buckets: BUCKET_INSPECT | BUCKET_READ | BUCKET_UPDATE | BUCKET_CREATE BUCKET_DELETE PAR_MANAGE RETENTION_RULE_MANAGE RETENTION_RULE_LOCK
objects: OBJECT_INSPECT | OBJECT_READ | OBJECT_OVERWRITE | OBJECT_CREATE OBJECT_DELETE OBJECT_RESTORE OBJECT_UPDATE_TIER OBJECT_VERSION_DELETE
secrets: SECRET_INSPECT | SECRET_READ | SECRET_UPDATE | SECRET_CREATE SECRET_DELETE SECRET_MOVE
secret-versions: SECRET_VERSION_INSPECT | SECRET_VERSION_READ | | SECRET_VERSION_DELETE
secret-bundles: SECRET_BUNDLE_INSPECT | SECRET_BUNDLE_READ | |
streams: STREAM_INSPECT | STREAM_READ | STREAM_UPDATE STREAM_MOVE STREAM_PRODUCE STREAM_CONSUME | STREAM_CREATE STREAM_DELETE
stream-pull: | | STREAM_CONSUME |
stream-push: | | STREAM_PRODUCE |
stream-pools: STREAM_POOL_INSPECT | STREAM_POOL_READ | STREAM_POOL_UPDATE | STREAM_POOL_CREATE STREAM_POOL_DELETE STREAM_POOL_MOVE
cloudevents-rules: EVENTRULE_LIST | EVENTRULE_READ | | EVENTRULE_CREATE EVENTRULE_DELETE EVENTRULE_MODIFY
alarms: ALARM_INSPECT | ALARM_READ | | ALARM_CREATE ALARM_UPDATE ALARM_DELETE ALARM_MOVE
metrics: METRIC_INSPECT | METRIC_READ | METRIC_WRITE |
log-groups: LOG_GROUP_INSPECT | LOG_GROUP_READ | LOG_GROUP_UPDATE | LOG_GROUP_CREATE LOG_GROUP_DELETE
log-content: | LOG_CONTENT_READ | LOG_CONTENT_PUSH UNIFIED_AGENT_CONFIG_GENERATE |
compartments: COMPARTMENT_INSPECT | | COMPARTMENT_UPDATE | COMPARTMENT_CREATE COMPARTMENT_DELETE
dynamic-groups: DYNAMIC_GROUP_INSPECT | | DYNAMIC_GROUP_UPDATE | DYNAMIC_GROUP_CREATE DYNAMIC_GROUP_DELETE
policies: POLICY_READ | | | POLICY_CREATE POLICY_UPDATE POLICY_DELETE
tenancies: TENANCY_INSPECT | | TENANCY_UPDATE |
`
    .trim()
    .split("\n")
    .map((line): [string, string[][]] => {
      const [type = "", added = ""] = line.split(":");
      return [type, added.split("|").map((names) => names.split(" ").filter((name) => name !== ""))];
    }),
);

const FAMILIES = new Map([
  ["ons-family", ["ons-topics", "ons-subscriptions"]],
  ["functions-family", ["fn-app", "fn-function", "fn-invocation"]],
  ["object-family", ["objectstorage-namespaces", "buckets", "objects"]],
  ["secret-family", ["secrets", "secret-versions", "secret-bundles"]],
  ["stream-family", ["streams", "stream-pull", "stream-push", "stream-pools"]],
  ["logging-family", ["log-groups", "log-content"]],
  ["all-resources", [...ADDED.keys()]],
]);

/** There in OCI, not here: a statement about them is sound and grants nothing. */
const ELSEWHERE = new Set(
  `announcements analytics-instances api-gateway-family app-catalog-listing audit-events autonomous-database-family
budgets cloud-guard-family cluster-family connect-harness database-family dns file-family groups instance-family
instances integration-instances keys key-delegate limits load-balancers network-security-groups nosql-family orm-family
orm-jobs orm-stacks queues quotas repos serviceconnectors subnets tag-defaults tag-namespaces unified-configuration users
usage-budgets vaults vcns virtual-network-family vnics volume-family`
    .split(/\s/)
    .map(singular),
);

/**
 * What `to <verb> <resource type>` permits.
 * @returns undefined if there is no such resource type
 */
export function permissionsOf(verb: Verb, resourceType: string): ReadonlySet<string> | undefined {
  const type = singular(resourceType);
  const family = [...FAMILIES].find(([name]) => singular(name) === type)?.[1];
  const types = family ?? [...ADDED.keys()].filter((name) => singular(name) === type);
  if (types.length === 0) return ELSEWHERE.has(type) ? new Set() : undefined;
  return new Set(types.flatMap((name) => (ADDED.get(name) ?? []).slice(0, VERBS.indexOf(verb) + 1).flat()));
}

/** Oracle's own examples of policies write `ons-topic` and `function-family`: the plural does not count. */
function singular(type: string): string {
  return type
    .toLowerCase()
    .split("-")
    .map((word) => word.replace(/s$/, ""))
    .join("-");
}
