import * as z from "zod/mini";
import { defineHandler } from "../src/handler.ts";

/** IAM policies. No payload was ever captured: only what the envelope guarantees is relied on. */
export const policy = defineHandler({
  resourceType: "policy",
  noun: "Policy",
  // As agregory999/oci-policy-analysis opens it.
  console: "identity/domains/policies",
  actions: {
    "com.oraclecloud.identitycontrolplane.createpolicy": "create",
    "com.oraclecloud.identitycontrolplane.updatepolicy": "update",
    "com.oraclecloud.identitycontrolplane.deletepolicy": "delete",
  },
  additionalDetails: () => z.unknown(),
  normalise: () => ({}),
});
