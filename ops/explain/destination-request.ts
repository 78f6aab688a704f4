import type { DestinationSettings, OnsSettings, WebhookSettings } from "../../src/config/relay.ts";
import type { Attempt } from "../../src/deliver/destination.ts";
import { createOns } from "../../src/deliver/ons.ts";
import { createWebhook } from "../../src/deliver/webhook.ts";
import type { WebhookTarget } from "../../src/deliver/webhook-target.ts";
import type { Notification } from "../../src/notification.ts";
import { regionOfOcid } from "../../src/region.ts";
import { type CapturedRequest, createCapture } from "./capture.ts";
import { type MaskedRequest, maskedSigned, maskedTokenRequest, maskedWebhook } from "./masked-request.ts";
import { unreadVault } from "./unread-vault.ts";

/** What one destination would be sent for one notification, made by the function's own code and sent nowhere. */
export interface DestinationRequest {
  destination: string;
  type: "webhook" | "ons";
  requests: readonly MaskedRequest[];
  /** Why there is none. */
  problem?: string;
  /** What else to know of it. */
  notes: readonly string[];
}

/** More than anything here takes. */
const TIME_MS = 60_000;

const leftMs = () => TIME_MS;

/** @param endpointUrl in the place of OCI's own, for the emulator */
export async function destinationRequest(
  notification: Notification,
  settings: DestinationSettings,
  endpointUrl: URL | undefined,
): Promise<DestinationRequest> {
  return settings.type === "webhook"
    ? webhookRequest(notification, settings)
    : onsRequest(notification, settings, endpointUrl);
}

/** What an access token is shown as. */
const TOKEN = JSON.stringify({ access_token: "****", token_type: "Bearer", expires_in: 3600 });

async function webhookRequest(notification: Notification, settings: WebhookSettings): Promise<DestinationRequest> {
  const { name, secretIds } = settings;
  const told = { destination: name, type: "webhook" as const };
  const vault = unreadVault(settings);
  if (!vault.ok) return { ...told, requests: [], problem: vault.problem, notes: [] };
  const settled = settings.settle(vault.value.texts);
  if (!settled.ok) return { ...told, requests: [], problem: settled.problem, notes: [] };
  const webhook = settled.value;
  const isForToken = ({ url, method }: CapturedRequest) => method === "POST" && url === webhook.oauth2?.url.href;
  const { connections, requests } = createCapture((request) => (isForToken(request) ? TOKEN : ""));
  const destination = createWebhook({ ...settings, vault: vault.value }, Date.now);
  const attempt = await destination.attempt([notification], { connections, leftMs });
  connections.close();
  const { named } = vault.value;
  const shown = requests.map((request) =>
    isForToken(request) ? maskedTokenRequest(request, named) : maskedWebhook(request, webhook, named),
  );
  return { ...told, requests: shown, ...failure(attempt), notes: webhookNotes(webhook, secretIds) };
}

function webhookNotes({ tls, oauth2 }: WebhookTarget, secretIds: readonly string[]): string[] {
  return [
    ...(oauth2 === undefined
      ? []
      : ["the token is asked for where there is none yet, and kept until shortly before its end"]),
    ...(tls?.cert === undefined ? [] : ["the connection shows the relay's own certificate"]),
    ...(secretIds.length === 0
      ? []
      : ["the vault was not read: signatures are those of stand-ins, and masked in any case"]),
  ];
}

async function onsRequest(
  notification: Notification,
  settings: OnsSettings,
  endpointUrl: URL | undefined,
): Promise<DestinationRequest> {
  const region = regionOfOcid(settings.topicId);
  const { throwawayPrincipal } = await import("./throwaway-principal.ts");
  const principal = throwawayPrincipal(region);
  const { connections, requests } = createCapture(() => "{}");
  const destination = createOns(settings, { endpointUrl, principal: async () => principal }, Date.now);
  const attempt = await destination.attempt([notification], { connections, leftMs });
  connections.close();
  const notes = ["signed by the function as its resource principal; events that come as a batch share messages"];
  return {
    ...{ destination: settings.name, type: "ons", notes },
    requests: requests.map(maskedSigned),
    ...failure(attempt),
  };
}

function failure(attempt: Attempt): { problem?: string } {
  return attempt.verdict === "done" ? {} : { problem: attempt.problem };
}
