import { randomUUID } from "node:crypto";
import * as z from "zod";
import { bodyOf } from "../emulator/api.ts";
import type { Cloud, PublishResult } from "../emulator/cloud.ts";
import type { Issuer } from "../emulator/principal.ts";
import { keyIdOf, signatureProblem } from "../emulator/signature.ts";
import { codeOf, decoded, refusal, requestId } from "../emulator/wire.ts";
import type { HttpAnswer, LoopbackRequest } from "../loopback.ts";
import { type Message, NOTIFICATION } from "./message.ts";
import { createRate } from "./rate.ts";
import { addTopics, topicsOf } from "./topics.ts";

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
  /** As PublishMessage, for those who are no callers: rules and alarms. */
  publish: (topicId: string, message: NewMessage) => PublishResult;
}

export interface OnsOptions {
  issuer: Issuer;
  /** OCIDs of the topics that there are; with a cloud: from the start. */
  topics: string[];
  /** Has more topics, and policies. */
  cloud?: Cloud;
  /** Milliseconds since 1970. */
  now?: () => number;
  /** Hears of each message that was taken. */
  onPublished?: (topicId: string, message: Message) => void;
}

interface NewMessage {
  title?: string | undefined;
  body: string;
  type?: string | undefined;
}

const MAX_REQUEST_BYTES = 64 * 1024;
const MAX_PUBLISHES_PER_MINUTE = 60;
const messageSchema = z.object({ title: z.string().nullish(), body: z.string() });
const NOT_FOUND = "Authorization failed or requested resource not found.";

/** The data plane of OCI Notifications: PublishMessage, with its limits and its error codes. Verifies every signature. */
export function createOns({ issuer, topics, cloud, now = Date.now, onPublished }: OnsOptions): OnsEmulator {
  // Rules and alarms count too: it is this that ends a function which hears what it publishes.
  const rate = createRate(MAX_PUBLISHES_PER_MINUTE, now);
  if (cloud !== undefined) addTopics(cloud, topics);
  const ons: OnsEmulator = {
    published: [],
    requests: [],
    fault: undefined,
    answer(request) {
      const answer = ons.fault ?? publish(request);
      ons.requests.push({ status: answer.status, ...codeOf(answer) });
      return answer;
    },
    publish(topicId, message) {
      if (ons.fault !== undefined) return faultOf(ons.fault);
      if (!isKnown(topicId)) return refused(404, "NotAuthorizedOrNotFound", NOT_FOUND);
      if (Buffer.byteLength(message.body) > MAX_REQUEST_BYTES) {
        return refused(400, "InvalidParameter", "the message is over 64 KB");
      }
      return take(topicId, message);
    },
  };
  return ons;

  function publish(request: LoopbackRequest): HttpAnswer {
    const refuse = (status: number, code: string, message: string) => refusal(request, status, code, message);
    const topicId = decoded(/^\/20181201\/topics\/([^/?]+)\/messages(?:\?|$)/.exec(request.path)?.[1]);
    if (topicId === undefined) return refuse(404, "NotFound", "no such operation here");
    if (request.method !== "POST") return refuse(405, "MethodNotAllowed", "this operation takes POST");
    const problem = signatureProblem(request, issuer.publicKey);
    if (problem !== undefined) return refuse(401, "NotAuthenticated", problem);
    if (!isKnown(topicId) || !mayPublish(request, topicId)) return refuse(404, "NotAuthorizedOrNotFound", NOT_FOUND);
    if (request.body.byteLength > MAX_REQUEST_BYTES)
      return refuse(400, "InvalidParameter", "the message is over 64 KB");
    const details = bodyOf({ request }, messageSchema);
    if (!details.ok) return details.answer;
    const messageType = request.headers.messagetype ?? "RAW_TEXT";
    // JSON is deprecated; what it once did is not told any more.
    if (messageType !== "RAW_TEXT" && messageType !== "JSON") {
      return refuse(400, "InvalidParameter", "messageType: RAW_TEXT or JSON");
    }
    const { title, body } = details.value;
    const result = take(topicId, { title: title ?? undefined, body });
    if (!result.ok) return refuse(result.status, result.code, result.message);
    const { messageId, timeStamp } = result;
    return {
      status: 202,
      headers: { "opc-request-id": requestId(request) },
      body: JSON.stringify({ messageId, timeStamp }),
    };
  }

  function isKnown(topicId: string): boolean {
    return cloud === undefined ? topics.includes(topicId) : topicsOf(cloud).has(topicId);
  }

  function mayPublish(request: LoopbackRequest, topicId: string): boolean {
    if (cloud === undefined) return true;
    const caller = issuer.callerOf(keyIdOf(request));
    const compartmentId = topicsOf(cloud).get(topicId)?.compartmentId ?? "";
    return caller !== undefined && cloud.allows(caller, "ONS_TOPIC_PUBLISH", { compartmentId });
  }

  function take(topicId: string, { title, body, type = NOTIFICATION }: NewMessage): PublishResult {
    if (rate.take(topicId, 0) === undefined) return refused(429, "TooManyRequests", "over 60 messages a minute");
    const message = { messageId: randomUUID(), timeStamp: new Date(now()).toISOString(), title, body, type };
    ons.published.push({ topicId, title, body, messageId: message.messageId });
    onPublished?.(topicId, message);
    return { ok: true, messageId: message.messageId, timeStamp: message.timeStamp };
  }
}

function refused(status: number, code: string, message: string): PublishResult {
  return { ok: false, status, code, message };
}

function faultOf(fault: HttpAnswer): PublishResult {
  return refused(fault.status, codeOf(fault).code ?? "InternalServerError", "as the emulator was told to answer");
}
