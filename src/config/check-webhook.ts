import { HEADER_NAME, type Robot } from "../deliver/yunion.ts";
import { egressUrl } from "../egress.ts";
import { isRecord, shown } from "../problem.ts";
import type { Check } from "./check.ts";
import { type DestinationSettings, isReference, type WebhookConfig } from "./relay.ts";

const MAX_MSG_KEY_CHARS = 16;

const WEBHOOK_KEYS = ["type", "url", "secretKey", "signingSecrets", "header", "body", "msgKey", "useTemplate"];

// Standard Webhooks asks for 24 to 64 bytes.
const MIN_SECRET_BYTES = 24;
const MAX_SECRET_BYTES = 64;

/** Headers that HTTP or our signatures own. */
const FORBIDDEN_HEADER = /^(host|content-length|transfer-encoding|connection|upgrade|te|trailer|expect|webhook-.*)$/i;

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what no header may hold
const BREAKS_HEADER = /[\u0000-\u0008\u000a-\u001f\u007f]/;

/** The settings of one webhook; undefined where its URL is not known or not sound. Problems never show a secret. */
export function checkWebhook(name: string, config: WebhookConfig, check: Check): DestinationSettings | undefined {
  const path = `destinations.${name}`;
  check.keys(path, config, WEBHOOK_KEYS);
  const urlText = check.requiredTextOf(`${path}.url`, config.url);
  const url = urlText === undefined ? undefined : egressUrl(urlText, check.egressAllow);
  if (url?.ok === false) check.report(`${path}.url`, url.problem);

  const header = headerOf(`${path}.header`, config.header, check);
  if (config.body !== undefined && !isRecord(config.body)) {
    check.report(`${path}.body`, `expected a JSON object, got ${shown(config.body)}`);
  }
  const { msgKey = "", useTemplate = false } = config;
  if (typeof useTemplate !== "boolean")
    check.report(`${path}.useTemplate`, `expected true or false, got ${shown(useTemplate)}`);
  if (typeof msgKey !== "string") check.report(`${path}.msgKey`, `expected a text, got ${shown(msgKey)}`);
  else if ([...msgKey].length > MAX_MSG_KEY_CHARS) {
    check.report(`${path}.msgKey`, `expected at most ${MAX_MSG_KEY_CHARS} characters, got ${[...msgKey].length}`);
  }
  const secretKey = check.textOf(`${path}.secretKey`, config.secretKey);
  const signingKeys = signingKeysOf(`${path}.signingSecrets`, config, check) ?? keyBytes(secretKey);
  if (url?.ok !== true) return undefined;
  const robot: Robot = {
    header,
    body: config.body,
    msg_key: msgKey,
    secret_key: secretKey ?? "",
    use_template: useTemplate,
  };
  return { type: "webhook", name, url: url.value, robot, signingKeys };
}

function keyBytes(secretKey: string | undefined): Uint8Array[] {
  return secretKey === undefined ? [] : [Buffer.from(secretKey)];
}

function signingKeysOf(path: string, config: WebhookConfig, check: Check): Uint8Array[] | undefined {
  const text = check.textOf(path, config.signingSecrets);
  if (text === undefined) return undefined;
  const secrets = text.split(/\s+/).filter((secret) => secret !== "");
  if (secrets.length === 0) check.report(path, "holds no secret; expected whsec_…, or remove it");
  return secrets.map((secret, index) => {
    const base64 = secret.slice("whsec_".length);
    const key = Buffer.from(base64, "base64");
    const isSound =
      secret.startsWith("whsec_") &&
      /^[A-Za-z0-9+/]+=*$/.test(base64) &&
      key.length >= MIN_SECRET_BYTES &&
      key.length <= MAX_SECRET_BYTES;
    if (!isSound) {
      check.report(
        path,
        `secret ${index + 1} of ${secrets.length} is not whsec_ and the base64 of ${MIN_SECRET_BYTES} to ${MAX_SECRET_BYTES} bytes`,
      );
    }
    return key;
  });
}

/** The robot's `header`, its references read. */
function headerOf(path: string, header: unknown, check: Check): Record<string, unknown> | undefined {
  if (header === undefined) return undefined;
  if (!isRecord(header)) {
    check.report(path, `expected a JSON object, got ${shown(header)}`);
    return undefined;
  }
  const read = Object.entries(header).map(([name, value]) => {
    if (!HEADER_NAME.test(name)) check.report(path, `${shown(name)} is not a header name`);
    else if (FORBIDDEN_HEADER.test(name)) check.report(path, `${name} may not be set: the relay or HTTP sets it`);
    const isText = typeof value === "string" || isReference(value);
    const text = isText ? check.textOf(`${path}.${name}`, value) : undefined;
    if (text !== undefined && BREAKS_HEADER.test(text)) {
      check.report(path, `the value of ${shown(name)} holds CR, LF, NUL or another control character`);
    }
    return [name, isText ? (text ?? "") : value];
  });
  return Object.fromEntries(read);
}
