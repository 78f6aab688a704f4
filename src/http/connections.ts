import * as http from "node:http";

/** The connections of one lane, kept between its requests. None outlives the invocation: the platform freezes the container. */
export interface Connections {
  /** For `agent` of node:http(s); an agent serves one protocol. */
  agent: (protocol: string) => Promise<http.Agent>;
  /** Breaks off what is still open. */
  close: () => void;
}

/** @param maxSockets open at the same time to one host, idle ones included */
export function createConnections(maxSockets: number): Connections {
  const agents = new Map<string, http.Agent>();
  return {
    async agent(protocol) {
      const known = agents.get(protocol);
      if (known !== undefined) return known;
      // TLS is loaded only where a URL needs it.
      const { Agent } = protocol === "https:" ? await import("node:https") : http;
      const agent = agents.get(protocol) ?? new Agent({ keepAlive: true, maxSockets, maxFreeSockets: maxSockets });
      agents.set(protocol, agent);
      return agent;
    },
    close() {
      for (const agent of agents.values()) agent.destroy();
      agents.clear();
    },
  };
}
