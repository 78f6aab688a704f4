import * as http from "node:http";
import type { Channel } from "./channel.ts";
import { createLookup, guardedLookup } from "./lookup.ts";

/** The connections of one lane, kept between its requests. None outlives the invocation: the platform freezes the container. */
export interface Connections {
  /** For `agent` of node:http(s); an agent serves one protocol and one channel. Undefined once they are closed. */
  agent: (protocol: string, channel: Channel | undefined) => Promise<http.Agent | undefined>;
  /** One that keeps no connection and shares none. */
  freshAgent: (protocol: string, channel: Channel | undefined) => Promise<http.Agent>;
  /** Requests under way, to be broken off with the rest. */
  requests: Set<http.ClientRequest>;
  /** Breaks off what is still open. */
  close: () => void;
}

/** @param maxSockets open at the same time to one host, idle ones included */
export function createConnections(maxSockets: number): Connections {
  const agents = new Map<string | Channel, http.Agent>();
  const requests = new Set<http.ClientRequest>();
  const lookup = createLookup();
  let isClosed = false;

  async function create(
    protocol: string,
    channel: Channel | undefined,
    keeping: http.AgentOptions = { keepAlive: true, maxSockets, maxFreeSockets: maxSockets },
  ): Promise<http.Agent> {
    const options = {
      ...keeping,
      lookup: channel === undefined ? lookup : guardedLookup(lookup, channel.refusal),
    };
    if (protocol !== "https:") return new http.Agent(options);
    // TLS is loaded only where a URL needs it.
    const { Agent } = await import("node:https");
    if (channel?.tls === undefined) return new Agent(options);
    const { createSecureContext } = await import("node:tls");
    const { validTo, ...pems } = channel.tls;
    return new Agent({ ...options, secureContext: createSecureContext(pems) });
  }

  return {
    requests,
    freshAgent: (protocol, channel) => create(protocol, channel, {}),
    async agent(protocol, channel) {
      const key = channel ?? protocol;
      const known = agents.get(key);
      if (known !== undefined) return known;
      const created = await create(protocol, channel);
      if (isClosed) return undefined;
      const agent = agents.get(key) ?? created;
      agents.set(key, agent);
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
