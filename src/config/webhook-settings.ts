import type { WebhookTarget } from "../deliver/webhook-target.ts";
import type { Result } from "../problem.ts";
import { type Check, type CheckContext, createCheck, type Findings, noFindings } from "./check.ts";
import { isReference } from "./reference.ts";
import type { OicConfig, WebhookConfig, WebhookSettings } from "./relay.ts";

/**
 * Checks a webhook as far as it is known, and remembers how to check it again once its secrets have been read from the vault:
 * one check, so that a secret is found sound or not by the rules that hold for any other text.
 */
export function webhookSettings<Config extends WebhookConfig | OicConfig>(
  name: string,
  config: Config,
  {
    context,
    findings,
    read,
  }: {
    context: CheckContext;
    findings: Findings;
    read: (path: string, config: Config, check: Check) => WebhookTarget | undefined;
  },
): WebhookSettings {
  const path = `destinations.${name}`;
  const own = noFindings();
  const known = withSecrets(read(path, config, createCheck(context, own)), own);
  findings.problems.push(...own.problems);
  for (const secret of own.plainSecrets) findings.plainSecrets.add(secret);
  const secretIds = [...own.secretIds];
  for (const id of secretIds) findings.secretIds.add(id);

  const settle = (secrets: ReadonlyMap<string, string>): Result<WebhookTarget> => {
    if (secretIds.length === 0 && known !== undefined && isAuthorized(config, known)) return { ok: true, value: known };
    const found = noFindings();
    const webhook = withSecrets(read(path, config, createCheck(context, found, secrets)), found);
    const isWhole = webhook !== undefined && isAuthorized(config, webhook) && found.problems.length === 0;
    if (isWhole) return { ok: true, value: webhook };
    return { ok: false, problem: found.problems.join("; ") || `${path}: a secret is missing` };
  };
  const isSigned = config.secretKey !== undefined || config.signingSecrets !== undefined;
  const isKnown = config.type === "oic" || config.auth !== undefined || config.tls?.key !== undefined;
  return {
    type: "webhook",
    name,
    secretIds,
    origin: known?.url.origin,
    address: known?.url.href ?? whereItIsRead(config.url, context),
    isAuthentic: isSigned || isKnown,
    settle,
  };
}

function withSecrets(webhook: WebhookTarget | undefined, { secretTexts }: Findings): WebhookTarget | undefined {
  return webhook && { ...webhook, secretTexts: [...secretTexts] };
}

/** What was to be sent with credentials is never sent without. */
function isAuthorized(config: WebhookConfig | OicConfig, { authHeader, oauth2 }: WebhookTarget): boolean {
  if (config.type !== "oic" && config.auth === undefined) return true;
  return oauth2 !== undefined || (authHeader?.[1] ?? "") !== "";
}

function whereItIsRead(url: unknown, { variables }: CheckContext): string {
  if (!isReference(url)) return "";
  if ("vault" in url) return `vault:${url.vault}`;
  return "given" in url ? url.given : (variables?.[url.env] ?? "");
}
