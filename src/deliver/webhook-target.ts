import type { Egress } from "../egress/guard.ts";
import type { Tls } from "../http/channel.ts";
import type { OAuth2Settings } from "./oauth2.ts";
import type { Render } from "./render.ts";
import type { Robot } from "./yunion.ts";

/** Where and how a webhook is sent, every secret of it read and checked. */
export interface WebhookTarget {
  url: URL;
  /** Is its path or query a password, as it may be unless something else guards it? */
  isUrlSecret: boolean;
  robot: Robot;
  /** Keys of Standard Webhooks, newest first. */
  signingKeys: readonly Uint8Array[];
  /** A payload of one's own instead of Yunion's. */
  render: Render | undefined;
  syncActions: boolean;
  /** Name and value: Basic, a bearer token, or a key under a name of the receiver's. */
  authHeader: readonly [name: string, value: string] | undefined;
  oauth2: OAuth2Settings | undefined;
  tls: Tls | undefined;
  egress: Egress;
  /** All that was read as a secret. */
  secretTexts: readonly string[];
  /** Status -> what to do, where a kind of receiver is known better than others. */
  hints: ReadonlyMap<number, string>;
}
