import { randomUUID } from "node:crypto";
import { type OciEmulator, startOci } from "../../local/emulator/oci.ts";
import { createIssuer } from "../../local/emulator/principal.ts";
import { createFnHost, type FnHost, type FnResponse } from "../../local/fn-host.ts";
import type { StorageFault, StorageRequest } from "../../local/object-storage/object-storage.ts";
import { stockEntry } from "../../local/stock.ts";
import type { BatchReply, EventReply } from "../../src/outcome.ts";
import { eventOf } from "../event.ts";
import { type Receiver, type ReceiverOptions, startReceiver } from "./receiver.ts";
import { CA_FILE } from "./tls.ts";

export const LAB_TOPIC = "ocid1.onstopic.oc1.phx.aaaaaaaafaultlabexampletopic";

/** Receivers, buckets and containers that go wrong as they are told. */
export interface Lab {
  oci: OciEmulator;
  /** A bucket of one's own. */
  bucket: (fault?: (request: StorageRequest) => StorageFault | undefined) => string;
  receiver: (options?: ReceiverOptions) => Promise<Receiver>;
  /** One container of the function, with the topic and the principal of the lab, and what else it is told. */
  container: (config: Record<string, string>, options?: { timeoutMs?: number }) => LabContainer;
  close: () => Promise<void>;
}

export interface LabContainer {
  host: FnHost;
  logs: string[];
  /** Sends a body and gives the reply, also that which the caller sees no more of than "function failed". */
  send: (body: string | Uint8Array) => Promise<{ response: FnResponse; reply: LabReply }>;
}

/** A batch's reply has `counts` and `items`, an event's `deliveries`; of a call that was cut off nothing is known. */
export type LabReply = Partial<EventReply & BatchReply>;

const BUCKETS = Array.from({ length: 200 }, (_, n) => `bucket-${n}`);

export async function startLab(): Promise<Lab> {
  // A container tidies up when this process ends; there are many of them.
  process.setMaxListeners(0);
  const issuer = createIssuer();
  const principal = issuer.principal();
  const oci = await startOci({ issuer, topics: [LAB_TOPIC], buckets: BUCKETS });
  const faults = new Map<string, (request: StorageRequest) => StorageFault | undefined>();
  oci.storage.fault = (request) => faults.get(request.bucket ?? "")?.(request);
  const free = [...BUCKETS];
  const receivers: Receiver[] = [];
  const hosts: FnHost[] = [];
  const entry = await stockEntry();
  return {
    oci,
    bucket(fault) {
      const name = free.shift();
      if (name === undefined) throw new Error("the lab has no more buckets");
      if (fault !== undefined) faults.set(name, fault);
      return name;
    },
    async receiver(options) {
      const receiver = await startReceiver(options);
      receivers.push(receiver);
      return receiver;
    },
    container(config, { timeoutMs = 8_000 } = {}) {
      const logs: string[] = [];
      const common = { OCI_ENDPOINT_URL: oci.url, NODE_EXTRA_CA_CERTS: CA_FILE, ...principal.variables };
      const host = createFnHost({
        entry,
        timeoutMs,
        config: { ...common, ...config },
        onLog: (line) => logs.push(line),
      });
      hosts.push(host);
      return {
        host,
        logs,
        async send(body) {
          const before = logs.length;
          const response = await host.invoke(body);
          return { response, reply: replyIn(response, logs.slice(before)) };
        },
      };
    },
    async close() {
      await Promise.all(hosts.map((host) => host.kill()));
      await Promise.all(hosts.map((host) => host.stop()));
      await Promise.all([...receivers.map((receiver) => receiver.close()), oci.close()]);
      principal.remove();
    },
  };
}

const THROWN = "Error in function: ";

function replyIn(response: FnResponse, logs: readonly string[]): LabReply {
  const body = JSON.parse(response.body);
  if (body.message !== "function failed") return body;
  const thrown = logs.findLast((line) => line.startsWith(THROWN));
  return thrown === undefined ? body : JSON.parse(thrown.slice(THROWN.length));
}

/** An event that no other is the same as. */
export function newEvent(change: Record<string, unknown> = {}): { id: string; body: string } {
  const id = randomUUID();
  return { id, body: JSON.stringify(eventOf({ eventID: id, ...change }).raw) };
}

/** The dead letters in a bucket, whether each has an object or a line of one. */
export function lettersIn(lab: Lab, bucket: string, prefix = "dead-letter/"): { object: string; letter: Letter }[] {
  return [...lab.oci.storage.objects(bucket)]
    .filter(([object]) => object.startsWith(prefix))
    .flatMap(([object, { body }]) => {
      const texts = object.endsWith(".ndjson") ? body.toString().trimEnd().split("\n") : [body.toString()];
      return texts.map((text) => ({ object, letter: JSON.parse(text) as Letter }));
    });
}

export interface Letter {
  id: string;
  reason: string;
  attempts: { status?: number; error?: string; problem: string; response?: string; ms: number; at: string }[];
  destination: { name: string; target: string };
  event: { eventID: string };
}
