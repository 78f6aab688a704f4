import type { HttpAnswer, LoopbackRequest } from "../loopback.ts";

/** What a request to the Fn server is refused with: an HTTP status and Fn's own words. */
export interface Refused {
  status: number;
  refusal: string;
}

/** A request, taken apart. */
export interface ApiCall {
  request: LoopbackRequest;
  /** Aborted once the caller has gone away. */
  signal: AbortSignal;
  /** What the variable parts of the path stand for, decoded. */
  parameters: readonly string[];
  query: URLSearchParams;
  /** http://<host and port that the caller has named>: what the addresses in answers begin with. */
  base: string;
}

export type AnswerTo = (call: ApiCall) => HttpAnswer | Promise<HttpAnswer>;

export const JSON_TYPE = "application/json; charset=utf-8";

/** 200 and JSON. */
export function ok(body: unknown): HttpAnswer {
  return { status: 200, headers: { "Content-Type": JSON_TYPE }, body: JSON.stringify(body) };
}

/** `{"message":"App not found"}` */
export function refuse({ status, refusal }: Refused): HttpAnswer {
  return { status, headers: { "Content-Type": JSON_TYPE }, body: `${JSON.stringify({ message: refusal })}\n` };
}

/** 204, as every DELETE that went well. */
export const GONE: HttpAnswer = { status: 204, headers: { "Content-Type": "text/plain; charset=utf-8" } };

export function isRefused<T extends object>(value: T | Refused): value is Refused {
  return "refusal" in value;
}
