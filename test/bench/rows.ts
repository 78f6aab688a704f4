import { fileURLToPath } from "node:url";
import type { Kind, Option } from "./receivers.ts";

/** One function that is measured. */
export interface Row {
  label: string;
  /** Of build-variants.ts. */
  variant: string;
  delivers: readonly Kind[];
  /** What it has to do beside. */
  option?: Option;
  /** The event, of test/fixtures; an instance launched, if none is named. */
  fixture?: string;
  /** What the project promises: times the peer. */
  limit?: { coldStart: number; memory: number };
  /** Is it measured warm as well? */
  isWarm?: boolean;
}

/** Every ratio is against this row, measured in the same run. */
export const PEER: Row = { label: "**FDK no-op** (the peer)", variant: "no-op", delivers: [], isWarm: true };

export const ROWS: readonly Row[] = [
  { label: "plain node:http server, no FDK", variant: "plain", delivers: [] },
  { label: "plain node:http server, one signed POST", variant: "plain", delivers: ["webhook"], isWarm: true },
  PEER,
  {
    label: "**relay**, webhook",
    variant: "relay",
    delivers: ["webhook"],
    limit: { coldStart: 1.7, memory: 1.3 },
    isWarm: true,
  },
  {
    label: "**relay**, ONS",
    variant: "relay",
    delivers: ["ons"],
    limit: { coldStart: 3.3, memory: 1.6 },
    isWarm: true,
  },
  { label: "**relay**, webhook and ONS", variant: "relay", delivers: ["webhook", "ons"], isWarm: true },
  { label: "relay, webhook, no optional part in the entry", variant: "no-options", delivers: ["webhook"] },
  { label: "relay, webhook, bearer token", variant: "relay", delivers: ["webhook"], option: "bearer" },
  { label: "relay, webhook, its key in the vault", variant: "relay", delivers: ["webhook"], option: "vault" },
  { label: "relay, webhook, OAuth 2.0 token fetched", variant: "relay", delivers: ["webhook"], option: "oauth2" },
  { label: "relay, webhook, https", variant: "relay", delivers: ["webhook"], option: "https" },
  {
    label: "relay, webhook, https with a certificate of its own",
    variant: "relay",
    delivers: ["webhook"],
    option: "mutual-tls",
  },
  {
    label: "relay, webhook, an event of the catalogue's tables",
    variant: "relay",
    delivers: ["webhook"],
    fixture: "volume-created",
  },
  { label: "relay, webhook, those tables emptied", variant: "no-catalogue", delivers: ["webhook"] },
  {
    label: "relay, webhook, an event of the emptied tables",
    variant: "no-catalogue",
    delivers: ["webhook"],
    fixture: "volume-created",
  },
  { label: "relay, ONS, a text for people", variant: "relay", delivers: ["ons"], option: "text" },
  { label: "naive function, ONS, bundled", variant: "naive", delivers: ["ons"], isWarm: true },
  { label: "naive function, ONS, from node_modules", variant: "naive-unbundled", delivers: ["ons"] },
  { label: "relay, webhook, no code cache", variant: "no-cache", delivers: ["webhook"] },
  { label: "relay, ONS, no code cache", variant: "no-cache", delivers: ["ons"] },
  { label: "relay, webhook, pino's build for Node", variant: "node-pino", delivers: ["webhook"] },
  { label: "relay, webhook, no logger", variant: "no-logger", delivers: ["webhook"] },
  { label: "relay, webhook, no zod (nothing is checked)", variant: "no-zod", delivers: ["webhook"] },
  { label: "relay, ONS, the SDK's own client", variant: "sdk-client", delivers: ["ons"] },
  { label: "relay, ONS, the SDK's signer with nothing cut", variant: "sdk-uncut", delivers: ["ons"] },
  { label: "relay, ONS, a bare signer (the floor)", variant: "bare-signer", delivers: ["ons"], isWarm: true },
];

/** Where build-variants.ts puts a variant. */
export function directoryOf(variant: string): string {
  return fileURLToPath(new URL(`.build/${variant}`, import.meta.url));
}
