import * as http from "node:http";
import type { SecureContext } from "node:tls";
import type { Channel, Tls } from "./channel.ts";
import { createLookup, guardedLookup } from "./lookup.ts";

/** The connections of one lane, kept between its requests. None outlives the invocation: the platform freezes the container. */
export interface Connections {
  /** For `agent` of node:http(s); an agent serves one protocol and one channel. Undefined once they are closed. */
  agent: (protocol: string, channel: Channel | undefined) => Promise<http.Agent | undefined>;
  /** One that keeps no connection and shares none. Undefined once they are closed. */
  freshAgent: (protocol: string, channel: Channel | undefined) => Promise<http.Agent | undefined>;
  /** Requests under way, to be broken off with the rest. */
  requests: Set<http.ClientRequest>;
  /** Breaks off what is still open. */
  close: () => void;
}

/** @param maxSockets open at the same time to one host, idle ones included */
export function createConnections(maxSockets: number): Connections {
  const agents = new Map<string | Channel, Promise<http.Agent>>();
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
    return new Agent({ ...options, secureContext: await secureContextOf(channel.tls) });
  }

  return {
    requests,
    async agent(protocol, channel) {
      const key = channel ?? protocol;
      const agent = agents.get(key) ?? create(protocol, channel);
      agents.set(key, agent);
      await agent;
      return isClosed ? undefined : agent;
    },
    freshAgent: async (protocol, channel) => (isClosed ? undefined : create(protocol, channel, {})),
    close() {
      isClosed = true;
      for (const request of requests) request.destroy();
      for (const agent of agents.values()) agent.then((made) => made.destroy()).catch(() => undefined);
      agents.clear();
    },
  };
}

const contexts = new WeakMap<Tls, SecureContext>();

/** Made once: to read certificates takes milliseconds, and every connection would do it again. */
async function secureContextOf(tls: Tls): Promise<SecureContext> {
  const known = contexts.get(tls);
  if (known !== undefined) return known;
  const { createSecureContext } = await import("node:tls");
  const { validTo, ...pems } = tls;
  const context = createSecureContext(pems);
  contexts.set(tls, context);
  return context;
}
