import type { Reply } from "../../src/outcome.ts";
import { isRecord } from "../../src/problem.ts";
import type { InvokeReply } from "../functions/functions.ts";

const THROWN = "Error in function: ";

/**
 * The relay's reply to one call. Of one that failed the caller sees no more than that it failed: then it is what the function
 * has thrown last for that event, in its log.
 */
export function replyOf(
  { status, body }: InvokeReply,
  { eventId, lines }: { eventId: string; lines: readonly string[] },
): Reply | undefined {
  if (status === 200) return replyIn(body);
  const thrown = lines.filter((line) => line.startsWith(THROWN)).map((line) => replyIn(line.slice(THROWN.length)));
  return thrown.findLast((reply) => reply !== undefined && "eventID" in reply && reply.eventID === eventId);
}

/** Undefined: it is none of the relay's. */
export function replyIn(text: string): Reply | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) && typeof value.outcome === "string" ? (value as unknown as Reply) : undefined;
  } catch {
    return undefined;
  }
}
