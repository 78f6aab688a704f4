import type { Loaded } from "../../src/config.ts";
import type { Access } from "../access.ts";
import type { Kind } from "../desired.ts";
import type { Actual } from "../provision/kind.ts";
import type { OpenPlace } from "../provision/place.ts";
import type { WayUp } from "./way-up.ts";

/** What was found of one link of the pipeline. */
export interface Check {
  /** The link: "rule relay" */
  link: string;
  /** `skipped`: it could not be looked at, and `found` says why. */
  verdict: "ok" | "failed" | "warning" | "skipped";
  found: string;
  /** What to do about it. */
  fix?: string;
}

/** What the checks look at. */
export interface Walk {
  place: OpenPlace & { found: readonly Actual[] };
  access: Access;
  way: WayUp;
  /** The rules of every compartment on the way up could be read. */
  seesAllRules: boolean;
  /** Kinds whose list OCI refused: of them nothing can be said. */
  refused: ReadonlySet<Kind>;
  /** Undefined while there is none. */
  fn: DeployedFunction | undefined;
  /** The commands that fixes name, with the options of this installation. */
  commands: { apply: string; replay: string };
  /** How long an event may take from the bus to its receivers. */
  waitMs: number;
  /** Nothing is sent: neither an event nor a validation request. */
  isSilent: boolean;
}

export interface DeployedFunction extends Actual {
  config: Readonly<Record<string, string>>;
  /** The relay that the configuration makes, if it does. */
  relay: Loaded;
  applicationId: string;
}

export const ok = (link: string, found: string): Check => ({ link, verdict: "ok", found });
export const failed = (link: string, found: string, fix: string): Check => ({ link, verdict: "failed", found, fix });
export const warning = (link: string, found: string, fix: string): Check => ({ link, verdict: "warning", found, fix });
export const skipped = (link: string, found: string): Check => ({ link, verdict: "skipped", found });

/** The topics that the function publishes on. */
export function topicsOf({ fn }: Pick<Walk, "fn">): string[] {
  if (!fn?.relay.ok) return [];
  return fn.relay.relay.destinations.flatMap((each) => (each.type === "ons" ? [each.topicId] : []));
}

/** The buckets that the function keeps things in. */
export function bucketsOf({ fn }: Pick<Walk, "fn">): string[] {
  if (!fn?.relay.ok) return [];
  const { deadLetterBucket, dedupeBucket } = fn.relay.relay;
  return [...new Set([deadLetterBucket, dedupeBucket].filter((bucket) => bucket !== undefined))];
}
