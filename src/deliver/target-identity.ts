import { createHash } from "node:crypto";

/** A hash of all that a destination's target is, its secret parts too. */
export function targetIdentity(target: string): string {
  return createHash("sha256").update(target).digest("hex").slice(0, 16);
}
