import * as z from "zod";
import type { Cloud } from "../emulator/cloud.ts";
import { ocid } from "../emulator/ocid.ts";
import type { ManagedFunction } from "./function-management.ts";
import type { Invocation } from "./function-runner.ts";

/** Where the record of a detached invocation goes. */
export const invocationDestination = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("STREAM"), streamId: ocid("stream") }),
  z.object({ kind: z.literal("NOTIFICATION"), topicId: ocid("onstopic") }),
  z.object({ kind: z.literal("QUEUE"), queueId: ocid("queue"), channelId: z.string().nullish() }),
  z.object({ kind: z.literal("NONE") }),
]);

export type InvocationDestination = z.output<typeof invocationDestination>;

/**
 * Sends the record of a detached invocation to the destination for its success or failure. The fields of OCI's record are
 * not documented: these are ours.
 * { "functionId": "ocid1.fnfunc…", "invocationId": "01…", "status": "FAILURE", "payload": "<body of the request>",
 *   "response": { "status": 502, "body": "…" } }
 * @returns why the record did not get there; undefined if it did, or if none is wanted
 */
export async function deliverRecord(
  cloud: Cloud,
  fn: ManagedFunction,
  done: { payload: string; invocation: Invocation },
): Promise<string | undefined> {
  const { status, body, callId, code } = done.invocation;
  const destination = code === undefined ? fn.successDestination : fn.failureDestination;
  const record = JSON.stringify({
    functionId: fn.id,
    invocationId: callId,
    status: code === undefined ? "SUCCESS" : "FAILURE",
    payload: done.payload,
    response: { status, body },
  });
  switch (destination.kind) {
    case "NONE":
      return undefined;
    case "STREAM":
      return cloud.putOnStream(destination.streamId, { key: fn.id, value: record })
        ? undefined
        : `there is no stream ${destination.streamId}: create it, or name another one`;
    case "NOTIFICATION": {
      const published = await cloud.publish(destination.topicId, { body: record });
      return published.ok ? undefined : `the topic ${destination.topicId} refused it: ${published.message}`;
    }
    case "QUEUE":
      return "queues are not emulated here: use a STREAM or a NOTIFICATION to see the record";
  }
}
