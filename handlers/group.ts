import * as z from "zod/mini";
import { defineHandler, text } from "../src/handler.ts";

/** IAM groups. No payload was ever captured: only what the envelope guarantees is relied on. */
export const group = defineHandler({
  resourceType: "group",
  noun: "Group",
  actions: {
    "com.oraclecloud.identitycontrolplane.creategroup": "create",
    "com.oraclecloud.identitycontrolplane.updategroup": "update",
    "com.oraclecloud.identitycontrolplane.deletegroup": "delete",
  },
  additionalDetails: () => z.unknown(),
  normalise: () => ({}),
});

/**
 * Who is in a group. Yunion has no word for it, so the actions say what happened to the group. additionalDetails are
 * likely (never captured) { "userId": "ocid1.user…", "groupId": "ocid1.group…" }; resourceId then is the membership's.
 */
export const groupMembership = defineHandler({
  resourceType: "group",
  noun: "Group",
  actions: {
    "com.oraclecloud.identitycontrolplane.addusertogroup": "add_user",
    "com.oraclecloud.identitycontrolplane.removeuserfromgroup": "remove_user",
  },
  additionalDetails: () => z.object({ userId: text(), groupId: text() }),
  normalise({ event, action, additionalDetails: { userId, groupId } }) {
    const id = groupId || event.data.resourceId;
    return {
      details: { id, external_id: id, user_id: userId },
      did: action === "add_user" ? "got a member" : "lost a member",
    };
  },
});
