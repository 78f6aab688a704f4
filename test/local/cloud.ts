import type { Operation } from "../../local/emulator/api.ts";
import type { Cloud, Metric } from "../../local/emulator/cloud.ts";
import { answerOperation } from "../../local/emulator/operations.ts";
import { createIssuer, REGION, TENANCY } from "../../local/emulator/principal.ts";
import { createStore } from "../../local/emulator/store.ts";
import { refusal } from "../../local/emulator/wire.ts";
import { type LoopbackServer, serveLoopback } from "../../local/loopback.ts";

export const COMPARTMENT = "ocid1.compartment.oc1..aaaaaaaalocalexamplecompartment";

export interface TestCloud extends LoopbackServer {
  cloud: Cloud;
  /** What the services under test asked of those that are not there, in order. */
  asked: {
    emitted: Record<string, unknown>[];
    counted: Metric[];
    invoked: unknown[];
    published: unknown[];
    put: unknown[];
  };
}

/** Some services of the local OCI over HTTP, each by itself: what they ask of others is written down. */
export async function startTestCloud(
  services: (cloud: Cloud) => readonly Operation[],
  overrides: Partial<Cloud> = {},
): Promise<TestCloud> {
  const asked: TestCloud["asked"] = { emitted: [], counted: [], invoked: [], published: [], put: [] };
  let server: LoopbackServer | undefined;
  const cloud: Cloud = {
    issuer: createIssuer(),
    store: createStore(undefined),
    tenancyId: TENANCY,
    region: REGION,
    homeRegion: REGION,
    url: () => server?.url ?? "",
    allows: () => true,
    isWithin: (compartmentId, ancestorId) => ancestorId === compartmentId || ancestorId === TENANCY,
    emit: async (event) => void asked.emitted.push(event),
    count: (metric) => void asked.counted.push(metric),
    invoke: async (...call) => {
      asked.invoked.push(call);
      return { status: 200, body: "{}" };
    },
    publish: async (...message) => {
      asked.published.push(message);
      return { ok: true, messageId: "m", timeStamp: new Date().toISOString() };
    },
    putOnStream: (...message) => {
      asked.put.push(message);
      return true;
    },
    ...overrides,
  };
  const operations = services(cloud);
  server = await serveLoopback(async (request) => {
    const answer = await answerOperation(request, operations, cloud.issuer);
    cloud.store.save();
    return answer ?? refusal(request, 404, "NotFound", "no such operation here");
  });
  return { ...server, cloud, asked };
}
