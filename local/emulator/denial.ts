import type { HttpAnswer } from "../loopback.ts";
import { type Call, notFound } from "./api.ts";
import type { Cloud, Target } from "./cloud.ts";
import { may } from "./reach.ts";

/** The 404 for a caller whom no policy gives the permission; undefined if it may go on. */
export function denial(cloud: Cloud, call: Call, needs: Target & { permission: string }): HttpAnswer | undefined {
  const { permission, ...target } = needs;
  return may(cloud, call, permission, target) ? undefined : notFound(call);
}
