import { type Expression, input, map } from "../expression.ts";

/** The tag by which `relay provision` knows what it may change and destroy. */
export const OWNER_TAG = "oci-event-relay";

export const ownerTags: Expression = map({ [OWNER_TAG]: input("name") });
