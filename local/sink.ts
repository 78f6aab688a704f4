import { createHmac, timingSafeEqual } from "node:crypto";
import { type LoopbackAnswer, type LoopbackRequest, type LoopbackServer, serveLoopback } from "./loopback.ts";

/** One request that the sink got. */
export interface Received extends LoopbackRequest {
  /** X-Yunion-Event; empty if there was none. */
  event: string;
  /** Was it one of the two requests by which Cloudpods asks whether somebody listens? */
  isValidation: boolean;
  /** X-Auth-Token against the sink's secret key. */
  token: "valid" | "wrong" | "absent" | "not checked";
  /** The status it was answered with. */
  answered: number | "hang" | "reset";
}

export interface Sink extends LoopbackServer {
  /** In order of arrival. */
  received: Received[];
  /** What X-Auth-Token is checked with from now on; undefined: not at all. */
  secretKey: string | undefined;
  /** What to answer from now on; validation requests and wrong tokens are answered by the sink itself. */
  answer: (request: Received) => LoopbackAnswer | Promise<LoopbackAnswer>;
}

export interface SinkOptions {
  /** Default: X-Auth-Token is not checked. */
  secretKey?: string;
  /** Default: any that is free. */
  port?: number;
  /** Is told of each request once it is known what it is answered with; of one that hangs for good too. */
  onReceived?: (request: Received) => void;
}

/** A webhook receiver as a Cloudpods user would write it: checks X-Auth-Token, acknowledges validation requests. */
export async function startSink(options: SinkOptions = {}): Promise<Sink> {
  const received: Received[] = [];
  const server = await serveLoopback(async (request) => {
    const event = String(request.headers["x-yunion-event"] ?? "");
    const token = tokenOf(request, sink.secretKey);
    const entry: Received = {
      ...request,
      event,
      isValidation: isValidation(event, request.body),
      token,
      answered: 200,
    };
    received.push(entry);
    const answer = await answerTo(entry);
    entry.answered = typeof answer === "string" ? answer : answer.status;
    options.onReceived?.(entry);
    return answer;
  }, options);

  const sink: Sink = {
    ...server,
    received,
    secretKey: options.secretKey,
    answer: () => ({ status: 200, body: '{"result":"ok"}' }),
  };
  return sink;

  async function answerTo(entry: Received): Promise<LoopbackAnswer> {
    if (entry.method !== "POST") return { status: 405, body: '{"result":"only POST"}' };
    if (entry.token === "wrong" || entry.token === "absent")
      return { status: 401, body: '{"result":"bad X-Auth-Token"}' };
    if (entry.isValidation) return { status: 200, body: '{"result":"ok"}' };
    return sink.answer(entry);
  }
}

function tokenOf({ headers, body }: LoopbackRequest, secretKey: string | undefined): Received["token"] {
  if (secretKey === undefined) return "not checked";
  const token = headers["x-auth-token"];
  if (typeof token !== "string") return "absent";
  const expected = createHmac("sha256", secretKey).update(body).digest("hex");
  return token.length === expected.length && timingSafeEqual(Buffer.from(token), Buffer.from(expected))
    ? "valid"
    : "wrong";
}

/** Up to v3.9 the event VALIDATE; since v3.10.4 no event at all and another text. */
function isValidation(event: string, body: Buffer): boolean {
  if (event === "VALIDATE") return true;
  return event === "" && body.includes("This is a verification message, please ignore.");
}
