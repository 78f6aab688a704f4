import { randomBytes } from "node:crypto";
import type { HttpAnswer, LoopbackRequest } from "../loopback.ts";

/** The id that every answer of OCI bears: the caller's own, if there is one. */
export function requestId(request: LoopbackRequest): string {
  return String(request.headers["opc-request-id"] ?? randomBytes(16).toString("hex").toUpperCase());
}

/** An error as all services of OCI spell it; to a HEAD request the server sends no more than its headers. */
export function refusal(request: LoopbackRequest, status: number, code: string, message: string): HttpAnswer {
  return { status, headers: { "opc-request-id": requestId(request) }, body: JSON.stringify({ code, message }) };
}

/** The code of an error that is about to be sent, as an object to spread: empty if there is none. */
export function codeOf({ body }: HttpAnswer): { code?: string } {
  const code = typeof body === "string" ? /"code":"(\w+)"/.exec(body)?.[1] : undefined;
  return code === undefined ? {} : { code };
}

/** A part of a path without its percent encoding; undefined if that is broken. */
export function decoded(part: string | undefined): string | undefined {
  try {
    return part === undefined ? undefined : decodeURIComponent(part);
  } catch {
    return undefined;
  }
}
