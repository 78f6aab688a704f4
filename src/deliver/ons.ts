import type { models } from "oci-ons";
import { type Notification, yunionMessage } from "../notification.ts";
import type { OciPrincipal } from "../oci.ts";
import { wireJson } from "../wire-json.ts";
import type { Attempt, Destination } from "./destination.ts";
import { type PostResult, post } from "./post.ts";
import { refusedAttempt, verdictOfError, verdictOfStatus } from "./verdict.ts";

export interface OnsSettings {
  name: string;
  /** ocid1.onstopic… */
  topicId: string;
  /** Instead of the region's own, for the emulator. */
  endpointUrl: URL | undefined;
  /** Loads Oracle's SDK at its first call; one principal serves all topics. */
  principal: () => Promise<OciPrincipal>;
}

const MAX_MESSAGE_BYTES = 64 * 1024;

const ENDPOINT = "https://notification.{region}.{secondLevelDomain}";

/** A destination that publishes `{ title, body }` on an ONS topic, the body being the notification's JSON. */
export function createOns({ name, topicId, endpointUrl, principal }: OnsSettings, now: () => number): Destination {
  const refreshedFor = new WeakSet<Notification>();
  return {
    name,
    label: `ons ${topicId.slice(0, 20)}…${topicId.slice(-6)}`,
    prepare: async () => void (await principal().catch(() => undefined)),
    async attempt(notification: Notification, signal: AbortSignal): Promise<Attempt> {
      const message: models.MessageDetails = { title: notification.title, body: wireJson(yunionMessage(notification)) };
      const body = wireJson(message);
      const bytes = Buffer.byteLength(body);
      if (bytes > MAX_MESSAGE_BYTES) {
        return { verdict: "give-up", problem: `the message has ${bytes} bytes, ONS takes ${MAX_MESSAGE_BYTES}` };
      }
      let answer: PostResult;
      try {
        const signer = await principal();
        const base = (endpointUrl ?? signer.endpoint(ENDPOINT)).href.replace(/\/$/, "");
        const url = new URL(`${base}/20181201/topics/${encodeURIComponent(topicId)}/messages`);
        answer = await publish(signer, url, { body, signal });
        // The token may have been renewed on disk before its end: worth one more try.
        if (answer.ok && answer.status === 401 && !refreshedFor.has(notification)) {
          refreshedFor.add(notification);
          await signer.refresh();
          return { ...verdictOf(answer, now()), verdict: "retry" } as Attempt;
        }
      } catch (error) {
        return {
          verdict: "retry",
          problem: `the request could not be signed as resource principal: ${reasonOf(error)}`,
        };
      }
      return verdictOf(answer, now());
    },
  };
}

/** The SDK's words: about files and keys, never their content; not always on one line. */
function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message.replace(/\s+/g, " ").slice(0, 200) : "unknown error";
}

async function publish(
  signer: OciPrincipal,
  url: URL,
  call: { body: string; signal: AbortSignal },
): Promise<PostResult> {
  const request = { method: "POST" as const, url, headers: { "content-type": "application/json" }, body: call.body };
  return post({ ...request, headers: await signer.sign(request) }, call.signal);
}

function verdictOf(answer: PostResult, nowMs: number): Attempt {
  if (!answer.ok) return { verdict: verdictOfError(answer.code), problem: `ONS did not answer (${answer.code})` };
  const verdict = verdictOfStatus(answer.status);
  if (verdict === "done") return { verdict, status: answer.status };
  const code = serviceCode(answer.body);
  const hint = HINTS.get(answer.status);
  const problem = `ONS answered ${answer.status}${code && ` ${code}`}${hint ? `: ${hint}` : ""}`;
  const isPassing = answer.status === 409 && code.endsWith("IncorrectState");
  return refusedAttempt(answer, { verdict: isPassing ? "retry" : verdict, problem, nowMs });
}

const HINTS = new Map([
  [400, "check the topic's OCID"],
  [401, "the resource principal is not accepted; check the dynamic group and the function's clock"],
  [404, "no such topic, or no policy lets this function use ons-topics in its compartment"],
  [429, "over 60 messages a minute on the topic"],
]);

/** `{ "code": "NotAuthorizedOrNotFound", "message": … }`; the message may quote anything, the code is a word. */
function serviceCode(body: string): string {
  return /"code"\s*:\s*"([A-Za-z]{1,60})"/.exec(body)?.[1] ?? "";
}
