import type { AgentOptions } from "node:http";
import { EGRESS_REFUSED } from "./channel.ts";

export type Lookup = NonNullable<AgentOptions["lookup"]>;
type LookupResult = Parameters<Parameters<Lookup>[2]>;

/**
 * A name is asked for once at a time, however many connections wait for it: Node has four threads for such questions, and one
 * slow name must not keep all of them from the name of the store.
 */
export function createLookup(): Lookup {
  const waiting = new Map<string, ((...result: LookupResult) => void)[]>();
  return (hostname, options, callback) => {
    const key = `${hostname} ${JSON.stringify(options)}`;
    const others = waiting.get(key);
    if (others !== undefined) {
      others.push(callback);
      return;
    }
    const all = [callback];
    waiting.set(key, all);
    // Loaded here: who delivers to an address needs none of it.
    import("node:dns").then(({ lookup }) =>
      lookup(hostname, options, (...result) => {
        waiting.delete(key);
        for (const each of all) each(...(result as LookupResult));
      }),
    );
  };
}

/**
 * The addresses that may be connected: what is connected is what was judged, so a name that answers otherwise the next time
 * gains nothing by it.
 * @param refusal why an address may not be connected
 */
export function guardedLookup(lookup: Lookup, refusal: (address: string) => string | undefined): Lookup {
  return (hostname, options, callback) =>
    lookup(hostname, options, (error, found, family) => {
      if (error !== null) return callback(error, found, family);
      const all = typeof found === "string" ? [{ address: found, family: family ?? 0 }] : found;
      const judged = all.map((each) => ({ ...each, why: refusal(each.address) }));
      const permitted = judged.filter(({ why }) => why === undefined).map(({ why, ...each }) => each);
      const [first] = permitted;
      if (first === undefined) {
        const problem = judged[0]?.why ?? "the name has no address";
        return callback(Object.assign(new Error(problem), { code: EGRESS_REFUSED }), found, family);
      }
      if (typeof found === "string") return callback(null, first.address, first.family);
      return callback(null, permitted, undefined);
    });
}
