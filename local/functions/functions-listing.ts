import { type Call, page, type Thing } from "../emulator/api.ts";
import { sorted } from "../emulator/sorted.ts";
import { stateProblem } from "../emulator/state-problem.ts";
import type { HttpAnswer } from "../loopback.ts";

interface Listed extends Thing {
  displayName: string;
  lifecycleState: string;
}

/** One page of applications or functions: the filters, the order and the limits that both lists have. */
export function functionsListing<T extends Listed>(
  call: Call,
  things: readonly T[],
  summaryOf: (thing: T) => unknown,
): HttpAnswer {
  const wrongState = stateProblem(call);
  if (wrongState !== undefined) return wrongState;
  const found = things.filter((thing) => isAskedFor(call, thing));
  const query = new URLSearchParams({ sortBy: "displayName", sortOrder: "ASC", ...Object.fromEntries(call.query) });
  const ordered = sorted({ ...call, query }, found, {
    displayName: ({ displayName }) => displayName,
    timeCreated: ({ timeCreated }) => timeCreated,
    id: ({ id }) => id,
  });
  if ("answer" in ordered) return ordered.answer;
  return page(call, ordered.items.map(summaryOf), { maxLimit: 50, defaultLimit: 10 });
}

function isAskedFor({ query }: Call, thing: Listed): boolean {
  const state = query.get("lifecycleState")?.toUpperCase();
  const [name, id] = [query.get("displayName"), query.get("id")];
  return (
    (state === undefined || state === thing.lifecycleState) &&
    (name === null || name === thing.displayName) &&
    (id === null || id === thing.id)
  );
}
