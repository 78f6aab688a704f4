import * as z from "zod/mini";
import { defineHandler, text } from "../src/handler.ts";

/**
 * IAM users. No payload was ever captured; one public consumer falls back to additionalDetails.userId where the event has
 * no resourceId.
 */
export const user = defineHandler({
  resourceType: "user",
  noun: "User",
  actions: {
    "com.oraclecloud.identitycontrolplane.createuser": "create",
    "com.oraclecloud.identitycontrolplane.updateuser": "update",
    "com.oraclecloud.identitycontrolplane.deleteuser": "delete",
    "com.oraclecloud.identitycontrolplane.activateuser": "update",
    "com.oraclecloud.identitycontrolplane.deactivateuser": "update",
    "com.oraclecloud.identitycontrolplane.updateuserstate": "update",
    "com.oraclecloud.identitycontrolplane.updateusercapabilities": "update",
  },
  additionalDetails: () => z.object({ userId: text }),
  normalise({ event, additionalDetails: { userId } }) {
    const operation = event.type.slice(event.type.lastIndexOf(".") + 1);
    return {
      id: event.data.resourceId || userId,
      details: { enabled: ENABLED.get(operation) },
      did: DID.get(operation),
    };
  },
});

const ENABLED = new Map([
  ["activateuser", true],
  ["deactivateuser", false],
]);

const DID = new Map([
  ["activateuser", "activated"],
  ["deactivateuser", "deactivated"],
  ["updateuserstate", "changed in state"],
  ["updateusercapabilities", "changed in capabilities"],
]);
