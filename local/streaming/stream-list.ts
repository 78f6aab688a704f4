import { type Call, notFound, page, refuse } from "../emulator/api.ts";
import type { Cloud } from "../emulator/cloud.ts";
import { queriedCompartment } from "../emulator/compartment-id.ts";
import { denial } from "../emulator/denial.ts";
import { sorted } from "../emulator/sorted.ts";
import { stateProblem } from "../emulator/state-problem.ts";
import type { HttpAnswer } from "../loopback.ts";
import type { Stream, StreamPool } from "./stream.ts";
import { isAskedFor, STREAM_KEYS } from "./stream-pools.ts";

/**
 * ListStreams: those of a compartment or of a pool.
 * @param shown a stream as the API shows it
 */
export function listStreams(call: Call, cloud: Cloud, shown: (stream: Stream) => object): HttpAnswer {
  const streams = cloud.store.collection<Stream>("streams");
  const pools = cloud.store.collection<StreamPool>("stream-pools");
  const wrongState = stateProblem(call);
  if (wrongState !== undefined) return wrongState;
  const [streamPoolId, compartment] = [call.query.get("streamPoolId"), call.query.get("compartmentId")];
  if (streamPoolId !== null && compartment !== null) {
    return refuse(call, 400, "InvalidParameter", "either compartmentId or streamPoolId, not both");
  }
  const pool = streamPoolId === null ? undefined : pools.get(streamPoolId);
  if (streamPoolId !== null && pool === undefined) return notFound(call);
  const queried = pool === undefined ? queriedCompartment(call, cloud) : { id: pool.compartmentId };
  if ("answer" in queried) return queried.answer;
  const compartmentId = queried.id;
  const denied = denial(cloud, call, { permission: "STREAM_INSPECT", compartmentId });
  if (denied !== undefined) return denied;
  const found = [...streams.values()].filter(
    (stream) =>
      (pool === undefined ? stream.compartmentId === compartmentId : stream.streamPoolId === pool.id) &&
      isAskedFor(call, stream),
  );
  const ordered = sorted(call, found, STREAM_KEYS);
  if ("answer" in ordered) return ordered.answer;
  const summaries = ordered.items.map((stream) => ({ ...shown(stream), retentionInHours: undefined }));
  return page(call, summaries, { maxLimit: 50, defaultLimit: 10 });
}
