import type { Attempt } from "../deliver/destination.ts";
import { type RetryContext, retrying } from "../deliver/retry.ts";
import { type Service, serviceAttempt } from "../deliver/service-error.ts";
import { unsignedAttempt } from "../deliver/unsigned-attempt.ts";
import type { HttpResult, SendContext } from "../http/send.ts";
import { type OciAccess, type SignedRequest, sendSigned } from "../signed-request.ts";

export interface ObjectRequest {
  method: "PUT" | "GET" | "HEAD" | "DELETE";
  bucket: string;
  object: string;
  body?: string | Uint8Array;
  /** if-none-match, if-match, content-type. */
  headers?: Record<string, string>;
}

export type ObjectAnswer =
  /** `body` only of a GET. */
  | { ok: true; etag: string; body: string }
  /** `status` is absent where there was no answer; 404 and 412 are answers that a caller may expect. */
  | { ok: false; status?: number; problem: string };

/** Object Storage, under the one retry policy; an answer that a condition did not hold (412) may follow a lost reply. */
export type ObjectStorage = (request: ObjectRequest, context: RetryContext) => Promise<ObjectAnswer>;

const MAX_SHARE_OF_ATTEMPT = 1 / 2;
const MIN_ATTEMPT_MS = 500;

const ENDPOINT = "https://objectstorage.{region}.{secondLevelDomain}";

export function createObjectStorage(access: OciAccess, now: () => number): ObjectStorage {
  let namespace: string | undefined;

  const sendTo = (path: string, request: Pick<SignedRequest, "method" | "headers" | "body">, context: SendContext) =>
    sendSigned(access, { ...request, endpoint: ENDPOINT, path, isBodyUnsigned: true }, context);

  /** The tenancy's namespace stands in every path; it never changes. */
  async function namespaceOf(context: SendContext): Promise<string | Attempt> {
    if (namespace !== undefined) return namespace;
    const { answer, sent } = await sendTo("/n/", { method: "GET", headers: {}, body: "" }, context);
    if (!answer.ok || answer.status !== 200) return serviceAttempt(answer, OBJECT_STORAGE, { sent, nowMs: now() });
    // `"axexample1"`, a JSON string; anything else would be asked of for as long as the container lives.
    const named = /^"([A-Za-z0-9_-]+)"$/.exec(answer.body.trim())?.[1];
    if (named === undefined) {
      return { verdict: "retry", status: 200, problem: "Object Storage did not tell the tenancy's namespace" };
    }
    namespace = named;
    return namespace;
  }

  return async (request, context) => {
    let answered: Extract<HttpResult, { ok: true }> | undefined;
    const { body = "", headers = {}, method } = request;
    // So that one answer which never comes leaves time for a second try, where there is time for two.
    const attemptTimeoutMs = Math.max(MIN_ATTEMPT_MS, (context.deadlineMs - now()) * MAX_SHARE_OF_ATTEMPT);
    const tries = await retrying(
      async (sending) => {
        try {
          const space = await namespaceOf(sending);
          if (typeof space !== "string") return space;
          const path = `/n/${encodeURIComponent(space)}/b/${encodeURIComponent(request.bucket)}/o/${encodeURIComponent(request.object)}`;
          const { answer, sent } = await sendTo(path, { method, headers, body }, sending);
          if (answer.ok) answered = answer;
          if (method === "GET" && answer.ok && answer.status === 200 && !answer.isWhole) {
            return { verdict: "retry", status: 200, problem: "Object Storage's answer was cut short" };
          }
          return serviceAttempt(answer, OBJECT_STORAGE, { sent, nowMs: now() });
        } catch (error) {
          return unsignedAttempt(error);
        }
      },
      { ...context, attemptTimeoutMs },
    );
    if (tries.why === undefined && answered !== undefined) {
      return { ok: true, etag: answered.headers.etag ?? "", body: answered.body };
    }
    const { last, why } = tries;
    if (last === undefined || last.verdict === "done") return { ok: false, problem: `Object Storage: ${why}` };
    const problem = last.verdict === "give-up" ? last.problem : `${last.problem}; ${why}`;
    return { ok: false, problem, ...(last.status !== undefined && { status: last.status }) };
  };
}

const MISSING = new Set(["BucketNotFound", "NamespaceNotFound"]);

const OBJECT_STORAGE: Service = {
  name: "Object Storage",
  hints: new Map([[404, "no such bucket, or no policy lets this function manage objects in it"]]),
  // A bucket that is there has been seen to be called missing now and then; an object that is missing is an answer.
  isPassing: (status, code) => status === 401 || status === 409 || (status === 404 && MISSING.has(code)),
};
