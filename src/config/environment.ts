import { parseJson } from "../json.ts";
import { isRecord, type Result, shown } from "../problem.ts";
import { givenText, referenceTo } from "./reference.ts";
import type { Definition, DestinationConfig, OnsConfig, RelayConfig, Variables, WebhookConfig } from "./relay.ts";

/** Where the settings of the default relay stand in the function's configuration. */
const OF_WEBHOOK = {
  url: "WEBHOOK_URL",
  auth: "WEBHOOK_AUTH",
  tls: "WEBHOOK_TLS",
  secretKey: "WEBHOOK_SECRET_KEY",
  signingSecrets: "WEBHOOK_SIGNING_SECRETS",
  header: "WEBHOOK_HEADERS",
  body: "WEBHOOK_BODY",
  msgKey: "WEBHOOK_MSG_KEY",
  useTemplate: "WEBHOOK_USE_TEMPLATE",
  syncActions: "WEBHOOK_SYNC_ACTIONS",
};
const OF_ONS = {
  topicId: "ONS_TOPIC_ID",
  format: "ONS_FORMAT",
};

const NAMES: Readonly<Record<string, string>> = {
  ...below("destinations.webhook.", OF_WEBHOOK),
  ...below("destinations.ons.", OF_ONS),
  routes: "ROUTES",
  egressAllow: "EGRESS_ALLOW",
  deadLetterBucket: "DEAD_LETTER_BUCKET",
  dedupeBucket: "DEDUPE_BUCKET",
  ociEndpointUrl: "OCI_ENDPOINT_URL",
  logLevel: "LOG_LEVEL",
};

function below(path: string, names: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(names).map(([setting, name]) => [path + setting, name]));
}

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
  // Whatever it is: the check says what was expected.
  const format = textOf(variables, "ONS_FORMAT") as OnsConfig["format"];
  const destinations: Record<string, DestinationConfig> = {
    ...(webhook !== undefined && { webhook }),
    ...(topicId !== undefined && { ons: { type: "ons", topicId, ...(format !== undefined && { format }) } }),
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
  const warnings = [...unknownNames(variables), ...settingsWithoutEffect(variables)];
  return { config, problems, warnings, label };
}

function webhookOf(
  variables: Variables,
  read: <T>(name: string, parse: (text: string) => Result<T>) => T | undefined,
): DestinationConfig | undefined {
  const secret = (name: string) => (textOf(variables, name) === undefined ? undefined : referenceTo(name));
  const settings = {
    secretKey: secret("WEBHOOK_SECRET_KEY"),
    signingSecrets: secret("WEBHOOK_SIGNING_SECRETS"),
    auth: given(read("WEBHOOK_AUTH", jsonObject)),
    tls: given(read("WEBHOOK_TLS", jsonObject)),
    header: given(read("WEBHOOK_HEADERS", jsonObject)),
    body: given(read("WEBHOOK_BODY", jsonObject)),
    msgKey: textOf(variables, "WEBHOOK_MSG_KEY"),
    useTemplate: read("WEBHOOK_USE_TEMPLATE", boolean),
    syncActions: read("WEBHOOK_SYNC_ACTIONS", boolean),
  };
  const url = secret("WEBHOOK_URL");
  // What was read is JSON of any shape: the check finds what does not belong.
  return url === undefined ? undefined : ({ type: "webhook", url, ...onlySet(settings) } as WebhookConfig);
}

/** Settings whose text is a word of ours, not something to be read. */
const WORDS = new Set(["type", "name", "clientAuth"]);

/** JSON of a variable, each text in it as one that was given: it may be a secret, or name one in the vault. */
function given(value: unknown, isWord = false): unknown {
  if (typeof value === "string") return isWord ? value : givenText(value);
  if (Array.isArray(value)) return value.map((item) => given(item));
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, given(item, WORDS.has(key))]));
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

/** Setting -> what it needs. */
const NEEDED = [
  { prefix: "WEBHOOK_", needed: "WEBHOOK_URL" },
  { prefix: "ONS_", needed: "ONS_TOPIC_ID" },
];

function settingsWithoutEffect(variables: Variables): string[] {
  const isSet = (name: string) => textOf(variables, name) !== undefined;
  return NEEDED.filter(({ needed }) => !isSet(needed)).flatMap(({ prefix, needed }) =>
    Object.values(NAMES)
      .filter((name) => name.startsWith(prefix) && isSet(name))
      .map((name) => `${name}: has no effect while ${needed} is not set`),
  );
}

function label(path: string): string {
  const setting = Object.keys(NAMES).find(
    (known) => path === known || path.startsWith(`${known}.`) || path.startsWith(`${known}[`),
  );
  if (setting !== undefined) return (NAMES[setting] ?? setting) + path.slice(setting.length);
  return path === "destinations" ? "WEBHOOK_URL, ONS_TOPIC_ID" : path;
}
