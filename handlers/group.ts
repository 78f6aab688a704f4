import * as z from "zod/mini";
import { defineHandler, text } from "../src/handler.ts";

/**
 * IAM groups and who is in them. Yunion has no word for membership, so the action says what happened to the group. No
 * payload was ever captured; additionalDetails of a membership are likely { "userId": "ocid1.user…", "groupId":
 * "ocid1.group…" }, and resourceId is then the membership's own.
 */
export const group = defineHandler({
  resourceType: "group",
  noun: "Group",
  actions: {
    "com.oraclecloud.identitycontrolplane.creategroup": "create",
    "com.oraclecloud.identitycontrolplane.updategroup": "update",
    "com.oraclecloud.identitycontrolplane.deletegroup": "delete",
    "com.oraclecloud.identitycontrolplane.addusertogroup": "add_user",
    "com.oraclecloud.identitycontrolplane.removeuserfromgroup": "remove_user",
  },
  additionalDetails: () => z.object({ userId: text, groupId: text }),
  normalise: ({ event, action, additionalDetails: { userId, groupId } }) => ({
    id: groupId || event.data.resourceId,
    details: { user_id: userId },
    did: DID.get(action),
  }),
});

const DID = new Map([
  ["add_user", "got a member"],
  ["remove_user", "lost a member"],
]);
