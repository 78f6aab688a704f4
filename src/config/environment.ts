import { parseJson } from "../json.ts";
import { isRecord, type Result, shown } from "../problem.ts";
import type { Definition, DestinationConfig, RelayConfig, Variables } from "./relay.ts";

/** Where the settings of the default relay stand in the function's configuration. */
const NAMES: Readonly<Record<string, string>> = {
  "destinations.webhook.url": "WEBHOOK_URL",
  "destinations.webhook.secretKey": "WEBHOOK_SECRET_KEY",
  "destinations.webhook.signingSecrets": "WEBHOOK_SIGNING_SECRETS",
  "destinations.webhook.header": "WEBHOOK_HEADERS",
  "destinations.webhook.body": "WEBHOOK_BODY",
  "destinations.webhook.msgKey": "WEBHOOK_MSG_KEY",
  "destinations.webhook.useTemplate": "WEBHOOK_USE_TEMPLATE",
  "destinations.ons.topicId": "ONS_TOPIC_ID",
  routes: "ROUTES",
  egressAllow: "EGRESS_ALLOW",
  deadLetterBucket: "DEAD_LETTER_BUCKET",
  dedupeBucket: "DEDUPE_BUCKET",
  ociEndpointUrl: "OCI_ENDPOINT_URL",
  logLevel: "LOG_LEVEL",
};

/** A name with one of these beginnings is meant for the relay: one that it does not know is a slip worth a warning. */
const OUR_NAME = /^(WEBHOOK|ONS|ROUTE|DEAD_LETTER|DEDUPE|EGRESS)/;

/** The default relay: one `webhook` and one `ons`, each there when its variable is set. */
export function readVariables(variables: Variables): Definition {
  const problems: string[] = [];
  const read = <T>(name: string, parse: (text: string) => Result<T>): T | undefined => {
    const text = textOf(variables, name);
    if (text === undefined) return undefined;
    const parsed = parse(text);
    if (parsed.ok) return parsed.value;
    problems.push(`${name}: ${parsed.problem}`);
    return undefined;
  };

  const webhook = webhookOf(variables, read);
  const topicId = textOf(variables, "ONS_TOPIC_ID");
  const destinations: Record<string, DestinationConfig> = {
    ...(webhook !== undefined && { webhook }),
    ...(topicId !== undefined && { ons: { type: "ons", topicId } }),
  };
  const routes = read("ROUTES", jsonRoutes);
  const egressAllow = textOf(variables, "EGRESS_ALLOW")
    ?.split(",")
    .map((entry) => entry.trim())
    .filter((entry) => entry !== "");
  const texts = {
    deadLetterBucket: textOf(variables, "DEAD_LETTER_BUCKET"),
    dedupeBucket: textOf(variables, "DEDUPE_BUCKET"),
    ociEndpointUrl: textOf(variables, "OCI_ENDPOINT_URL"),
    logLevel: textOf(variables, "LOG_LEVEL"),
  };
  const config: RelayConfig = {
    destinations,
    ...(routes !== undefined && { routes }),
    ...(egressAllow !== undefined && { egressAllow }),
    ...onlySet(texts),
  };
  const warnings = [
    ...unknownNames(variables),
    ...settingsWithoutWebhook(variables),
    ...entriesWithoutEffect(egressAllow),
  ];
  return { config, problems, warnings, label };
}

function webhookOf(
  variables: Variables,
  read: <T>(name: string, parse: (text: string) => Result<T>) => T | undefined,
): DestinationConfig | undefined {
  const settings = {
    secretKey: textOf(variables, "WEBHOOK_SECRET_KEY"),
    signingSecrets: textOf(variables, "WEBHOOK_SIGNING_SECRETS"),
    header: read("WEBHOOK_HEADERS", jsonObject),
    body: read("WEBHOOK_BODY", jsonObject),
    msgKey: textOf(variables, "WEBHOOK_MSG_KEY"),
    useTemplate: read("WEBHOOK_USE_TEMPLATE", boolean),
  };
  const url = textOf(variables, "WEBHOOK_URL");
  if (url === undefined) return undefined;
  return { type: "webhook", url, ...onlySet(settings) };
}

function onlySet<T>(settings: Readonly<Record<string, T>>): Record<string, NonNullable<T>> {
  const set = Object.entries(settings).filter(([, value]) => value !== undefined);
  return Object.fromEntries(set) as Record<string, NonNullable<T>>;
}

function textOf(variables: Variables, name: string): string | undefined {
  return variables[name] || undefined;
}

function boolean(text: string): Result<boolean> {
  if (text === "true" || text === "false") return { ok: true, value: text === "true" };
  return { ok: false, problem: `expected true or false, got ${shown(text)}` };
}

function jsonObject(text: string): Result<Record<string, unknown>> {
  const parsed = parseJson(text);
  if (!parsed.ok) return { ok: false, problem: `is ${parsed.problem}; expected a JSON object` };
  if (isRecord(parsed.value)) return { ok: true, value: parsed.value };
  // Not shown: a text that should have been an object may be a secret.
  const kind = parsed.value === null ? "null" : Array.isArray(parsed.value) ? "an array" : `a ${typeof parsed.value}`;
  return { ok: false, problem: `expected a JSON object, got ${kind}` };
}

const ROUTES_FORM = '[{"match": <condition>, "to": ["webhook"]}]';

function jsonRoutes(text: string): Result<NonNullable<RelayConfig["routes"]>> {
  const parsed = parseJson(text);
  if (!parsed.ok) return { ok: false, problem: `is ${parsed.problem}; expected ${ROUTES_FORM}` };
  if (!Array.isArray(parsed.value))
    return { ok: false, problem: `expected ${ROUTES_FORM}, got ${shown(parsed.value)}` };
  return { ok: true, value: parsed.value };
}

function unknownNames(variables: Variables): string[] {
  const known = new Set(Object.values(NAMES));
  return Object.keys(variables)
    .filter((name) => OUR_NAME.test(name) && !known.has(name))
    .map((name) => `${name}: not a name of the relay's configuration, so it has no effect`);
}

function settingsWithoutWebhook(variables: Variables): string[] {
  if (textOf(variables, "WEBHOOK_URL") !== undefined) return [];
  return Object.values(NAMES)
    .filter((name) => name.startsWith("WEBHOOK_") && textOf(variables, name) !== undefined)
    .map((name) => `${name}: has no effect while WEBHOOK_URL is not set`);
}

function entriesWithoutEffect(egressAllow: readonly string[] = []): string[] {
  return egressAllow
    .filter((entry) => !/^http:/i.test(entry))
    .map((entry) => `EGRESS_ALLOW: ${entry} has no effect yet: this version guards against plain http only`);
}

function label(path: string): string {
  const setting = Object.keys(NAMES).find(
    (known) => path === known || path.startsWith(`${known}.`) || path.startsWith(`${known}[`),
  );
  if (setting !== undefined) return (NAMES[setting] ?? setting) + path.slice(setting.length);
  return path === "destinations" ? "WEBHOOK_URL, ONS_TOPIC_ID" : path;
}
