import type { FamilyNotification } from "../../handlers/index.ts";
import type { Render } from "../deliver/render.ts";
import type { WebhookTarget } from "../deliver/webhook-target.ts";
import type { RuleCondition } from "../event-type.ts";
import type { JsonValue } from "../json-value.ts";
import type { Result } from "../problem.ts";
import type { Route } from "../route.ts";
import type { Reference } from "./reference.ts";

/** The function's configuration: names and values are strings, an empty value counts as not set. */
export type Variables = Readonly<Record<string, string | undefined>>;

/** What nobody may read in the code: env("NAME") or vault("ocid1.vaultsecret…"). */
export type Secret = Reference;

/** A text, or where to read it. */
export type Text = string | Reference;

/** What a relay does, as its owner writes it in relay.config.ts. */
export interface RelayConfig {
  /** By name; routes and logs use the name. */
  destinations: Readonly<Record<string, DestinationConfig>>;
  /** Absent: everything to every destination. */
  routes?: readonly { match: RuleCondition; to: readonly string[] }[];
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

export type DestinationConfig = WebhookConfig | OicConfig | OnsConfig;

/** What every destination may have. */
interface Rendering {
  /** A payload of one's own instead of the relay's: pure, called once for each try. */
  render?: (notification: FamilyNotification) => JsonValue;
}

/** Signatures by which a receiver knows the relay. */
interface Signing {
  /** Signs with X-Auth-Token, as Cloudpods does. */
  secretKey?: Secret;
  /** Standard Webhooks, `whsec_…`, space-separated, newest first. Default: the bytes of secretKey. */
  signingSecrets?: Secret;
}

/** The options of a Cloudpods webhook robot, and one of the relay's. */
interface RobotOptions {
  header?: HeaderConfig;
  body?: BodyConfig;
  msgKey?: string;
  useTemplate?: boolean;
  /** sync_create, sync_update and sync_delete in the place of create, update and delete, as Cloudpods tells what it found. */
  syncActions?: boolean;
}

export interface WebhookConfig extends Rendering, Signing, RobotOptions {
  type: "webhook";
  /** A secret, because the path of many webhook URLs is their password. */
  url: Secret;
  auth?: AuthConfig;
  tls?: TlsConfig;
}

/** A flow of Oracle Integration 3, behind OAuth of its identity domain (docs/receivers/oic.md). */
export interface OicConfig extends Rendering, Signing, RobotOptions {
  type: "oic";
  /** https://<instance>.integration.<region>.ocp.oraclecloud.com/ic/api/integration/v1/flows/rest/<CODE>/<version>/<path> */
  url: Text;
  /** https://idcs-<id>.identity.oraclecloud.com/oauth2/v1/token */
  tokenUrl: Text;
  clientId: Text;
  clientSecret: Secret;
  /** https://<hash>.integration.<region>.ocp.oraclecloud.com:443urn:opc:resource:consumer::all */
  scope: Text;
  /** Of the connection to the flow; the token URL has a public certificate. */
  tls?: TlsConfig;
}

/** By whom a webhook says it is sent. */
export type AuthConfig =
  | { type: "basic"; user: Text; password: Secret }
  | { type: "bearer"; token: Secret }
  | { type: "header"; name: string; value: Secret }
  | OAuth2Config;

/** OAuth 2.0 client credentials (RFC 6749, 4.4). */
export interface OAuth2Config {
  type: "oauth2";
  tokenUrl: Text;
  clientId: Text;
  clientSecret: Secret;
  scope?: Text;
  audience?: Text;
  /** How the client says who it is: `basic` (default) in the Authorization header, `body` in the form. */
  clientAuth?: "basic" | "body";
  /** Of the connection to the token URL. */
  tls?: TlsConfig;
}

/** PEM texts. With `ca` no other certificate authority is trusted; `cert` and `key` make it mutual. */
export interface TlsConfig {
  ca?: Text;
  cert?: Text;
  key?: Secret;
  passphrase?: Secret;
}

/** Names under which a header's value is a secret as a rule; further ones are found by the check. */
type SecretHeader = Spelt<"Authorization" | "Proxy-Authorization" | "Cookie" | "X-Api-Key" | "X-Auth-Key">;
type Spelt<Name extends string> = Name | Lowercase<Name> | Uppercase<Name>;

export type HeaderConfig = { readonly [Name in SecretHeader]?: Secret } & {
  readonly [name: string]: Text | number | boolean | null;
};

/** JSON, with secrets in it where there are any. */
export type BodyConfig = { readonly [key: string]: BodyValue };
type BodyValue = string | number | boolean | null | Secret | readonly BodyValue[] | BodyConfig;

export interface OnsConfig extends Rendering {
  type: "ons";
  topicId: Text;
  /** `json` (default) for machines, `text` for e-mails that people read. */
  format?: "json" | "text";
}

/** A relay whose configuration was found sound: every value read and checked, but for what only the vault knows. */
export interface Relay {
  destinations: DestinationSettings[];
  routes: Route[];
  deadLetterBucket: string | undefined;
  dedupeBucket: string | undefined;
  ociEndpointUrl: URL | undefined;
  logLevel: string;
}

export type DestinationSettings = WebhookSettings | OnsSettings;

export interface WebhookSettings {
  type: "webhook";
  name: string;
  /** OCIDs of the secrets that it needs from the vault. */
  secretIds: readonly string[];
  /** The origin of its URL; undefined while only the vault knows it. */
  origin: string | undefined;
  /** Tells its URL from any other, also while it is in the vault. */
  address: string;
  /** Can its receiver tell who sends? */
  isAuthentic: boolean;
  /** The webhook whole, with the secrets that were read. */
  settle: (secrets: ReadonlyMap<string, string>) => Result<WebhookTarget>;
}

export interface OnsSettings {
  type: "ons";
  name: string;
  topicId: string;
  format: "json" | "text";
  render: Render | undefined;
}

/** A configuration as somebody wrote it, still to be checked. */
export interface Definition {
  config: RelayConfig;
  /** Problems found while reading; further ones are found by the check. */
  problems?: readonly string[];
  warnings?: readonly string[];
  /** What a person knows a setting by: "destinations.webhook.url" is WEBHOOK_URL. */
  label?: (path: string) => string;
}

/** A text that nothing else is for each key that is not known: TypeScript takes any in what an arrow function returns, and a slip would pass. */
export type Exact<Config extends RelayConfig> = Only<Config, keyof RelayConfig> & {
  destinations: {
    [Name in keyof Config["destinations"]]: Only<
      Config["destinations"][Name],
      KeysOf[Config["destinations"][Name]["type"]]
    >;
  };
} & (Config["routes"] extends readonly { match: infer Match }[]
    ? { routes: readonly { match: Only<Match, keyof RuleCondition> }[] }
    : unknown);

interface KeysOf {
  webhook: keyof WebhookConfig;
  oic: keyof OicConfig;
  ons: keyof OnsConfig;
}

type Only<Given, Known> = { [Key in keyof Given]: Key extends Known ? unknown : `${Key & string} is not a setting` };
