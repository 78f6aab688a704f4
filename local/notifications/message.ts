import type { Cloud } from "../emulator/cloud.ts";
import { confirmationUrl, type Subscription, unsubscribeUrl } from "./subscription.ts";
import type { Topic } from "./topics.ts";

/** What was published to a topic, or what asks to confirm a subscription to it. */
export interface Message {
  messageId: string;
  /** 2026-01-14T03:21:07.000Z */
  timeStamp: string;
  title: string | undefined;
  body: string;
  /** X-OCI-NS-MessageType */
  type: string;
}

/** A message on its way to one subscription, in the form of its protocol. */
export interface Letter {
  body: string;
  headers: Record<string, string>;
  subject: string;
}

export const CONFIRMATION = "SubscriptionConfirmation";

/** Only the word for confirmations is documented; this one is taken for all else. */
export const NOTIFICATION = "Notification";

/**
 * The signature's headers (X-OCI-NS-Signature, -SignatureVersion, -SigningCertURL) are missing: how OCI signs is not
 * published, so there is nothing that a receiver could verify.
 */
export function letterOf(cloud: Cloud, message: Message, to: { subscription: Subscription; topic: Topic }): Letter {
  const { subscription, topic } = to;
  const isConfirmation = message.type === CONFIRMATION;
  const confirmation = confirmationUrl(cloud, subscription);
  const unsubscribe = unsubscribeUrl(cloud, subscription);
  const headers = {
    "Content-Type": isConfirmation || isJson(message.body) ? "application/json" : "text/plain; charset=UTF-8",
    "X-OCI-NS-MessageId": message.messageId,
    "X-OCI-NS-TopicOcid": topic.id,
    "X-OCI-NS-TopicName": topic.name,
    "X-OCI-NS-MessageType": message.type,
    "X-OCI-NS-UnsubscribeURL": unsubscribe,
    // 2019-04-19T21:26:00.310+0000
    "X-OCI-NS-Timestamp": message.timeStamp.replace(/Z$/, "+0000"),
    ...(isConfirmation && {
      "X-OCI-NS-ConfirmationURL": confirmation,
      "X-OCI-NS-SubscriptionId": subscription.id,
      "X-OCI-NS-State": "Pending",
    }),
  };
  const subject = isConfirmation
    ? "Oracle Notification Service Subscription Confirmation"
    : (message.title ?? `A message of the topic ${topic.name}`);
  const text = isConfirmation
    ? `To confirm the subscription to the topic ${topic.name}: ${confirmation}`
    : message.body;
  switch (subscription.protocol) {
    case "SLACK":
      return { headers: { ...headers, "Content-Type": "application/json" }, body: JSON.stringify({ text }), subject };
    case "EMAIL":
      return { headers, body: isConfirmation ? text : `${text}\n\n${footer(topic, unsubscribe)}`, subject };
    case "SMS":
      return { headers, body: text, subject };
    default:
      return {
        headers,
        body: isConfirmation ? JSON.stringify({ ConfirmationURL: confirmation }) : message.body,
        subject,
      };
  }
}

/** As real e-mails end. */
function footer({ id, name }: Topic, unsubscribe: string): string {
  return [
    "--",
    `You are receiving notifications as a subscriber to the topic: ${name} (Topic OCID: ${id}).`,
    `To stop receiving notifications from this topic, unsubscribe: ${unsubscribe}`,
  ].join("\n");
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
