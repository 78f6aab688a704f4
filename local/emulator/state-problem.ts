import type { HttpAnswer } from "../loopback.ts";
import { type Call, refuse } from "./api.ts";

/** Of all services; none has all of them. */
const STATES = ["CREATING", "ACTIVE", "INACTIVE", "UPDATING", "DELETING", "DELETED", "FAILED"];

/** The 400 for a list that is asked for a lifecycleState which nothing can have; undefined if there is nothing against it. */
export function stateProblem(call: Call, states: readonly string[] = STATES): HttpAnswer | undefined {
  const asked = call.query.get("lifecycleState")?.toUpperCase();
  if (asked === undefined || states.includes(asked)) return undefined;
  return refuse(call, 400, "InvalidParameter", `lifecycleState: one of ${states.join(", ")}`);
}
