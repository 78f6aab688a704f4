import type { Condition } from "../condition.ts";
import type { Robot } from "../deliver/yunion.ts";
import type { Route } from "../route.ts";

/** The function's configuration: names and values are strings, an empty value counts as not set. */
export type Variables = Readonly<Record<string, string | undefined>>;

const REFERENCE = Symbol("reference");

/** A value read from the function's configuration at start. */
export interface Reference {
  readonly [REFERENCE]: true;
  /** The name it stands under. */
  readonly env: string;
}

export function referenceTo(name: string): Reference {
  return { [REFERENCE]: true, env: name };
}

/** By its symbol: JSON of the same shape is no reference. */
export function isReference(value: unknown): value is Reference {
  return typeof value === "object" && value !== null && REFERENCE in value;
}

/** A text, or where to read it. */
export type Text = string | Reference;

/** What a relay does, as its owner writes it in relay.config.ts. */
export interface RelayConfig {
  /** By name; routes and logs use the name. */
  destinations: Readonly<Record<string, DestinationConfig>>;
  /** Absent: everything to every destination. */
  routes?: readonly { match: Condition; to: readonly string[] }[];
  /** Hosts and CIDRs that a webhook may reach although private; `http://host` permits plain http. */
  egressAllow?: readonly string[];
  /** Object Storage bucket that keeps what could not be delivered, and what was rejected. Absent: nothing is kept. */
  deadLetterBucket?: Text;
  /** Object Storage bucket by which containers know what another has delivered. Absent: each knows its own alone. */
  dedupeBucket?: Text;
  /** Base URL for every OCI client, for the emulator. */
  ociEndpointUrl?: Text;
  /** pino level; default info. */
  logLevel?: Text;
}

export type DestinationConfig = WebhookConfig | OnsConfig;

export interface WebhookConfig {
  type: "webhook";
  url: Text;
  /** Signs with X-Auth-Token, as Cloudpods does. */
  secretKey?: Text;
  /** Standard Webhooks, `whsec_…`, space-separated, newest first. Default: the bytes of secretKey. */
  signingSecrets?: Text;
  /** The robot's options. */
  header?: Readonly<Record<string, Text | number | boolean | null>>;
  body?: Readonly<Record<string, unknown>>;
  msgKey?: string;
  useTemplate?: boolean;
}

export interface OnsConfig {
  type: "ons";
  topicId: Text;
}

/** A relay whose configuration was found sound: every value read and checked. */
export interface Relay {
  destinations: DestinationSettings[];
  routes: Route[];
  deadLetterBucket: string | undefined;
  dedupeBucket: string | undefined;
  ociEndpointUrl: URL | undefined;
  logLevel: string;
}

export type DestinationSettings =
  | { type: "webhook"; name: string; url: URL; robot: Robot; signingKeys: Uint8Array[] }
  | { type: "ons"; name: string; topicId: string };

/** A configuration as somebody wrote it, still to be checked. */
export interface Definition {
  config: RelayConfig;
  /** Problems found while reading; further ones are found by the check. */
  problems?: readonly string[];
  warnings?: readonly string[];
  /** What a person knows a setting by: "destinations.webhook.url" is WEBHOOK_URL. */
  label?: (path: string) => string;
}
