import type { RuleSettings, Settings } from "./settings.ts";

/** What a resource of a row with `each` is made for, beside the parts that the row names. */
export interface Item {
  /** Unique among its like, and the last part of the resource's key. */
  key: string;
  [field: string]: string;
}

interface Input<T> {
  of: (settings: Settings) => T;
  /** How Terraform names the same. */
  hcl: string;
}

const input = <T>(hcl: string, of: (settings: Settings) => T): Input<T> => ({ of, hcl });

/** What the table of resources is written in: what stands in Settings, or follows from it. */
export const inputs = {
  name: input("var.name", ({ name }) => name),
  tenancyId: input("var.tenancy_ocid", ({ tenancyId }) => tenancyId),
  compartmentId: input("var.compartment_ocid", ({ compartmentId }) => compartmentId),
  region: input("var.region", ({ region }) => region),
  applicationName: input("var.application_name", ({ applicationName }) => applicationName),
  functionName: input("var.function_name", ({ functionName }) => functionName),
  image: input("var.image", ({ image }) => image ?? ""),
  memoryMb: input("var.memory_mb", ({ memoryMb }) => memoryMb),
  timeoutSeconds: input("var.timeout_seconds", ({ timeoutSeconds }) => timeoutSeconds),
  streamId: input("var.stream_ocid", ({ streamId }) => streamId ?? ""),
  keepDays: input("var.keep_days", ({ keepDays }) => keepDays),
  dedupeDays: input("var.dedupe_days", ({ dedupeDays }) => dedupeDays),
  /** Where a policy statement holds. */
  scope: input("local.scope", ({ tenancyId, compartmentId }) =>
    compartmentId === tenancyId ? "tenancy" : `compartment id ${compartmentId}`,
  ),
};

export const conditions = {
  hasImage: input('var.image != ""', ({ image = "" }) => image !== ""),
  hasStream: input('var.stream_ocid != ""', ({ streamId = "" }) => streamId !== ""),
  sendsRaw: input("var.sends_raw", ({ sendsRaw }) => sendsRaw),
};

export const lists = {
  subnetIds: input("var.subnet_ids", ({ subnetIds }) => subnetIds),
  /** The secrets that the function's configuration reads, wherever in a value they stand; sorted, since a map has no order. */
  secretIds: input("local.secret_ids", ({ config }) => [...new Set(Object.values(config).flatMap(secretIdsIn))].sort()),
};

export const maps = {
  config: input("local.config", ({ config }) => config),
};

/** What rows with `each` go through, and how Terraform names the fields of an item. */
export const collections = {
  subscriptions: {
    ...input("local.subscriptions", ({ subscriptions }): Item[] =>
      subscriptions.map(({ protocol, endpoint }) => ({ key: `${protocol} ${endpoint}`, protocol, endpoint })),
    ),
    fields: { protocol: "each.value.protocol", endpoint: "each.value.endpoint" },
  },
  rules: {
    ...input("local.rules", (settings): Item[] => settings.rules.filter(isHeard(settings)).map(ruleItem(settings))),
    fields: { name: "each.key", compartmentId: "each.value.compartment_id", condition: "each.value.condition" },
  },
};

/** Identity events are told of in the home region alone. */
function isHeard({ region, homeRegion }: Settings) {
  return ({ isIdentity }: RuleSettings): boolean => !isIdentity || region === homeRegion;
}

function ruleItem({ name, tenancyId, compartmentId }: Settings) {
  return (rule: RuleSettings): Item => {
    const whole = rule.name === "" ? name : `${name}-${rule.name}`;
    const { isIdentity, condition } = rule;
    return { key: whole, name: whole, compartmentId: isIdentity ? tenancyId : compartmentId, condition };
  };
}

const SECRET = /vault:(ocid1\.vaultsecret\.[A-Za-z0-9._-]+)/g;

function secretIdsIn(value: string): string[] {
  return [...value.matchAll(SECRET)].flatMap(([, id]) => id ?? []);
}
