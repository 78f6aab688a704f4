import type { Cloud } from "../emulator/cloud.ts";
import type { Caller } from "../emulator/principal.ts";
import { keyIdOf } from "../emulator/signature.ts";
import { codeOf } from "../emulator/wire.ts";
import type { EmittedEvent } from "../events/bus.ts";
import type { ManagedFunction } from "../functions/function-management.ts";
import type { LoopbackAnswer, LoopbackRequest } from "../loopback.ts";
import type { Mail } from "../notifications/outbox.ts";

/** What the emulator tells of itself while it runs: each is one JSON line for scripts, one line or few for people. */
export type Happening = AnsweredRequest | HeardEvent | HeldMail | LoggedLine;

export interface AnsweredRequest {
  kind: "request";
  method: string;
  /** With the query, less what is secret in it. */
  path: string;
  status: number | "hang" | "reset";
  /** OCI's word for an error. */
  code?: string;
  /** OCID of a user or a function; null: not signed, or by nobody who is known here. */
  caller: string | null;
}

export interface HeardEvent extends EmittedEvent {
  kind: "event";
}

/** Nobody reads a mailbox here: the link to confirm stands in it. */
export interface HeldMail extends Pick<Mail, "protocol" | "to" | "subject" | "confirmationUrl" | "topicId"> {
  kind: "mail";
}

export interface LoggedLine {
  kind: "log";
  functionId: string;
  functionName: string;
  line: string;
}

export function answeredRequest(cloud: Cloud, request: LoopbackRequest, answer: LoopbackAnswer): AnsweredRequest {
  const path = request.path.replace(/([?&]token=)[^&]*/gi, "$1…");
  const caller = idOf(cloud.issuer.callerOf(keyIdOf(request)));
  if (typeof answer === "string") return { kind: "request", method: request.method, path, status: answer, caller };
  const code = answer.status >= 400 ? codeOf(answer) : {};
  return { kind: "request", method: request.method, path, status: answer.status, ...code, caller };
}

export function heldMail({ protocol, to, subject, confirmationUrl, topicId }: Mail): HeldMail {
  return { kind: "mail", protocol, to, subject, topicId, ...(confirmationUrl !== undefined && { confirmationUrl }) };
}

export function loggedLine({ store }: Pick<Cloud, "store">, functionId: string, line: string): LoggedLine {
  const functionName = store.collection<ManagedFunction>("functions").get(functionId)?.displayName ?? functionId;
  return { kind: "log", functionId, functionName, line };
}

function idOf(caller: Caller | undefined): string | null {
  if (caller === undefined) return null;
  return caller.kind === "user" ? caller.userId : caller.functionId;
}
