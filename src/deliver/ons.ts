import type { SendContext } from "../http/send.ts";
import type { Notification } from "../notification.ts";
import type { Result } from "../problem.ts";
import { type OciAccess, sendSigned } from "../signed-request.ts";
import type { Attempt, Destination } from "./destination.ts";
import { type OnsFormat, onsMessage, packForOns, renderedMessage } from "./ons-message.ts";
import { onsTarget } from "./ons-target.ts";
import type { Render } from "./render.ts";
import { NOT_AUTHENTICATED, type Service, serviceAttempt } from "./service-error.ts";
import { unsignedAttempt } from "./unsigned-attempt.ts";

export interface OnsSettings {
  name: string;
  /** ocid1.onstopic… */
  topicId: string;
  format: OnsFormat;
  /** Makes the body instead: a text is sent as it is, anything else as its JSON. Called once for each try. */
  render?: Render | undefined;
}

const ENDPOINT = "https://notification.{region}.{secondLevelDomain}";

/** A destination that publishes `{ title, body }` on an ONS topic. */
export function createOns(settings: OnsSettings, access: OciAccess, now: () => number) {
  const { topicId, format, render } = settings;
  const refreshedFor = new WeakSet<readonly Notification[]>();
  return {
    ...onsTarget(settings),
    prepare: async () => void (await access.principal().catch(() => undefined)),
    ...(render === undefined && { pack: (notifications: Iterable<Notification>) => packForOns(notifications, format) }),
    async attempt(notifications: readonly Notification[], context: SendContext): Promise<Attempt> {
      const message = messageOf(notifications, settings);
      if (!message.ok) return { verdict: "give-up", error: "RENDER", problem: message.problem };
      const path = `/20181201/topics/${encodeURIComponent(topicId)}/messages`;
      const request = {
        endpoint: ENDPOINT,
        path,
        headers: { "content-type": "application/json" },
        body: message.value,
      };
      try {
        const { answer, sent } = await sendSigned(access, { method: "POST", ...request }, context);
        const attempt = serviceAttempt(answer, ONS, { sent, nowMs: now() });
        if (attempt.verdict === "done" || attempt.status !== 401 || refreshedFor.has(notifications)) return attempt;
        refreshedFor.add(notifications);
        return { ...attempt, verdict: "retry" };
      } catch (error) {
        return unsignedAttempt(error);
      }
    },
  } satisfies Destination;
}

function messageOf(notifications: readonly Notification[], { format, render }: OnsSettings): Result<string> {
  const [first] = notifications;
  if (render !== undefined && first !== undefined) return renderedMessage(first, render);
  return { ok: true, value: onsMessage(notifications, format) };
}

const POLICY =
  "Allow dynamic-group <the function's> to use ons-topics in compartment id <the topic's> where request.permission='ONS_TOPIC_PUBLISH'";
const IN_TROUBLE = "trouble inside of OCI, tried again; if it stays, see https://ocistatus.oraclecloud.com";
const LIMIT = "the tenancy is at a limit; see Limits, Quotas and Usage in the console, and ask for a higher one";

/**
 * What PublishMessage is refused with, and what to do.
 * @see https://docs.oracle.com/en-us/iaas/Content/API/References/apierrors.htm
 */
const ONS: Service = {
  name: "ONS",
  hints: new Map<number | string, string>([
    [400, "the request is not one that ONS takes; see `response`"],
    ["400 CannotParseRequest", "the body is no JSON to it; see that nothing between changes requests"],
    ["400 InvalidParameter", "check the topic's OCID"],
    ["400 MissingParameter", "the message has no body; see what render returns"],
    ["400 LimitExceeded", LIMIT],
    ["400 TopicLimitReached", LIMIT],
    ["400 QuotaExceeded", "a quota of the compartment is used up; see the policies that set it"],
    ["400 RelatedResourceNotAuthorizedOrNotFound", `what the topic needs is missing or not allowed: ${POLICY}`],
    [401, NOT_AUTHENTICATED],
    [403, `not allowed; needs the policy: ${POLICY}`],
    [404, `no such topic in this region (check the OCID and its region), or the policy is missing: ${POLICY}`],
    [409, "the topic is being changed; tried again until it is active"],
    [413, "the message is over the 64 KB that ONS takes"],
    [429, "over 60 messages a minute on the topic; waited for until the deadline; narrow the routes"],
    [500, IN_TROUBLE],
    [503, IN_TROUBLE],
  ]),
  isPassing: (status, code) => status === 409 && code.endsWith("IncorrectState"),
};
