import type { InvokeReply } from "../functions/functions.ts";
import type { Caller, Issuer } from "./principal.ts";
import type { Store } from "./store.ts";

/** What the services of the local OCI share, and what they ask of each other. */
export interface Cloud {
  issuer: Issuer;
  store: Store;
  /** The root compartment too. */
  tenancyId: string;
  /** us-phoenix-1 */
  region: string;
  /** Where identity lives, and the events of it fire. */
  homeRegion: string;
  /** http://127.0.0.1:<port>, once it is served. */
  url: () => string;
  /** May this caller do this to that? Users may all; functions what policies allow their dynamic groups. */
  allows: (caller: Caller, permission: string, target: Target) => boolean;
  /** True if a compartment is another or lies below it. */
  isWithin: (compartmentId: string, ancestorId: string) => boolean;
  /** Puts an event on the bus, as a service of OCI would: rules that match carry out their actions. */
  emit: (event: Record<string, unknown>) => Promise<void>;
  /** What Monitoring counts; read by SummarizeMetricsData. */
  count: (metric: Metric) => void;
  /** In sync, as the platform itself does: for an action of a rule, or a subscription. */
  invoke: (functionId: string, body: string, headers: Record<string, string>) => Promise<InvokeReply>;
  /** To all subscriptions of a topic: the answer that a publisher would get. */
  publish: (topicId: string, message: { title?: string; body: string; type?: string }) => Promise<PublishResult>;
  /** Puts one message on a stream; undefined: there is no such stream. */
  putOnStream: (streamId: string, message: { key?: string; value: string }) => boolean;
}

export interface Target {
  compartmentId: string;
  /** For `where`: target.bucket.name, target.function.id … */
  variables?: Readonly<Record<string, string>>;
}

export interface Metric {
  namespace: string;
  name: string;
  compartmentId: string;
  dimensions: Record<string, string>;
  value?: number;
}

export type PublishResult =
  | { ok: true; messageId: string; timeStamp: string }
  | { ok: false; status: number; code: string; message: string };
