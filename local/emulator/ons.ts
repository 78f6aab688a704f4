import { randomUUID } from "node:crypto";
import type { HttpAnswer, LoopbackRequest } from "../loopback.ts";
import type { Issuer } from "./principal.ts";
import { signatureProblem } from "./signature.ts";
import { codeOf, decoded, refusal, requestId } from "./wire.ts";

export interface Published {
  topicId: string;
  title: string | undefined;
  body: string;
  messageId: string;
}

export interface OnsEmulator {
  published: Published[];
  /** Every request that came, refused ones too, with the answer's status and code. */
  requests: { status: number; code?: string }[];
  /** An error to answer with instead, from now on; undefined: none. */
  fault: HttpAnswer | undefined;
  answer: (request: LoopbackRequest) => HttpAnswer;
}

const MAX_REQUEST_BYTES = 64 * 1024;
const MAX_PUBLISHES_PER_MINUTE = 60;

/** The data plane of OCI Notifications: PublishMessage, with its limits and its error codes. Verifies every signature. */
export function createOns(options: { issuer: Issuer; topics: string[] }): OnsEmulator {
  const recent = new Map<string, number[]>();
  const ons: OnsEmulator = {
    published: [],
    requests: [],
    fault: undefined,
    answer(request) {
      const answer = ons.fault ?? publish(request);
      ons.requests.push({ status: answer.status, ...codeOf(answer) });
      return answer;
    },
  };
  return ons;

  function publish(request: LoopbackRequest): HttpAnswer {
    const refuse = (status: number, code: string, message: string) => refusal(request, status, code, message);
    const topicId = decoded(/^\/20181201\/topics\/([^/?]+)\/messages$/.exec(request.path)?.[1]);
    if (topicId === undefined) return refuse(404, "NotFound", "no such operation here");
    if (request.method !== "POST") return refuse(405, "MethodNotAllowed", "this operation takes POST");
    const problem = signatureProblem(request, options.issuer.publicKey);
    if (problem !== undefined) return refuse(401, "NotAuthenticated", problem);
    if (!options.topics.includes(topicId)) {
      return refuse(404, "NotAuthorizedOrNotFound", "Authorization failed or requested resource not found.");
    }
    if (request.body.byteLength > MAX_REQUEST_BYTES)
      return refuse(400, "InvalidParameter", "the message is over 64 KB");
    const details = detailsOf(request.body);
    if (details === undefined) return refuse(400, "CannotParseRequest", "Incorrectly formatted request.");
    if (typeof details.body !== "string") return refuse(400, "MissingParameter", "body: a string is required");
    if (isOverRate(topicId)) return refuse(429, "TooManyRequests", "over 60 messages a minute");

    const messageId = randomUUID();
    const title = typeof details.title === "string" ? details.title : undefined;
    ons.published.push({ topicId, title, body: details.body, messageId });
    return {
      status: 202,
      headers: { "opc-request-id": requestId(request) },
      body: JSON.stringify({ messageId, timeStamp: new Date().toISOString() }),
    };
  }

  function isOverRate(topicId: string): boolean {
    const times = (recent.get(topicId) ?? []).filter((time) => time > Date.now() - 60_000);
    recent.set(topicId, [...times, Date.now()]);
    return times.length >= MAX_PUBLISHES_PER_MINUTE;
  }
}

function detailsOf(body: Buffer): Record<string, unknown> | undefined {
  try {
    const details: unknown = JSON.parse(body.toString());
    return typeof details === "object" && details !== null ? (details as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
