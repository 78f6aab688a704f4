import * as http from "node:http";

/** The connections of one lane, kept between its requests. None outlives the invocation: the platform freezes the container. */
export interface Connections {
  /** For `agent` of node:http(s); an agent serves one protocol. Undefined once they are closed. */
  agent: (protocol: string) => Promise<http.Agent | undefined>;
  /** Requests under way, to be broken off with the rest. */
  requests: Set<http.ClientRequest>;
  /** Breaks off what is still open. */
  close: () => void;
}

/** @param maxSockets open at the same time to one host, idle ones included */
export function createConnections(maxSockets: number): Connections {
  const agents = new Map<string, http.Agent>();
  const requests = new Set<http.ClientRequest>();
  const lookup = createLookup();
  let isClosed = false;
  return {
    requests,
    async agent(protocol) {
      const known = agents.get(protocol);
      if (known !== undefined) return known;
      // TLS is loaded only where a URL needs it.
      const { Agent } = protocol === "https:" ? await import("node:https") : http;
      if (isClosed) return undefined;
      const agent =
        agents.get(protocol) ?? new Agent({ keepAlive: true, maxSockets, maxFreeSockets: maxSockets, lookup });
      agents.set(protocol, agent);
      return agent;
    },
    close() {
      isClosed = true;
      for (const request of requests) request.destroy();
      for (const agent of agents.values()) agent.destroy();
      agents.clear();
    },
  };
}

type LookupResult = Parameters<Parameters<NonNullable<http.AgentOptions["lookup"]>>[2]>;

/**
 * A name is asked for once at a time, however many connections wait for it: Node has four threads for such questions, and one
 * slow name must not keep all of them from the name of the store.
 */
function createLookup(): NonNullable<http.AgentOptions["lookup"]> {
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
