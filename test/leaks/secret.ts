import { randomBytes } from "node:crypto";

/** Stands in every secret that a test makes: whatever comes out of a test run is searched for it (search.ts). */
export const MARK = "5ecret-of-a-test";

/** A secret of 40 characters or more that no other is the same as. */
export function aSecret(name: string): string {
  return `${name}-${MARK}-${randomBytes(12).toString("hex")}`;
}
