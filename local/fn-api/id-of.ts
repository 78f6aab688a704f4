import { createHash } from "node:crypto";

const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/**
 * 26 characters, as Fn's ids look, but always the same for the same names: the fn command remembers for 15 minutes where a
 * function is called, which must not send it astray when the server was started anew or the function was created again.
 */
export function idOf(...names: string[]): string {
  const bytes = createHash("sha256").update(JSON.stringify(names)).digest();
  return `01${[...bytes.subarray(0, 24)].map((byte) => ALPHABET[byte % 32]).join("")}`;
}
