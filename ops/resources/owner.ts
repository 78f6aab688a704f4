import { type Expression, input, map, text } from "../expression.ts";

/** The tag by which `relay provision` knows what it may change and destroy; its value is the relay's name. */
export const OWNER_TAG = "oci-event-relay";

/** Where that relay stands: what is tenancy-wide must not be taken for that of another compartment or region. */
export const PLACE_TAG = "oci-event-relay-place";

export const ownerTags: Expression = map({
  [OWNER_TAG]: input("name"),
  [PLACE_TAG]: text`${input("region")} ${input("compartmentId")}`,
});
