import type { Render } from "../deliver/render.ts";
import type { WebhookTarget } from "../deliver/webhook-target.ts";
import { isRecord, shown } from "../problem.ts";
import type { Check } from "./check.ts";
import { checkAuth } from "./check-auth.ts";
import { checkBody, checkHeader } from "./check-header.ts";
import { checkSigning } from "./check-signing.ts";
import { checkTls } from "./check-tls.ts";
import type { WebhookConfig } from "./relay.ts";

const MAX_MSG_KEY_CHARS = 16;

export const SHARED_KEYS = [
  ...["tls", "secretKey", "signingSecrets", "header", "body", "msgKey", "useTemplate", "syncActions", "render"],
];
const WEBHOOK_KEYS = ["type", "url", "auth", ...SHARED_KEYS];

/**
 * The webhook of a configuration; undefined where its URL is not known or not sound. Whatever else is not known yet is left
 * out. Problems never show a secret.
 */
export function checkWebhook(path: string, config: WebhookConfig, check: Check): WebhookTarget | undefined {
  check.keys(path, config, WEBHOOK_KEYS);
  check.require(`${path}.url`, config.url);
  return checkTarget(path, { ...config, url: check.referenceOf(`${path}.url`, config.url) }, check);
}

/** What is common to all that is sent by POST, whatever its settings are called. */
export function checkTarget(
  path: string,
  config: Omit<WebhookConfig, "type" | "url"> & { url: string | undefined },
  check: Check,
): WebhookTarget | undefined {
  const { render, msgKey = "", useTemplate = false, syncActions = false } = config;
  const url = config.url === undefined ? undefined : check.egress.url(config.url);
  if (url?.ok === false) check.report(`${path}.url`, url.problem);
  for (const [name, flag] of Object.entries({ useTemplate, syncActions })) {
    if (typeof flag !== "boolean") check.report(`${path}.${name}`, `expected true or false, got ${shown(flag)}`);
  }
  if (typeof msgKey !== "string") check.report(`${path}.msgKey`, `expected a text, got ${shown(msgKey)}`);
  else if ([...msgKey].length > MAX_MSG_KEY_CHARS) {
    check.report(`${path}.msgKey`, `expected at most ${MAX_MSG_KEY_CHARS} characters, got ${[...msgKey].length}`);
  }
  checkRender(path, config, check);
  const header = checkHeader(`${path}.header`, config.header, check);
  const body = checkBody(`${path}.body`, config.body, check);
  const { secretKey, signingKeys } = checkSigning(path, config, check);
  const auth = checkAuth(`${path}.auth`, config.auth, check);
  checkOwnHeader(`${path}.header`, { header, own: headerOfAuth(config.auth) }, check);
  const tls = checkTls(`${path}.tls`, config.tls, check);
  if (url?.ok !== true) return undefined;
  if (tls !== undefined && url.value.protocol !== "https:") {
    check.report(`${path}.tls`, "has no effect on a URL of plain http; use https");
  }
  return {
    url: url.value,
    isUrlSecret: true,
    robot: { header, body, msg_key: msgKey, secret_key: secretKey ?? "", use_template: useTemplate },
    signingKeys,
    // Its owner knows the families' exact types, which are all that the machine leaves open.
    render: render as Render | undefined,
    syncActions,
    authHeader: auth?.header,
    oauth2: auth?.oauth2,
    tls,
    egress: check.egress,
    hints: new Map(),
    secretTexts: [],
  };
}

export function checkRender(
  path: string,
  { render, msgKey, useTemplate }: { render?: unknown; msgKey?: unknown; useTemplate?: unknown },
  check: Check,
): void {
  if (render === undefined) return;
  if (typeof render !== "function") {
    check.report(`${path}.render`, `expected a function of the notification, got ${shown(render)}`);
  }
  for (const [name, setting] of Object.entries({ msgKey, useTemplate })) {
    if (setting !== undefined && setting !== false) {
      check.report(`${path}.${name}`, "has no effect where render makes the payload; leave one of the two out");
    }
  }
}

/** Of two that set the same header one would be lost without a word. */
export function checkOwnHeader(
  path: string,
  { header, own }: { header: unknown; own: string | undefined },
  check: Check,
): void {
  if (own === undefined || !isRecord(header)) return;
  const isTwice = Object.keys(header).some((each) => each.toLowerCase() === own.toLowerCase());
  if (isTwice) check.report(path, `${own} is set by the relay's authentication; leave it out here`);
}

function headerOfAuth(auth: unknown): string | undefined {
  if (!isRecord(auth)) return undefined;
  return auth.type === "header" ? `${auth.name}` : "Authorization";
}
