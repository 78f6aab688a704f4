import type { WebhookSettings } from "../../src/config/relay.ts";
import type { WebhookTarget } from "../../src/deliver/webhook-target.ts";
import { yunionRequest } from "../../src/deliver/yunion.ts";
import { createConnections } from "../../src/http/connections.ts";
import { send } from "../../src/http/send.ts";
import { type Check, failed, ok, skipped, type Walk, warning } from "./check.ts";

/** As Cloudpods asks whether somebody listens, since v3.10.4: no X-Yunion-Event, and this text. */
const VERIFICATION = "This is a verification message, please ignore.";
const TIMEOUT_MS = 10_000;
const UNREACHED =
  /^(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|CONNECT_TIMEOUT|EGRESS_REFUSED|NO_TIME_LEFT)$/;

/** Each webhook's receiver is sent the validation request of Cloudpods, from this machine. */
export async function receiverChecks({ fn, isSilent }: Walk): Promise<Check[]> {
  if (!fn?.relay.ok || isSilent) return [];
  const webhooks = fn.relay.relay.destinations.filter((each) => each.type === "webhook");
  return Promise.all(webhooks.map(receiverCheck));
}

async function receiverCheck({ name, origin, secretIds, settle }: WebhookSettings): Promise<Check> {
  const link = `receiver of ${name}${origin ? ` (${origin})` : ""}`;
  if (secretIds.length > 0)
    return skipped(link, "its secrets are in the vault, which only the function reads: the synthetic event tells");
  const settled = settle(new Map());
  if (!settled.ok) return failed(link, settled.problem, "mend the configuration of the function");
  const webhook = settled.value;
  if (webhook.render !== undefined || webhook.oauth2 !== undefined) {
    return skipped(link, "it does not take Yunion's requests as they are: the synthetic event tells");
  }
  return askedOf(webhook, link);
}

async function askedOf({ url, egress, tls, robot, authHeader }: WebhookTarget, link: string): Promise<Check> {
  const header = { ...(robot.header as object), ...(authHeader && { [authHeader[0]]: authHeader[1] }) };
  const { headers, body } = yunionRequest({ robot: { ...robot, header }, event: "", message: VERIFICATION });
  const endMs = Date.now() + TIMEOUT_MS;
  const connections = createConnections(1);
  const channel = { refusal: (address: string) => egress.refusal(url, address), tls };
  const answer = await send(
    { method: "POST", url, headers: { Accept: "*/*", "Accept-Encoding": "identity", ...headers }, body, channel },
    { connections, leftMs: () => endMs - Date.now() },
  ).finally(() => connections.close());
  if (answer.ok && answer.status >= 200 && answer.status < 300) {
    return ok(link, `answers Yunion's validation request with ${answer.status}`);
  }
  if (answer.ok)
    return failed(link, `answers Yunion's validation request with ${answer.status}`, adviceOn(answer.status));
  const found = `no answer to Yunion's validation request: ${answer.reason ?? answer.code}`;
  const fix =
    "start it, or mend WEBHOOK_URL; if it is private, only the function's subnet may reach it: the synthetic event tells";
  return UNREACHED.test(answer.code)
    ? warning(link, found, fix)
    : failed(link, found, "see its certificate and its log");
}

function adviceOn(status: number): string {
  if (status === 401 || status === 403)
    return "it does not accept the credentials: compare WEBHOOK_SECRET_KEY, WEBHOOK_AUTH and WEBHOOK_HEADERS with it";
  if (status === 404 || status === 410) return "nothing takes webhooks at this path: mend WEBHOOK_URL";
  if (status >= 300 && status < 400) return "redirects are not followed: set the final URL";
  return "a receiver has to answer every POST with 2xx, also the validation request: see its log";
}
