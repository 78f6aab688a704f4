import { type Call, notFound, page, type Thing } from "../emulator/api.ts";
import type { Cloud } from "../emulator/cloud.ts";
import { queriedCompartment } from "../emulator/compartment-id.ts";
import { may } from "../emulator/reach.ts";
import { sorted } from "../emulator/sorted.ts";
import { stateProblem } from "../emulator/state-problem.ts";
import type { HttpAnswer } from "../loopback.ts";

interface Listed extends Thing {
  name: string;
  lifecycleState: string;
}

/** One page of dynamic groups or policies: the compartment, the filters and the order that both lists have. */
export function identityListing<T extends Listed>(
  cloud: Cloud,
  call: Call,
  { things, permission, shown }: { things: Iterable<T>; permission: string; shown: (thing: T) => unknown },
): HttpAnswer {
  const queried = queriedCompartment(call, cloud);
  if ("answer" in queried) return queried.answer;
  const wrongState = stateProblem(call);
  if (wrongState !== undefined) return wrongState;
  if (!may(cloud, call, permission, { compartmentId: queried.id })) return notFound(call);
  const [name, state] = [call.query.get("name"), call.query.get("lifecycleState")?.toUpperCase()];
  const found = [...things].filter(
    (one) =>
      one.compartmentId === queried.id &&
      (name === null || one.name === name) &&
      (state === undefined || one.lifecycleState === state),
  );
  const inOrder = sorted(call, found, { TIMECREATED: (one) => one.timeCreated, NAME: (one) => one.name });
  return "answer" in inOrder ? inOrder.answer : page(call, inOrder.items.map(shown));
}
