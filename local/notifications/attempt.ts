import type { Cloud } from "../emulator/cloud.ts";
import { CONFIRMATION, type Letter } from "./message.ts";
import { keep, type Mail } from "./outbox.ts";
import { post } from "./post.ts";
import type { Subscription } from "./subscription.ts";
import { isLoopback } from "./subscription-endpoint.ts";

export type Attempt = { ok: true; status?: number } | { ok: false; status?: number; error: string };

export interface Carrier {
  outbox: Mail[];
  onMail?: ((mail: Mail) => void) | undefined;
  timeoutMs: number;
  signal: AbortSignal;
}

/** Tries once to bring a letter to a subscription. Any 2xx acknowledges it: which statuses do is not documented. */
export async function attempt(
  cloud: Cloud,
  { subscription, letter }: { subscription: Subscription; letter: Letter },
  { outbox, onMail, timeoutMs, signal }: Carrier,
): Promise<Attempt> {
  const { protocol, endpoint } = subscription;
  if (protocol === "ORACLE_FUNCTIONS") return invoke(cloud, endpoint, letter);
  // Nothing goes to other hosts from here, as there is no mail server either: a try on a laptop must not reach real people.
  if (protocol === "EMAIL" || protocol === "SMS" || !isLoopback(new URL(endpoint))) {
    const mail = mailOf(subscription, letter);
    keep(outbox, mail);
    onMail?.(mail);
    return { ok: true };
  }
  const posted = await post(endpoint, { ...letter, timeoutMs, signal });
  if ("error" in posted) return { ok: false, error: posted.error };
  const { status } = posted;
  return isAcknowledged(status) ? { ok: true, status } : { ok: false, status, error: `answered ${status}` };
}

async function invoke(cloud: Cloud, functionId: string, { body, headers }: Letter): Promise<Attempt> {
  let status: number;
  try {
    ({ status } = await cloud.invoke(functionId, body, headers));
  } catch (error) {
    // A host that can not start the function is an endpoint that does not answer.
    return { ok: false, error: error instanceof Error ? error.message : String(error) };
  }
  return isAcknowledged(status)
    ? { ok: true, status }
    : { ok: false, status, error: `the function answered ${status}` };
}

function isAcknowledged(status: number): boolean {
  return status >= 200 && status <= 299;
}

function mailOf({ protocol, endpoint, topicId, id }: Subscription, { headers, subject, body }: Letter): Mail {
  const confirmationUrl = headers["X-OCI-NS-ConfirmationURL"];
  return {
    protocol,
    to: endpoint,
    subject,
    body,
    topicId,
    subscriptionId: id,
    ...(headers["X-OCI-NS-MessageType"] === CONFIRMATION && confirmationUrl !== undefined && { confirmationUrl }),
    unsubscribeUrl: headers["X-OCI-NS-UnsubscribeURL"] ?? "",
  };
}
