import * as z from "zod";
import { bodyOf, json, type Operation } from "../emulator/api.ts";
import { compartmentIdSchema } from "../emulator/compartment-id.ts";
import type { SecretsEmulator } from "./secrets.ts";

const secretSchema = z.object({
  id: z.string().regex(/^ocid1\.vaultsecret\.[\w.-]+$/, "the OCID of a secret, ocid1.vaultsecret.…"),
  content: z.string(),
  compartmentId: compartmentIdSchema.optional(),
});

/** For people with curl, who can not sign; the server hears this machine only. */
export function putSecret(secrets: SecretsEmulator): Operation {
  return {
    method: "POST",
    path: "/emulator/secrets",
    isPublic: true,
    answer(call) {
      const body = bodyOf(call, secretSchema);
      if (!body.ok) return body.answer;
      const { id, content, compartmentId } = body.value;
      return json(call, 200, { id, version: secrets.put(id, content, { ...(compartmentId && { compartmentId }) }) });
    },
  };
}
