import type { HttpAnswer } from "../loopback.ts";
import { type Call, matchProblem, notFound, type Thing } from "./api.ts";
import type { Cloud, Target } from "./cloud.ts";

/** The thing that a request names, if it is there, the caller may do that to it, and if-match is its etag. */
export function reach<T extends Thing>(
  cloud: Pick<Cloud, "allows">,
  call: Call,
  wanted: { thing: T | undefined; permission: string },
): { thing: T } | { answer: HttpAnswer } {
  const { thing, permission } = wanted;
  if (thing === undefined || !may(cloud, call, permission, { compartmentId: thing.compartmentId })) {
    return { answer: notFound(call) };
  }
  const answer = call.request.method === "GET" ? undefined : matchProblem(call, thing);
  return answer === undefined ? { thing } : { answer };
}

export function may(cloud: Pick<Cloud, "allows">, { caller }: Call, permission: string, target: Target): boolean {
  return caller !== undefined && cloud.allows(caller, permission, target);
}
