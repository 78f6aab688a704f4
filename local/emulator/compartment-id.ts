import * as z from "zod";
import type { HttpAnswer } from "../loopback.ts";
import { type Call, missingQuery, notFound, refuse } from "./api.ts";
import type { Cloud } from "./cloud.ts";

const EXPECTED = "must be the OCID of a compartment or of the tenancy";

/** The root compartment goes by the OCID of the tenancy. */
export const compartmentIdSchema = z.string().regex(/^ocid1\.(?:compartment|tenancy)\.[\w.-]+$/, EXPECTED);

/** True for the root compartment of another tenancy. */
export function isForeign(compartmentId: string, { tenancyId }: Pick<Cloud, "tenancyId">): boolean {
  return compartmentId.startsWith("ocid1.tenancy.") && compartmentId !== tenancyId;
}

/** The compartmentId of a query, or the answer to one that names none of ours. */
export function queriedCompartment(
  call: Call,
  cloud: Pick<Cloud, "tenancyId">,
): { id: string } | { answer: HttpAnswer } {
  const missing = missingQuery(call, "compartmentId");
  if (missing !== undefined) return { answer: missing };
  const id = call.query.get("compartmentId") ?? "";
  if (!compartmentIdSchema.safeParse(id).success) {
    return { answer: refuse(call, 400, "InvalidParameter", `compartmentId: ${EXPECTED}`) };
  }
  return isForeign(id, cloud) ? { answer: notFound(call) } : { id };
}
