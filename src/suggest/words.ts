import { VERB } from "../naming/grammar.ts";

/** What Oracle's operations begin with, and what people write instead; one line holds the words for the same deed. */
const DEEDS = [
  "create launch add provision new make insert build register generate upload put write",
  "delete terminate remove destroy drop erase kill",
  "update modify edit change set configure patch overwrite",
  "start resume boot run poweron",
  "stop pause shutdown halt poweroff softstop",
  "restart reboot reset softreset reload",
  "attach associate connect add mount",
  "detach disassociate disconnect remove unmount",
  "enable activate unlock",
  "disable deactivate lock block",
  "restore recover",
  "upgrade update patch",
  "copy clone duplicate",
  "upload import put push create",
  "download export fetch pull",
  "cancel abort",
  "deregister unregister remove",
  "execute run trigger",
  "refresh sync reload",
  "move migrate transfer",
  "rotate renew",
  "failover switchover",
  "reject deny decline",
  "approve accept grant",
  "revoke withdraw",
  "install deploy",
];

const synonyms = new Map<string, Set<string>>();
for (const words of DEEDS.map((line) => line.split(" "))) {
  for (const word of words) synonyms.set(word, new Set([...(synonyms.get(word) ?? []), ...words]));
}

/** Words for a deed, the longest first, so that the first that fits is the right one. */
export const VERBS: readonly string[] = [...synonyms.keys(), ...VERB]
  .map((verb) => verb.replaceAll("_", ""))
  .sort((a, b) => b.length - a.length);

/** Other words for the same deed. */
export function synonymsOf(verb: string): string[] {
  return [...(synonyms.get(verb) ?? [])].filter((word) => word !== verb);
}

/** What only looks: Events reports next to nothing of it, audit records do. */
export const READS: readonly string[] = ["get", "list", "head", "read", "search", "summarize", "invoke"];

/** Things, as people call them -> as Oracle's operations do. */
export const THINGS: ReadonlyMap<string, string> = new Map([
  ["nsg", "networksecuritygroup"],
  ["nsgrules", "networksecuritygroupsecurityrules"],
  ["igw", "internetgateway"],
  ["ngw", "natgateway"],
  ["sgw", "servicegateway"],
  ["lpg", "localpeeringgateway"],
  ["vm", "instance"],
  ["server", "instance"],
  ["vmi", "instance"],
  ["computeinstance", "instance"],
  ["disk", "volume"],
  ["blockvolume", "volume"],
  ["blockstorage", "volume"],
  ["network", "vcn"],
  ["virtualnetwork", "vcn"],
  ["virtualcloudnetwork", "vcn"],
  ["routingtable", "routetable"],
  ["firewall", "networkfirewall"],
  ["adb", "autonomousdatabase"],
  ["autonomousdb", "autonomousdatabase"],
  ["db", "database"],
  ["pdb", "pluggabledatabase"],
  ["file", "object"],
  ["fs", "filesystem"],
  ["masterkey", "key"],
  ["encryptionkey", "key"],
  ["apigateway", "gateway"],
  ["oke", "cluster"],
  ["okecluster", "cluster"],
  ["idp", "identityprovider"],
  ["accesskey", "customersecretkey"],
]);

/** Services, as people call them, their APIs or other lists do -> as event types do. */
export const SERVICES: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries({
    kms: "keymanagementservice",
    keymanagement: "keymanagementservice",
    key: "keymanagementservice",
    vault: "keymanagementservice",
    vaults: "keymanagementservice",
    vaultmng: "keymanagementservice",
    compute: "computeapi computemanagement computeimagingapi",
    instance: "computeapi",
    instances: "computeapi",
    ec2: "computeapi",
    core: "computeapi virtualnetwork blockvolumes",
    images: "computeimagingapi computeapi",
    imaging: "computeimagingapi",
    instancepools: "computemanagement",
    network: "virtualnetwork natgateway servicegateway",
    networking: "virtualnetwork natgateway servicegateway",
    vcn: "virtualnetwork natgateway servicegateway",
    vcns: "virtualnetwork",
    iam: "identitycontrolplane identitysignon compartments",
    identity: "identitycontrolplane identitysignon compartments",
    identities: "identitycontrolplane",
    signin: "identitysignon",
    signon: "identitysignon",
    login: "identitysignon",
    compartment: "compartments",
    storage: "objectstorage blockvolumes filestorage",
    objectstore: "objectstorage",
    object: "objectstorage",
    bucket: "objectstorage",
    buckets: "objectstorage",
    s3: "objectstorage",
    blockstorage: "blockvolumes",
    blockvolume: "blockvolumes",
    volume: "blockvolumes",
    volumes: "blockvolumes",
    bootvolumes: "blockvolumes",
    filesystem: "filestorage",
    fss: "filestorage",
    database: "databaseservice",
    db: "databaseservice",
    dbaas: "databaseservice",
    autonomousdatabase: "databaseservice",
    adb: "databaseservice",
    mysql: "mysqlaas",
    postgres: "postgresql",
    redis: "redisservice",
    cache: "redisservice",
    fn: "functions",
    faas: "functions",
    function: "functions",
    ons: "notification",
    notifications: "notification",
    oke: "clustersapi",
    containerengine: "clustersapi",
    kubernetes: "clustersapi",
    cluster: "clustersapi",
    ocir: "artifacts",
    registry: "artifacts",
    resourcemanager: "oracleresourcemanager",
    orm: "oracleresourcemanager",
    terraform: "oracleresourcemanager",
    tagging: "taggingcontrolplane",
    tags: "taggingcontrolplane",
    budget: "budgets",
    integrations: "integration",
    oic: "integration",
    waas: "waf",
    networkfirewall: "networkfirewallservice",
    devops: "devopsbuild devopsdeploy devopsproject devopscoderepo",
    desktops: "ocidesktopservice",
    fusion: "fusionapps",
    bigdata: "bds",
    speech: "aiservicespeech",
    language: "aiservicelanguage",
  }).map(([name, services]) => [name, services.split(" ")]),
);
