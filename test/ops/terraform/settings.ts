import type { Settings } from "../../../ops/settings.ts";

export const TENANCY = "ocid1.tenancy.oc1..aaaatenancy";
export const COMPARTMENT = "ocid1.compartment.oc1..aaaacompartment";
export const NAMESPACE = "axexample1";

/** A relay that has of everything the least. */
export function settingsOf(more: Partial<Settings> = {}): Settings {
  return {
    name: "relay",
    tenancyId: TENANCY,
    compartmentId: COMPARTMENT,
    region: "us-phoenix-1",
    homeRegion: "us-phoenix-1",
    applicationName: "relay",
    functionName: "oci-event-relay",
    subnetIds: [],
    memoryMb: 256,
    timeoutSeconds: 60,
    config: {},
    subscriptions: [],
    rules: [],
    sendsRaw: false,
    keepDays: 90,
    dedupeDays: 7,
    ...more,
  };
}

/** The same as variables of the stack. */
export function variablesOf(settings: Settings): Record<string, unknown> {
  const { WEBHOOK_URL = "", WEBHOOK_SECRET_KEY = "", ...config } = settings.config;
  return {
    tenancy_ocid: settings.tenancyId,
    compartment_ocid: settings.compartmentId,
    region: settings.region,
    name: settings.name,
    image: settings.image ?? "",
    application_name: settings.applicationName,
    function_name: settings.functionName,
    subnet_ids: settings.subnetIds,
    memory_mb: settings.memoryMb,
    timeout_seconds: settings.timeoutSeconds,
    webhook_url: WEBHOOK_URL,
    webhook_secret_key: WEBHOOK_SECRET_KEY,
    function_config: JSON.stringify(config),
    subscriptions: settings.subscriptions.map(({ protocol, endpoint }) => `${protocol} ${endpoint}`),
    rules: JSON.stringify(
      settings.rules.map(({ condition, ...rule }) => ({ ...rule, condition: JSON.parse(condition) })),
    ),
    sends_raw: settings.sendsRaw,
    stream_ocid: settings.streamId ?? "",
    keep_days: settings.keepDays,
    dedupe_days: settings.dedupeDays,
  };
}

const SECRET = "ocid1.vaultsecret.oc1.phx.aaaasecret";
const OTHER_SECRET = "ocid1.vaultsecret.oc1.phx.aaaaother";
const INSTANCES = JSON.stringify({ eventType: ["com.oraclecloud.computeapi.launchinstance.end"] });
const USERS = JSON.stringify({ eventType: ["com.oraclecloud.identitycontrolplane.createuser"] });

const image = "phx.ocir.io/axexample1/oci-event-relay:0.1.0";
const subnetIds = ["ocid1.subnet.oc1.phx.aaaaone", "ocid1.subnet.oc1.phx.aaaatwo"];
const rules = [
  { name: "", isIdentity: false, condition: INSTANCES },
  { name: "identity", isIdentity: true, condition: USERS },
];
const subscriptions = [
  { protocol: "EMAIL", endpoint: "ops@example.com" },
  { protocol: "CUSTOM_HTTPS", endpoint: "https://hooks.example.com/relay" },
];

export const cases: readonly { what: string; settings: Settings }[] = [
  { what: "the least", settings: settingsOf() },
  { what: "an image", settings: settingsOf({ image, subnetIds, rules: rules.slice(0, 1) }) },
  { what: "subscriptions", settings: settingsOf({ subscriptions, rules }) },
  { what: "a stream", settings: settingsOf({ rules, streamId: "ocid1.stream.oc1.phx.aaaastream" }) },
  { what: "raw events", settings: settingsOf({ rules, sendsRaw: true, image, subnetIds }) },
  { what: "a region that is not the home region", settings: settingsOf({ rules, homeRegion: "us-ashburn-1" }) },
  { what: "the root compartment", settings: settingsOf({ rules, compartmentId: TENANCY }) },
  {
    what: "secrets in the vault",
    settings: settingsOf({
      config: {
        WEBHOOK_URL: `vault:${SECRET}`,
        WEBHOOK_SECRET_KEY: `vault:${OTHER_SECRET}`,
        WEBHOOK_HEADERS: JSON.stringify({ authorization: `vault:${SECRET}`, "x-quote": `a "b" $\{c} %{d}` }),
        LOG_LEVEL: "debug",
      },
    }),
  },
  {
    what: "everything",
    settings: settingsOf({
      ...{ image, subnetIds, subscriptions, rules, sendsRaw: true, streamId: "ocid1.stream.oc1.phx.aaaastream" },
      ...{ name: "prod-relay", applicationName: "events", functionName: "relay", memoryMb: 512, timeoutSeconds: 120 },
      ...{ keepDays: 30, dedupeDays: 2, config: { WEBHOOK_URL: "https://cmdb.example.com/hook" } },
    }),
  },
];
