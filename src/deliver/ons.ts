import { type HttpResult, type SendContext, send } from "../http/send.ts";
import type { Notification } from "../notification.ts";
import type { OciPrincipal } from "../oci.ts";
import type { Attempt, Destination } from "./destination.ts";
import { onsMessage, packForOns } from "./ons-message.ts";
import { type Service, serviceAttempt, unsignedAttempt } from "./service-error.ts";
import { targetIdentity } from "./target-identity.ts";

export interface OnsSettings {
  name: string;
  /** ocid1.onstopic… */
  topicId: string;
  /** Instead of the region's own, for the emulator. */
  endpointUrl: URL | undefined;
  /** Loads Oracle's SDK at its first call; one principal serves all topics. */
  principal: () => Promise<OciPrincipal>;
}

const ENDPOINT = "https://notification.{region}.{secondLevelDomain}";

/** A destination that publishes `{ title, body }` on an ONS topic, the body being the notification's JSON. */
export function createOns({ name, topicId, endpointUrl, principal }: OnsSettings, now: () => number): Destination {
  const refreshedFor = new WeakSet<readonly Notification[]>();
  return {
    name,
    type: "ons",
    target: `${topicId.slice(0, 20)}…${topicId.slice(-6)}`,
    identity: targetIdentity(topicId),
    secrets: [],
    prepare: async () => void (await principal().catch(() => undefined)),
    pack: packForOns,
    async attempt(notifications: readonly Notification[], context: SendContext): Promise<Attempt> {
      const body = onsMessage(notifications);
      let answer: HttpResult;
      let headers: Record<string, string>;
      try {
        const signer = await principal();
        const base = (endpointUrl ?? signer.endpoint(ENDPOINT)).href.replace(/\/$/, "");
        const url = new URL(`${base}/20181201/topics/${encodeURIComponent(topicId)}/messages`);
        const request = { method: "POST" as const, url, headers: { "content-type": "application/json" }, body };
        headers = await signer.sign(request);
        answer = await send({ ...request, headers }, context);
        // The token may have been renewed on disk before its end: worth one more try.
        if (answer.ok && answer.status === 401 && !refreshedFor.has(notifications)) {
          refreshedFor.add(notifications);
          await signer.refresh();
          return { ...serviceAttempt(answer, ONS, { sent: headers, nowMs: now() }), verdict: "retry" } as Attempt;
        }
      } catch (error) {
        return unsignedAttempt(error);
      }
      return serviceAttempt(answer, ONS, { sent: headers, nowMs: now() });
    },
  };
}

const ONS: Service = {
  name: "ONS",
  hints: new Map([
    [400, "check the topic's OCID"],
    [404, "no such topic, or no policy lets this function use ons-topics in its compartment"],
    [429, "over 60 messages a minute on the topic"],
  ]),
  isPassing: (status, code) => status === 409 && code.endsWith("IncorrectState"),
};
