import { randomBytes } from "node:crypto";
import * as z from "zod";
import type { Thing } from "../emulator/api.ts";
import type { Cloud } from "../emulator/cloud.ts";

/** A subscription to a topic of Notifications, as it is kept. */
export interface Subscription extends Thing {
  topicId: string;
  protocol: Protocol;
  endpoint: string;
  metadata: string | null;
  lifecycleState: "PENDING" | "ACTIVE" | "DELETED";
  deliveryPolicy: DeliveryPolicy;
  /** In the confirmation URL. */
  token: string;
  /** Milliseconds since 1970. */
  tokenExpires: number;
  /** In the unsubscribe URL: good as long as the subscription is. */
  unsubscribeToken: string;
}

export const PROTOCOLS = ["CUSTOM_HTTPS", "EMAIL", "HTTPS", "ORACLE_FUNCTIONS", "PAGERDUTY", "SLACK", "SMS"] as const;
export type Protocol = (typeof PROTOCOLS)[number];

export const deliveryPolicySchema = z.object({
  backoffRetryPolicy: z
    .object({ maxRetryDuration: z.int().min(0), policyType: z.literal("EXPONENTIAL") })
    .nullish()
    .transform((policy) => policy ?? { maxRetryDuration: 7_200_000, policyType: "EXPONENTIAL" as const }),
});
export type DeliveryPolicy = z.output<typeof deliveryPolicySchema>;

const CONFIRM_WITHIN_MS = 3 * 86_400_000;

export function subscriptionsOf(cloud: Cloud): Map<string, Subscription> {
  return cloud.store.collection<Subscription>("subscriptions");
}

/** What a confirmation URL needs, from now on; the one before is worth nothing any more. */
export function newToken(nowMs: number): Pick<Subscription, "token" | "tokenExpires"> {
  return { token: randomToken(), tokenExpires: nowMs + CONFIRM_WITHIN_MS };
}

export function randomToken(): string {
  return randomBytes(32).toString("base64url");
}

export function confirmationUrl(cloud: Cloud, { id, token, protocol }: Subscription): string {
  return `${cloud.url()}/20181201/subscriptions/${id}/confirmation?token=${token}&protocol=${protocol}`;
}

export function unsubscribeUrl(cloud: Cloud, { id, unsubscribeToken, protocol }: Subscription): string {
  return `${cloud.url()}/20181201/subscriptions/${id}/unsubscription?token=${unsubscribeToken}&protocol=${protocol}`;
}
