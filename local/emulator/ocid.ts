import * as z from "zod";

/** An OCID, of one of these kinds if any are named: ocid1.<kind>.<realm>.<region>.<unique part>. */
export function ocid(...kinds: string[]) {
  const kind = kinds.length === 0 ? "[a-z0-9]+" : `(?:${kinds.join("|")})`;
  const expected = kinds.length === 0 ? "an OCID" : `the OCID of a ${kinds.join(" or ")}`;
  return z
    .string()
    .regex(new RegExp(`^ocid1\\.${kind}\\.[a-z0-9]+\\.[a-z0-9-]*\\.[a-zA-Z0-9._-]+$`), `must be ${expected}`);
}
